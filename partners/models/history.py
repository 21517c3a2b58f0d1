"""What is kept of each change (rule R8): who, when, the old value, the new value, how it came."""

import pghistory


def keep_history(*, exclude=()):
    """Decorate a model that staff edit: triggers record its inserts, updates and deletes.

    Not append-only, because rule R6 lets a manager redact a value from the past too. `exclude`
    names the derived columns, whose changes are nobody's. Inserts are recorded by statement: an
    import that writes a hundred thousand records calls the trigger once a thousand.
    """
    return pghistory.track(
        pghistory.InsertEvent(level=pghistory.Statement),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        exclude=list(exclude),
    )


def keep_edits(*, exclude=()):
    """As `keep_history` without inserts: for reference rows that arrive by tens of thousands."""
    return pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=list(exclude))


def end_of(model):
    """The end of the history of a model (SQL, an integer or NULL), which grows with each change."""
    return last_of(model.pgh_event_model, "pgh_id")


def last_of(model, column="id"):
    """The greatest value of an indexed column (SQL)."""
    return f"(SELECT max({column}) FROM {model._meta.db_table})"  # noqa: S608 (names of ours)


def ends_of(models):
    """The ends of several histories as one value (SQL): what is kept of them is to be read again
    when it differs."""
    return f"ARRAY[{', '.join(map(end_of, models))}]"
