"""The départements asked for: what is there, what says that it serves them, what serves the whole
country without a place or from afar."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from partners import words
from partners.imports.data_inclusion import schema
from partners.imports.errors import ImportRefused, quote
from partners.models import CoverageZone, Listing, Territory

NATIONAL = {"france", "99100"}
REMOTE = "a-distance"


class Scope:
    """All of France when no code is given. Raises `ImportRefused` for an unknown code."""

    def __init__(self, codes: Iterable[str]) -> None:
        self.codes = {code.strip().upper() for code in codes}
        departements = Territory.objects.filter(
            kind=Territory.Kind.DEPARTEMENT, code__in=self.codes
        )
        unknown = self.codes - set(departements.values_list("code", flat=True))
        if unknown:
            raise ImportRefused(f"Aucun département n'a le code {quote(min(unknown))}.")
        inside = Territory.objects.filter(departement__code__in=self.codes)
        self.zones = self.codes | set(inside.values_list("code", flat=True))
        self.needed: set[str] = set()  # structures elsewhere whose services are in

    def has_place(self, row: dict[str, Any]) -> bool:
        """Whether a row of the schema is in one of them by its place, or is needed by one."""
        if not self.codes or row.get("id") in self.needed:
            return True
        code = str(row.get("code_insee") or row.get("code_postal") or "").upper()
        return words.departement_code(code) in self.codes

    def has_service(self, row: dict[str, Any]) -> bool:
        """Whether a service is there, or serves them."""
        if not self.codes or self.has_place(row):
            return True
        zones = set(schema.texts(row.get("zone_eligibilite")))
        if zones & self.zones:
            return True
        is_remote = not row.get("code_insee") or REMOTE in schema.texts(row.get("modes_accueil"))
        return bool(zones & NATIONAL) and is_remote

    def need(self, services: Iterable[tuple[int, Any]]) -> None:
        """Remember the structures of the services that are in: a first reading of their file."""
        for _, row in services:
            if isinstance(row, dict) and self.has_service(row):
                self.needed.add(str(row.get("structure_id")))

    def listings(self, listings: QuerySet[Listing]) -> QuerySet[Listing]:
        """Of these, those that a row in the scope would be about."""
        if not self.codes:
            return listings
        zones = CoverageZone.objects.filter(
            Q(territory__code__in=self.codes, territory__kind=Territory.Kind.DEPARTEMENT)
            | Q(territory__departement__code__in=self.codes)
        )
        here = Q(commune__departement__code__in=self.codes)
        return listings.filter(here | Q(pk__in=zones.values("listing")))
