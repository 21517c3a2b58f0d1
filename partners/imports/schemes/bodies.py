"""The bodies that decide (instances): created once, then staff's."""

from pathlib import Path

from django.core.exceptions import ValidationError

from partners.imports.errors import NBSP, ImportRefused, french, quote
from partners.imports.lookups import Lookups
from partners.imports.schemes import files
from partners.models import Instance, InstanceScheme, Listing

FACTS = {
    "name", "acronym", "role", "rhythm", "rhythm_note", "file_days", "appeal", "website", "source",
}  # fmt: skip


def write(path: Path, lookups: Lookups, records: dict[str, list[Listing]]) -> list[str]:
    """Create the instances of a file that never were; the names (list of str) of the new ones.

    `records`: of each slug of a scheme, its records. Raises `ImportRefused`.
    """
    rows = files.content(path).get("instance", [])
    return [row["name"] for row in rows if _write(row, lookups, records)]


def _said(value):
    return french(value) if isinstance(value, str) else value


def _write(row, lookups, records):
    if Instance.pgh_event_model.objects.filter(name=_said(row["name"])).exists():
        return False
    values = {name: _said(value) for name, value in row.items() if name in FACTS}
    if lookups.has_zone(row["territory"]):
        values["territory_id"] = lookups.zone(row["territory"])[0]
    instance = Instance(**values)
    try:
        instance.full_clean()
    except ValidationError as error:
        raise ImportRefused(f"{quote(row['name'])}{NBSP}: {' '.join(error.messages)}") from None
    instance.save()
    schemes = [record for slug in row.get("schemes", []) for record in records.get(slug, [])]
    InstanceScheme.objects.bulk_create(
        InstanceScheme(instance=instance, scheme=scheme) for scheme in schemes
    )
    return True
