"""Django's `migrate`, lighter, and ended by filling what the search reads: no upgrade is stale.

Each operation makes the classes of all related models again, though a trigger, a constraint, an
index or the words of a field change nothing in the database's rows: half of the time of an
installation (26 s → 13 s).
"""

from contextlib import contextmanager

from django.core.management.commands import migrate
from django.db.migrations import operations
from pgtrigger.migrations import AddTrigger, RemoveTrigger

from partners.models import derived

FIELDLESS = [
    AddTrigger,
    RemoveTrigger,
    operations.AddConstraint,
    operations.RemoveConstraint,
    operations.AddIndex,
    operations.RemoveIndex,
    operations.AlterModelOptions,
    operations.AlterField,
]
WORDS = {"verbose_name", "help_text"}
"""What a field says to people alone."""


class Command(migrate.Command):
    def handle(self, *args, **options):
        with _light_states():
            super().handle(*args, **options)
        if not options["app_label"] and not options["plan"] and not options["check_unapplied"]:
            derived.refresh()


@contextmanager
def _light_states():
    usual = {operation: operation.state_forwards for operation in FIELDLESS}
    try:
        for operation, state_forwards in usual.items():
            operation.state_forwards = _keeping_classes(state_forwards)
        yield
    finally:
        for operation, state_forwards in usual.items():
            operation.state_forwards = state_forwards


def _keeping_classes(state_forwards):
    """The same change of a state, whose classes (`state.apps`, made once asked for) stay."""

    def changed(operation, app_label, state):
        keeps = _is_fieldless(operation, app_label, state)
        apps = state.__dict__.pop("apps", None) if keeps else None
        state_forwards(operation, app_label, state)
        if apps is not None:
            state.__dict__["apps"] = apps

    return changed


def _is_fieldless(operation, app_label, state):
    """Whether no field changes, but in its words."""
    if not isinstance(operation, operations.AlterField):
        return True
    fields = state.models[app_label, operation.model_name_lower].fields
    return _nature(fields[operation.name]) == _nature(operation.field)


def _nature(field):
    """All that a field is, its words apart."""
    _, path, args, options = field.deconstruct()
    return path, args, {name: value for name, value in options.items() if name not in WORDS}
