"""Invented relations with partners, notes of agencies and dates of bodies, for the demonstration.

Read from `fixtures/demo/exchanges.toml`, whose days count from the one of the installation.
"""

import tomllib
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from partners.models import Agency, Instance, Listing, LocalNote, Meeting, Relation, User

FILE = settings.BASE_DIR / "fixtures" / "demo" / "exchanges.toml"
SOURCE = "demonstration"
PLACE = "salle inventée (démonstration)"


@transaction.atomic
def write(path: Path = FILE):
    """Write what is not there yet: what somebody changed since, or took away, stays so."""
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    names = {row["fiche"] for row in told["relations"] + told["notes"]}
    known = Listing.objects.filter(source=SOURCE, source_id__in=names)
    records = {listing.source_id: listing for listing in known}
    if not Relation.objects.exists():
        _save(_relation(row, records[row["fiche"]]) for row in told["relations"])
    if not LocalNote.objects.exists():
        agencies = {agency.slug: agency for agency in Agency.objects.all()}
        rows = ((row, records[row["fiche"]], agencies[row["agence"]]) for row in told["notes"])
        _save(_note(*row, by=_accounts()) for row in rows)
    if not Meeting.objects.exists():
        bodies = {body.acronym: body for body in Instance.objects.exclude(acronym="")}
        _save(
            _meeting(row, bodies[row["instance"]], week)
            for row in told["seances"]
            for week in row["semaines"]
            if row["instance"] in bodies
        )


def _save(rows):
    for row in rows:
        row.full_clean()
        row.save()


def _relation(row, listing):
    return Relation(
        listing=listing,
        last_contact_on=_day(row.get("dernier_contact")),
        next_contact_on=_day(row.get("prochain_contact")),
        expected_of_us=row.get("attendent", ""),
        we_expect=row.get("nous_attendons", ""),
    )


def _day(days):
    return None if days is None else timezone.localdate() + timedelta(days=days)


def _meeting(row, body, week):
    today = timezone.localdate()
    held_on = today + timedelta(days=row["jour"] - today.weekday(), weeks=week)
    return Meeting(
        instance=body,
        held_on=held_on,
        starts_at=row.get("heure"),
        place=PLACE,
        files_until=held_on - timedelta(days=row["dossiers_avant"]),
    )


def _accounts():
    """Of the demonstration: who writes the notes, and who reads them (a key or None each)."""
    known = User.objects.filter(is_demo=True).order_by("pk")
    keys = dict(known.values_list("role", "pk"))
    return keys.get(User.Role.AGENCY), keys.get(User.Role.MANAGER)


def _note(row, listing, agency, *, by):
    written = timezone.now() + timedelta(days=row["jours"])
    is_waiting = row["etat"] == LocalNote.Status.WAITING
    return LocalNote(
        listing=listing,
        agency=agency,
        text=row["texte"],
        status=row["etat"],
        written_at=written,
        written_by_id=by[0],
        decided_by_id=None if is_waiting else by[1],
        decided_at=None if is_waiting else written + timedelta(hours=5),
        answer=row.get("reponse", ""),
    )
