"""The values of a record, of today and of its past, that may have to go."""

import hashlib
from dataclasses import dataclass

from django.apps import apps
from django.db import models

from partners import phones
from partners.models import Contact, Listing, Merge
from partners.past import wording
from partners.past.versions import FIELDS

PERSON = "contact nommé"
KEPT = {"name", "source_id", "opening_hours", "postal_code"}
"""Without them a record is no record, or they are nobody's."""
PHONES = {"phone", "professional_phone"}


@dataclass(frozen=True)
class Candidate:
    """A value: what it is in French, whether it stands in the record today, what to show of it.

    A person has `contact_ids`, and goes with the e-mail and the telephone that are hers (`more`).
    """

    what: str
    value: str
    is_current: bool
    shown: str
    contact_ids: frozenset = frozenset()
    more: tuple = ()

    @property
    def is_person(self):
        return bool(self.contact_ids)

    @property
    def key(self):
        """Designates it in a form (str), without the value."""
        return hashlib.sha256(f"{self.what}\n{self.value}".encode()).hexdigest()[:16]


def of(listing):
    """People first, then the fields in the order of the form, today's value before the others."""
    return [*_people(listing), *_fields(listing)]


def _people(listing):
    past = apps.get_model("partners.ContactEvent").objects.filter(
        listing__in=Merge.objects.family(listing.pk)
    )
    names = ("name", "phone", "email")
    known = {}
    for key, *values in past.order_by("pgh_id").values_list("pgh_obj_id", *names):
        row = dict(zip(names, values, strict=True))
        known.setdefault(row["name"], []).append((key, row))
    now = set(Contact.objects.filter(listing=listing).values_list("name", flat=True))
    for name, rows in known.items():
        more = tuple(sorted(_own(listing, [row for _, row in rows])))
        keys = frozenset(key for key, _ in rows)
        yield Candidate(PERSON, name, name in now, name, keys, more)


def _own(listing, rows):
    """The ways to reach a person that are not those of the organisation."""
    shared = {listing.phone, listing.professional_phone, listing.email}
    return {row[name] for row in rows for name in ("phone", "email")} - shared - {""}


def _fields(listing):
    known = [field for field in Listing._meta.concrete_fields if _is_asked(field)]
    names = [field.attname for field in known]
    past = apps.get_model("partners.ListingEvent").objects.filter(
        pgh_obj_id__in=Merge.objects.family(listing.pk)
    )
    rows = list(past.order_by("-pgh_id").values(*names))
    for name in names:
        now = getattr(listing, name)
        for value in filter(None, dict.fromkeys([now, *(row[name] for row in rows)])):
            is_secret = listing.is_confidential and name in wording.SECRET
            readable = phones.display(value) if name in PHONES else value
            shown = wording.HIDDEN if is_secret else readable
            yield Candidate(wording.label(name), value, value == now, shown)


def _is_asked(field):
    is_text = isinstance(field, models.CharField | models.TextField)
    return is_text and field.attname in FIELDS and field.attname not in KEPT and not field.choices
