"""Rows that a person orders by hand, one step up or down at a time."""

from django.db import transaction


@transaction.atomic
def move(rows, pk, step):
    """Move the row `pk` of a queryset with a field `order` by `step` (-1 up, 1 down).

    Returns whether it moved: the first one goes no higher.
    """
    ordered = list(rows.select_for_update().order_by("order", "pk"))
    places = [row.pk for row in ordered]
    at = places.index(pk) if pk in places else -1
    if at < 0 or not 0 <= at + step < len(ordered):
        return False
    ordered.insert(at + step, ordered.pop(at))
    for place, row in enumerate(ordered, start=1):
        if row.order != place:
            row.order = place
            row.save(update_fields=["order"])
    return True


def moved(values, value, step):
    """The list `values` with `value` one step up or down, if there is room."""
    at = values.index(value) if value in values else -1
    if at < 0 or not 0 <= at + step < len(values):
        return values
    rest = [*values[:at], *values[at + 1 :]]
    rest.insert(at + step, value)
    return rest
