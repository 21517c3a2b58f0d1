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
