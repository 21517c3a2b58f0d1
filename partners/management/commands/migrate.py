"""Django's `migrate`, ended by filling what the search reads: no upgrade leaves it stale."""

from django.core.management.commands import migrate

from partners.models import derived


class Command(migrate.Command):
    def handle(self, *args, **options):
        super().handle(*args, **options)
        if not options["app_label"] and not options["plan"] and not options["check_unapplied"]:
            derived.refresh()
