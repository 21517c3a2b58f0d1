"""What two records say, side by side: what to choose, and what is proposed with its reason."""

from dataclasses import dataclass
from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models

from partners.hours import french
from partners.imports import cells
from partners.merging import parts
from partners.models import Listing, Verification
from partners.records import facts as facts_of
from partners.records import naming

KEPT, ABSORBED, BOTH = "gardee", "absorbee", "ensemble"
CHOICES = (KEPT, ABSORBED, BOTH)
ZONES = "zones"
Scope = Verification.Scope

GROUPS = {
    "name": ("nom", ["name"]),
    "acronym": ("sigle", ["acronym"]),
    "summary": ("en une phrase", ["summary"]),
    "structure_type": ("type de structure", ["structure_type"]),
    "phone": ("téléphone", ["phone", "phone_instructions"]),
    "professional_phone": ("ligne des professionnels", ["professional_phone"]),
    "email": ("courriel", ["email"]),
    "website": ("site", ["website"]),
    "opening_hours": ("horaires", ["opening_hours", "opening_hours_note"]),
    "appointment": ("rendez-vous", ["appointment"]),
    "home_visits": ("se déplace à domicile", ["home_visits"]),
    "place": (
        "lieu",
        [
            "is_confidential", "address", "address_extra", "postal_code", "commune", "latitude",
            "longitude", "accessibility_url",
        ],
    ),
    ZONES: ("zone desservie", ["is_zone_unspecified"]),
    "is_zone_strict": ("zone stricte", ["is_zone_strict"]),
    "is_generalist": ("généraliste", ["is_generalist"]),
    "description": ("description", ["description"]),
    "help_kinds": ("nature de l'aide", ["help_kinds"]),
    "audiences": ("publics", ["audiences"]),
    "audience_details": ("publics, précisions", ["audience_details"]),
    "access_conditions": ("conditions d'accès", ["access_conditions"]),
    "fees": ("frais", ["fees", "fees_details"]),
    "duration": ("durée", ["weekly_hours", "weeks"]),
    "mobilisable_by": ("qui peut le solliciter", ["mobilisable_by"]),
    "mobilisation_modes": ("comment le solliciter", ["mobilisation_modes"]),
    "mobilisation_details": ("que dire, que préparer", ["mobilisation_details"]),
    "mobilisation_url": ("lien pour le solliciter", ["mobilisation_url"]),
    "reception_modes": ("modes d'accueil", ["reception_modes"]),
    "suspension": (
        "fermeture temporaire",
        ["suspended_from", "suspended_until", "suspension_message"],
    ),
    "notice": ("message", ["notice", "notice_from", "notice_until"]),
    "convention": ("convention", ["has_convention", "convention_until"]),
    "parent": ("structure dont elle dépend", ["parent"]),
    "siret": ("SIRET", ["siret"]),
    "networks": ("réseaux porteurs", ["networks"]),
    "themes": ("thématiques data·inclusion", ["themes"]),
}  # fmt: skip
"""{choice: (words, the fields that go together)}, in the order of the page."""

OWN = {"id", "kind", "status", "search_key", "created_at", "updated_at"}
OWN |= {"source", "source_id", "source_url", "source_updated_on"}
"""Fields that each record keeps: what it is, and where it came from."""

SCOPES = {"phone": Scope.PHONE, "opening_hours": Scope.HOURS, ZONES: Scope.ZONE}
SCOPES |= {"audiences": Scope.CRITERIA, "access_conditions": Scope.CRITERIA}
"""The part of a record that a verification speaks of, for the choices that have one."""

HIDDEN = "Lieu confidentiel, gardé secret"


@dataclass(frozen=True)
class Row:
    """A choice: what each says, in French; `proposed` one of `CHOICES`, and why."""

    name: str
    label: str
    kept: str
    absorbed: str
    proposed: str
    reason: str
    can_unite: bool

    @property
    def is_same(self):
        return self.kept == self.absorbed

    @property
    def is_open(self):
        """Whether both say something, and not the same: a person must look."""
        return not self.is_same and bool(self.kept and self.absorbed)


def rows(kept, absorbed):
    """Every `Row` of two records loaded by `uniting.read`, those empty left out."""
    mine, theirs = facts_of.of_listing(kept), facts_of.of_listing(absorbed)
    checks = {listing.pk: _checks(listing) for listing in (kept, absorbed)}
    told = parts.told(kept, absorbed)
    found = (_row(name, kept, absorbed, mine, theirs, checks) for name in GROUPS)
    rows = [row for row in found if row.kept or row.absorbed]
    return rows + [_part_row(name, kept, absorbed, both, rows) for name, both in told.items()]


def proposed(kept, absorbed):
    """{choice: what is proposed}: a merge without a word."""
    return {row.name: row.proposed for row in rows(kept, absorbed)}


def order(one, other):
    """(the one to keep, the one to absorb): the published, the fuller, the lately checked one."""
    return tuple(sorted((one, other), key=_worth, reverse=True))


FULLER = {
    "place", "summary", "description", "audience_details", "access_conditions", "opening_hours",
    "fees", "mobilisation_details",
}  # fmt: skip
"""Choices where what says more is worth more."""


def can_unite(name):
    """Whether a choice can take both: lists, and texts of several lines."""
    if name == ZONES:
        return True
    attrs = GROUPS[name][1]
    return len(attrs) == 1 and isinstance(_field(attrs[0]), ArrayField | models.TextField)


