"""Records that a new row may be, though nothing says so for sure: for a person to decide."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Q
from rapidfuzz import fuzz

from partners import words
from partners.imports.draft import Draft
from partners.models import Listing

NEAR_NAME = 85
"""Out of 100, of rapidfuzz's ratio of words whatever their order, over folded names."""
MOST = 4
FACTS = ["pk", "name", "search_key", "phone", "professional_phone", "siret", "commune_id"]
FACTS += ["is_confidential", "status", "kind"]


@dataclass(frozen=True)
class Alike:
    """A record that a row may be, and why, in French."""

    pk: int
    name: str
    reasons: list[str]


@dataclass
class _Known:
    """Records by what they may share with a row."""

    by_number: dict[str, list[dict]] = field(default_factory=lambda: defaultdict(list))
    by_siret: dict[str, list[dict]] = field(default_factory=lambda: defaultdict(list))
    by_commune: dict[int, list[dict]] = field(default_factory=lambda: defaultdict(list))

    def add(self, record: dict) -> None:
        for number in {record["phone"], record["professional_phone"]} - {""}:
            self.by_number[number].append(record)
        if record["siret"]:
            self.by_siret[record["siret"]].append(record)
        if record["commune_id"] and not record["is_confidential"]:
            self.by_commune[record["commune_id"]].append(record)


def find(drafts: list[Draft]) -> dict[int, list[Alike]]:
    """By line, the records (archived ones too) that each draft may be; likeliest first."""
    known = _Known()
    for record in _candidates(drafts):
        known.add(record)
    found = {draft.line: _of(draft, known) for draft in drafts}
    return {line: alike for line, alike in found.items() if alike}


def named(pks: set[int]) -> dict[int, Alike]:
    """The records of these keys."""
    rows = Listing.objects.filter(pk__in=pks).values_list("pk", "name", "status")
    return {pk: Alike(pk, name, _archived(status)) for pk, name, status in rows}


def _candidates(drafts: list[Draft]) -> list[dict]:
    numbers, sirets, communes = (
        {draft.fields.get(attr) for draft in drafts} - {None, ""}
        for attr in ("phone", "siret", "commune_id")
    )
    asked = Q(phone__in=numbers) | Q(professional_phone__in=numbers) | Q(siret__in=sirets)
    asked |= Q(commune__in=communes, is_confidential=False)
    return list(Listing.objects.filter(asked).order_by("pk").values(*FACTS))


def _of(draft: Draft, known: _Known) -> list[Alike]:
    fields = draft.fields
    kind = fields.get("kind", Listing.Kind.STRUCTURE)
    reasons: dict[int, list[str]] = defaultdict(list)
    names: dict[int, str] = {}
    for reason, record in _shared(fields, known):
        if record["kind"] == kind:
            names[record["pk"]] = record["name"]
            reasons[record["pk"]] += [reason, *_archived(record["status"])]
    alike = [Alike(pk, names[pk], list(dict.fromkeys(said))) for pk, said in reasons.items()]
    return sorted(alike, key=lambda one: (-len(one.reasons), one.pk))[:MOST]


def _shared(fields: dict, known: _Known) -> list[tuple[str, dict]]:
    key = words.fold(fields.get("name", ""))
    here = known.by_commune.get(fields.get("commune_id"), [])
    near = [r for r in here if fuzz.token_sort_ratio(key, r["search_key"]) >= NEAR_NAME]
    return [
        *(("même téléphone", r) for r in known.by_number.get(fields.get("phone") or "-", [])),
        *(("même SIRET", r) for r in known.by_siret.get(fields.get("siret") or "-", [])),
        *(("nom très proche, même commune", r) for r in near),
    ]


def _archived(status: str) -> list[str]:
    return ["fiche archivée"] if status == Listing.Status.ARCHIVED else []
