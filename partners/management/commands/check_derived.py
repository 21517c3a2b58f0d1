"""Prove that the columns made for the search's index equal what they repeat."""

from django.core.management.base import BaseCommand, CommandError

from partners.models import derived

SHOWN = 20


class Command(BaseCommand):
    help = "Vérifie les colonnes calculées des fiches ; --repair les recalcule."

    def add_arguments(self, parser):
        parser.add_argument("--repair", action="store_true", help="recalcule ce qui diffère")

    def handle(self, *, repair, verbosity, **options):
        wrong = list(derived.stale().order_by("pk").values_list("pk", flat=True))
        if not wrong:
            self.say("Toutes les colonnes calculées sont justes.", verbosity)
        elif repair:
            derived.refresh()
            self.say(f"Fiches recalculées : {listed(wrong)}.", verbosity)
        else:
            raise CommandError(
                f"Colonnes calculées fausses pour les fiches {listed(wrong)}. "
                "Relancez avec --repair pour les recalculer."
            )

    def say(self, text, verbosity):
        if verbosity:
            self.stdout.write(text)


def listed(pks):
    more = f" et {len(pks) - SHOWN} autres" if len(pks) > SHOWN else ""
    return ", ".join(map(str, pks[:SHOWN])) + more