def united(attr, ours, theirs):
    """Both values of a field: a list without repetition, or one text after the other."""
    if isinstance(ours, list):
        return [*ours, *(item for item in theirs if item not in ours)]
    return f"{ours}\n\n{theirs}"


def _field(attr):
    return Listing._meta.get_field(attr)


def _checks(listing):
    return list(listing.verifications.all())


def _worth(listing):
    is_public = listing.status == Listing.Status.PUBLISHED
    is_known = listing.status != Listing.Status.ARCHIVED
    facts = facts_of.of_listing(listing)
    last = max((check.checked_on for check in _checks(listing)), default=date.min)
    return is_known, is_public, _fullness(facts), last, -listing.pk


def _fullness(facts):
    return sum(value not in ("", "non", None, []) for value in facts.values())


def _row(name, kept, absorbed, mine, theirs, checks):
    label = GROUPS[name][0]
    said = [_said(name, listing, facts) for listing, facts in ((kept, mine), (absorbed, theirs))]
    choice, reason = _proposal(name, said, kept, absorbed, checks)
    is_possible = bool(said[0] and said[1]) and _may_unite(name, kept, absorbed)
    return Row(name, french.capitalise(label), *said, choice, reason, is_possible)


def _part_row(name, kept, absorbed, both, rows):
    """All of it from one record; how to come without a car goes with the place."""
    part, choice, reason = parts.PARTS[name], KEPT, "de la fiche gardée"
    if name == "way_there":
        [choice] = [row.proposed for row in rows if row.name == "place"] or [KEPT]
        reason = "va avec le lieu"
        hidden = [HIDDEN if one.is_confidential else "" for one in (kept, absorbed)]
        both = [secret or said for secret, said in zip(hidden, both, strict=True)]
    label = f"{part.label} du même nom" if part.key else part.label
    return Row(name, french.capitalise(label), *both, choice, reason, can_unite=False)


def _said(name, listing, facts):
    """What a record says for a choice; "" when nothing."""
    if name == ZONES:
        return _zones(listing)
    if name == "place" and listing.is_confidential:
        return HIDDEN
    if name == "place":
        return _address(listing)
    if name == "notice":
        return _notice(listing)
    parts = (_part(attr, facts) for attr in GROUPS[name][1])
    return "\n".join(filter(None, parts))


def _zones(listing):
    if listing.is_zone_unspecified:
        return "zone non précisée"
    territories = [link.territory for link in listing.zone_links.all()]
    return "\n".join(t.zone_label for t in sorted(territories, key=naming.zone_code))


def _part(attr, facts):
    value = facts[attr]
    if value in ("", "non", None, []):
        return ""
    said = facts_of.describe(attr, value)
    if attr in {"suspended_from", "suspended_until", "convention_until"}:
        return f"{facts_of.label(attr)} {said}"
    return said


def _notice(listing):
    end = listing.notice_until
    return (
        f"{listing.notice}\njusqu'au {end:%d/%m/%Y}" if listing.notice and end else listing.notice
    )


def _address(listing):
    where = listing.commune and str(listing.commune)
    town = " ".join(filter(None, [listing.postal_code, where]))
    point = "point placé sur la carte" if listing.latitude is not None else ""
    return "\n".join(filter(None, [listing.address, listing.address_extra, town, point]))


def _proposal(name, said, kept, absorbed, checks):
    ours, theirs = said
    if not (ours and theirs):
        return (KEPT, "") if ours else (ABSORBED, "seule renseignée")
    if ours == theirs:
        return KEPT, "identiques"
    if name == "place" and HIDDEN in said:
        return (KEPT if ours == HIDDEN else ABSORBED), "une adresse confidentielle le reste"
    if name == ZONES and kept.is_zone_unspecified != absorbed.is_zone_unspecified:
        return (ABSORBED if kept.is_zone_unspecified else KEPT), "l'autre est à demander"
    if _may_unite(name, kept, absorbed) and name not in FULLER:
        return BOTH, "réunies"
    return _later(name, kept, absorbed, checks) or _fuller(name, ours, theirs)


def _later(name, kept, absorbed, checks):
    """The one that somebody checked last, for what is checked."""
    scopes = {SCOPES.get(name, Scope.RECORD), Scope.RECORD}
    days = [
        max((check.checked_on for check in checks[pk] if check.scope in scopes), default=None)
        for pk in (kept.pk, absorbed.pk)
    ]
    if days[0] == days[1]:
        return None
    is_ours = days[1] is None or (days[0] is not None and days[0] > days[1])
    day = days[0] if is_ours else days[1]
    return (KEPT if is_ours else ABSORBED), f"vérifiée le {day:%d/%m/%Y}"


def _fuller(name, ours, theirs):
    if name not in FULLER or len(ours) == len(theirs):
        return KEPT, "celle de la fiche gardée"
    return (KEPT if len(ours) > len(theirs) else ABSORBED), "plus complète"


def _may_unite(name, kept, absorbed):
    """Whether both can be had: two known zones, two lists, texts that are not too long together."""
    if not can_unite(name):
        return False
    if name == ZONES:
        return kept.is_zone_unspecified == absorbed.is_zone_unspecified
    [attr] = GROUPS[name][1]
    ours, theirs = getattr(kept, attr), getattr(absorbed, attr)
    return not isinstance(ours, str) or len(ours) + len(theirs) + 2 <= cells.MAX_LINES
