"""Is this row a record that we have? Pure: compares identities, reads no database.

In order: our own « fiche:123 », in a file that came from here; the identifier in the same source;
else the SIRET; else the folded name in the same commune, the telephone telling namesakes apart. A
record of the same source with another identifier is another record, whatever its name; so are two
rows of one file that both have an identifier.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from partners.imports.errors import NBSP, quote


@dataclass(frozen=True, slots=True)
class Identity:
    """`number`: a record's primary key, or a row's line. `key`: the folded name."""

    number: int
    kind: str
    source: str
    source_id: str
    siret: str
    key: str
    name: str
    commune: int | None
    phone: str
    own_key: int | None = None  # the record that a row says it is


@dataclass(frozen=True)
class Match:
    """`number` of the record, None for a new one; `refusal` and `warning` in French.

    `likely`: the records (numbers) that it looks like, when no identifier says which it is.
    """

    number: int | None = None
    refusal: str = ""
    warning: str = ""
    likely: tuple[int, ...] = ()


def match(rows: Sequence[Identity], known: Iterable[Identity]) -> dict[int, Match]:
    """What each row (by its line) is among the known records. No record is matched twice."""
    index = _Index(known)
    matches: dict[int, Match] = {}
    owners: dict[int, int] = {}  # primary key: line
    lines: dict[tuple[str, str], int] = {}
    for row in rows:
        if row.own_key:
            matches[row.number] = _by_own_key(row, index, owners)
        elif row.source_id:
            matches[row.number] = _by_identifier(row, index, lines, owners)
    planned = _Index(())
    for row in rows:
        if row.number in matches and not _is_new(matches[row.number]):
            continue
        matches[row.number] = _by_likeness(row, index, planned, owners)
        if _is_new(matches[row.number]):
            planned.add(row)
    return matches


class _Index:
    def __init__(self, identities: Iterable[Identity]) -> None:
        self.by_number: dict[int, Identity] = {}
        self.by_identifier: dict[tuple[str, str], Identity] = {}
        self.by_siret: dict[tuple[str, str], list[Identity]] = defaultdict(list)
        self.by_name: dict[tuple[str, str, int | None], list[Identity]] = defaultdict(list)
        for identity in identities:
            self.add(identity)

    def add(self, identity: Identity) -> None:
        self.by_number[identity.number] = identity
        if identity.source_id:
            self.by_identifier[identity.source, identity.source_id] = identity
        if identity.siret:
            self.by_siret[identity.kind, identity.siret].append(identity)
        self.by_name[identity.kind, identity.key, identity.commune].append(identity)

    def same_siret(self, row: Identity) -> list[Identity]:
        return self.by_siret.get((row.kind, row.siret), []) if row.siret else []

    def same_name(self, row: Identity) -> list[Identity]:
        return self.by_name.get((row.kind, row.key, row.commune), []) if row.key else []


def _is_new(match: Match) -> bool:
    return match.number is None and not match.refusal


def _by_own_key(row: Identity, index: _Index, owners: dict[int, int]) -> Match:
    key = row.own_key
    if key is None or key not in index.by_number:
        return Match(refusal=f"aucune fiche n'est la fiche:{key}")
    if key in owners:
        return Match(refusal=f"même fiche que la ligne {owners[key]}")
    owners[key] = row.number
    return Match(key)


def _by_identifier(
    row: Identity,
    index: _Index,
    lines: dict[tuple[str, str], int],
    owners: dict[int, int],
) -> Match:
    identifier = row.source, row.source_id
    if identifier in lines:
        return Match(refusal=f"même identifiant que la ligne {lines[identifier]}")
    lines[identifier] = row.number
    found = index.by_identifier.get(identifier)
    if found is None:
        return Match()
    owners[found.number] = row.number
    return Match(found.number)


def _by_likeness(row: Identity, index: _Index, planned: _Index, owners: dict[int, int]) -> Match:
    found, warning = _alike(row, index, owners)
    if len(found) > 1:
        names = ", ".join(f"{quote(other.name)} (fiche {other.number})" for other in found[:5])
        likely = tuple(other.number for other in found)
        return Match(refusal=f"plusieurs fiches lui ressemblent{NBSP}: {names}", likely=likely)
    if found:
        [other] = found
        if other.number in owners:
            return Match(refusal=f"même fiche que la ligne {owners[other.number]}")
        owners[other.number] = row.number
        return Match(other.number, warning=warning, likely=(other.number,))
    twin = _twin(row, planned)
    if twin:
        return Match(
            refusal=f"même nom et même commune que la ligne {twin.number}{NBSP}: "
            f"n'en gardez qu'une, ou donnez à chacune un numéro dans une colonne {quote('id')}"
        )
    return Match(warning=warning)


def _alike(row: Identity, index: _Index, owners: dict[int, int]) -> tuple[list[Identity], str]:
    """The records that the row may be, and how they were found."""
    same_siret = [other for other in index.same_siret(row) if _may_be(row, other, owners)]
    if len(same_siret) > 1:
        same_siret = [other for other in same_siret if other.key == row.key]
        if not same_siret:
            return [], "plusieurs fiches ont ce SIRET sous un autre nom, fiche créée à part"
    if same_siret:
        return _same_phone(row, same_siret), _said(row, same_siret[0], "le SIRET")
    same_name = [
        other
        for other in index.same_name(row)
        if _may_be(row, other, owners) and not (row.siret and other.siret)
    ]
    if same_name:
        return _same_phone(row, same_name), _said(row, same_name[0], "le nom et la commune")
    return [], ""


def _may_be(row: Identity, other: Identity, owners: dict[int, int]) -> bool:
    """Identifiers tell apart, within a source and within a file."""
    if not row.source_id:
        return True
    return other.number not in owners and not (other.source_id and row.source == other.source)


def _same_phone(row: Identity, others: list[Identity]) -> list[Identity]:
    """Of namesakes, the one with the same telephone, if there is just one."""
    if len(others) == 1:
        return others
    same = [other for other in others if other.phone == row.phone]
    return same if len(same) == 1 else others


def _said(row: Identity, other: Identity, how: str) -> str:
    """Worth a word when the row gives an identifier that the record does not have."""
    if not row.source_id:
        return ""
    return f"rapprochée par {how} de {quote(other.name)} (fiche {other.number}, {other.source})"


def _twin(row: Identity, planned: _Index) -> Identity | None:
    """An earlier row of the file that is the same partner; identifiers tell two rows apart."""
    for other in planned.same_name(row):
        if not (row.source_id and other.source_id) and not (
            row.siret and other.siret and row.siret != other.siret
        ):
            return other
    return None
