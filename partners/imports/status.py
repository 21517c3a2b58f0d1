"""In what state a record leaves the import (what makes one publishable)."""

from partners.imports.errors import NBSP
from partners.models import Listing

Status = Listing.Status
BY_HAND = (Status.SUSPENDED, Status.ARCHIVED)


def missing(record: Listing, *, has_situation: bool, has_zone: bool) -> list[str]:
    """What the record lacks to be published, in French; [] when nothing."""
    return list(lacking(record, has_situation=has_situation, has_zone=has_zone).values())


def lacking(record: Listing, *, has_situation: bool, has_zone: bool) -> dict[str, str]:
    """What `missing` says, by the column of the census that would settle it."""
    needs = {
        "nom": ("un nom", record.name),
        "resume": ("une phrase de résumé", record.summary),
        "telephone": (
            "un téléphone, un courriel ou un site",
            record.phone or record.email or record.website,
        ),
        "situations_coeur": (
            "une situation, ou être généraliste",
            has_situation or record.is_generalist,
        ),
        "zone_eligibilite": (
            "une zone, ou «\u00a0zone non précisée\u00a0»",
            has_zone or record.is_zone_unspecified,
        ),
        "source": ("une source", record.source),
    }
    return {column: need for column, (need, is_met) in needs.items() if not is_met}


def decide(*, asked: str, current: str, was_complete: bool, lacking: list[str]) -> tuple[str, str]:
    """(status, warning in French or "").

    `asked`: of the file, "" when it says nothing; `current`: of the record, "" when it is new.
    A record suspended or archived by hand stays so. One that waited because it was incomplete is
    published once complete; one that someone put back « à vérifier » while complete stays there.
    """
    if current in BY_HAND:
        said = f"fiche {Status(current).label}{NBSP}: son état ne change pas"
        return current, said if asked not in ("", current) else ""
    if asked in BY_HAND:
        return current or Status.TO_CHECK, "une fiche se suspend ou s'archive à la main"
    wanted = asked or _by_default(current, was_complete=was_complete, is_complete=not lacking)
    if lacking and wanted in (Status.PUBLISHED, Status.TO_CHECK):
        return Status.TO_CHECK, f"à vérifier, il manque{NBSP}: {', '.join(lacking)}"
    return wanted, ""


def _by_default(current: str, *, was_complete: bool, is_complete: bool) -> str:
    if not current:
        return Status.PUBLISHED if is_complete else Status.TO_CHECK
    if current == Status.TO_CHECK and is_complete and not was_complete:
        return Status.PUBLISHED
    return current
