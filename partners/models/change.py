"""When a record last changed, relations included, deletion too: what other tools follow.

Written by triggers of the database, so that bulk changes count too. `Listing.updated_at` does not
know of a zone or a permanence that changed, nor of what stands around a scheme.
"""

import pgtrigger
from django.db import models

OLD, NEW = "old_rows", "new_rows"
# `xmin` is the transaction that wrote the row: one mark is enough for all that a transaction does.
MARK = """
    INSERT INTO partners_listingchange (listing_id, changed_at)
    SELECT {column}, clock_timestamp() FROM {rows}
    WHERE {column} IS NOT NULL GROUP BY {column} ORDER BY {column}
    ON CONFLICT (listing_id) DO UPDATE SET changed_at = excluded.changed_at
    WHERE partners_listingchange.xmin <> pg_current_xact_id()::xid;
"""


class ListingChange(models.Model):
    """The last change of a record. No foreign key: a record that was deleted leaves its row."""

    listing_id = models.IntegerField("fiche", primary_key=True)
    changed_at = models.DateTimeField("changée le")

    class Meta:
        verbose_name = "changement"
        indexes = [models.Index(fields=["changed_at", "listing_id"], name="listing_change_order")]

    def __str__(self):
        return f"{self.listing_id} ({self.changed_at:%d/%m/%Y})"


def marks_changes(column):
    """Decorate a model whose rows are part of the record that `column` (SQL name) designates."""
    return pgtrigger.register(
        _trigger("insert", pgtrigger.Insert, column, new=NEW),
        _trigger("update", pgtrigger.Update, column, old=OLD, new=NEW),
        _trigger("delete", pgtrigger.Delete, column, old=OLD),
    )


def marks_changes_around(owners):
    """Decorate a model that stands around a record: « démarche » in the API shows its rows.

    `owners`: SQL for the keys of the records that a row is of, from OLD and NEW. Row by row, as no
    import writes many, so that a row saved as it was tells nothing.
    """
    return pgtrigger.register(_around("mark_around", ANY_WRITE, owners))


def marks_those_that_name_it(owners, *columns):
    """Decorate a model whose rows the records of `owners` (SQL) show among what is their own.

    `columns`: the fields that they show. Nothing is asked for a row that keeps them.
    """
    is_shown = pgtrigger.AnyChange(*columns)
    return pgtrigger.register(
        _around("mark_those_that_name_it", pgtrigger.Update, owners, condition=is_shown)
    )


def own(column):
    """The record that `column` (SQL name) of a row designates, before and after."""
    return f"VALUES (OLD.{column}), (NEW.{column})"


ANY_WRITE = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete


def _around(name, operation, owners, condition=None):
    mark = MARK.format(column="key", rows=f"({owners}) owner (key)")
    same = "IF TG_OP = 'UPDATE' AND OLD.* IS NOT DISTINCT FROM NEW.* THEN RETURN NULL; END IF;"
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Row,
        when=pgtrigger.After,
        operation=operation,
        condition=condition,
        func=f"{same}{mark}RETURN NULL;",
    )


def _trigger(name, operation, column, **tables):
    statements = [MARK.format(column=column, rows=rows) for rows in sorted(tables.values())]
    return pgtrigger.Trigger(
        name=f"mark_{name}",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(**tables),
        func="".join(statements) + "RETURN NULL;",
    )
