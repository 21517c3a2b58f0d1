"""What importing a census would do, row by row, before anything is written.

A plan holds model instances with their new values; `partners.imports.load` writes them. A column
that the file has and whose cell is empty empties the field; a column that it lacks leaves the
record alone, and so does a value laid aside because it was not readable.
"""

from collections.abc import Callable, Iterable

from django.db.models import Q, QuerySet

from partners import words
from partners.imports import cells, references, status, writing
from partners.imports import links as relations
from partners.imports.columns import BY_HEADER, COLUMNS
from partners.imports.draft import Draft, RowReader
from partners.imports.errors import NBSP, ImportRefused, Refused, quote
from partners.imports.lookups import Lookups
from partners.imports.mapping import Mapping
from partners.imports.matching import Identity, Match, match
from partners.imports.notes import Change
from partners.imports.outcome import Outcome, Plan, RowPlan
from partners.imports.reader import Row, Table
from partners.models import Contact, Listing, Merge

Track = Callable[[list[Row]], Iterable[Row]]
Prune = Callable[[list[RowPlan]], None]
Judge = Callable[[list[Draft], dict[int, Match]], dict[int, Match]]
BY_ATTR = {column.attr: column for column in COLUMNS if column.attr}
LINKS = [column for column in COLUMNS if not column.attr]
FIELDS = Listing._meta.concrete_fields
BLANK = {field.attname: field.get_default() for field in FIELDS}
MADE = {f.attname: f.default for f in FIELDS if f.has_default() and callable(f.default)}
MERGED = "fiche fusionnée avec une autre"
IDENTITY = "pk kind source source_id siret search_key name commune_id phone"


def build(
    table: Table,
    mapping: Mapping,
    *,
    source: str = "",
    for_update: bool = False,
    track: Track = iter,
    judge: Judge = lambda drafts, matches: matches,
) -> Plan:
    """The plan of a table. Reads the database, writes nothing.

    `source`: that of rows that name none, before the mapping's own. `for_update` locks the records
    that will change, inside the caller's transaction. `track` is given the rows and returns them:
    a progress bar. `judge` is given what the drafts are recognised as, and decides otherwise where
    a person did. Raises `ImportRefused`.
    """
    if not table.rows:
        raise ImportRefused(f"Le fichier n'a aucune ligne sous son en-tête{NBSP}: rien à importer.")
    lookups, source = Lookups(), _checked_source(source or mapping.source)
    reader = RowReader(mapping=mapping, lookups=lookups, source=source)
    drafts = [reader.read(row) for row in track(table.rows)]
    told = set(mapping.present)
    matches = judge(drafts, recognised(drafts))
    rows = of_drafts(drafts, matches, lookups=lookups, told=told, for_update=for_update)
    return Plan(rows, _remarks(mapping))


def of_drafts(
    drafts: list[Draft],
    matches: dict[int, Match],
    *,
    lookups: Lookups,
    told: set[str],
    for_update: bool = False,
    prune: Prune = lambda rows: None,
    known: references.Records | None = None,
) -> list[RowPlan]:
    """What becomes of drafts, whatever the file they come from: the one plan of all imports.

    `matches`: by line, which record each valid draft is. `told`: headers of the facts that the
    file tells. `prune` takes off drafts, once their records are known, what must not be written.
    `known`: records that references may designate beside those of the file and of the database.
    """
    rows = _rows(drafts, matches, for_update=for_update)
    prune(rows)
    before = {row.line: _Before(row, told) for row in rows}
    for row in rows:
        if not row.is_refused:
            _fill(row)
    records = references.resolve(rows, known or {})
    for row in rows:
        if not row.is_refused:
            _compare(row, before[row.line], lookups, records)
    return rows


def _checked_source(source: str) -> str:
    try:
        cells.check_formula(source)
        return BY_HEADER["source"].read(cells.check(source), cells.Reading())
    except Refused as error:
        raise ImportRefused(f"La source {quote(source)} ne convient pas{NBSP}: {error}.") from None


def _remarks(mapping: Mapping) -> list[str]:
    if not mapping.unknown:
        return []
    names = ", ".join(map(quote, mapping.unknown))
    return [f"Colonnes inconnues, laissées de côté{NBSP}: {names}."]


# Which record each row is


def recognised(drafts: list[Draft]) -> dict[int, Match]:
    """By line, which of all our records each valid draft is."""
    sound = {draft.line: draft for draft in drafts if not draft.refusals}
    identities = [identity(draft) for draft in sound.values()]
    return followed(match(identities, _known(identities)), sound)


def followed(matches: dict[int, Match], drafts: dict[int, Draft]) -> dict[int, Match]:
    """The same, where the record that absorbed another stands for it.

    It keeps its own source and identifier; of two rows for one record, the second is refused.
    """
    numbers = {found.number for found in matches.values() if found.number}
    kept = Merge.objects.kept_for(numbers)
    owners = {found.number: line for line, found in matches.items() if found.number not in kept}
    for line, found in sorted(matches.items()):
        if found.number not in kept:
            continue
        number = kept[found.number]
        if number in owners:
            matches[line] = Match(refusal=f"{MERGED}, même fiche que la ligne {owners[number]}")
            continue
        owners[number] = line
        matches[line] = Match(number, warning=f"{MERGED}{NBSP}: c'est la fiche {number} qui change")
        for name in ("source", "source_id"):
            drafts[line].fields.pop(name, None)
    return matches


def _rows(drafts: list[Draft], matches: dict[int, Match], *, for_update: bool) -> list[RowPlan]:
    pks = [found.number for found in matches.values() if found.number]
    listings = Listing.objects.order_by("pk")
    if for_update:
        listings = listings.select_for_update(of=("self",))
    records = writing.with_relations(listings).in_bulk(pks) if pks else {}
    return [_row_plan(draft, matches.get(draft.line), records) for draft in drafts]


def _row_plan(draft: Draft, found: Match | None, records: dict[int, Listing]) -> RowPlan:
    if found is None:
        return RowPlan(draft, Listing(), Outcome.REFUSED)
    row = RowPlan(draft, records[found.number] if found.number else _new(draft))
    if found.refusal:
        row.refuse("", found.refusal)
    elif row.is_new and not draft.fields.get("name"):
        row.refuse("nom", "aucune fiche n'a cet identifiant, et le nom manque pour en créer une")
    if found.warning:
        row.warn("", found.warning)
    return row


def _new(draft: Draft) -> Listing:
    """Made at once: setting sixty fields one by one takes longer than reading the row."""
    made = {attr: default() for attr, default in MADE.items()}
    return Listing(*(BLANK | made | draft.fields).values())


def identity(draft: Draft) -> Identity:
    fields = draft.fields
    name = fields.get("name", "")
    return Identity(
        number=draft.line,
        kind=fields.get("kind", Listing.Kind.STRUCTURE),
        source=fields.get("source", ""),
        source_id=fields.get("source_id", ""),
        siret=fields.get("siret", ""),
        key=words.fold(name)[:240],
        name=name,
        commune=fields.get("commune_id"),
        phone=fields.get("phone", ""),
        own_key=draft.own_key,
    )


def _known(identities: list[Identity]) -> list[Identity]:
    """The records that the rows may be: they share an identifier, a SIRET or a name."""
    likely = (
        Q(source_id__in={row.source_id for row in identities} - {""})
        | Q(siret__in={row.siret for row in identities} - {""})
        | Q(search_key__in={row.key for row in identities} - {""})
        | Q(pk__in={row.own_key for row in identities if row.own_key})
    )
    return identities_of(Listing.objects.filter(likely))


def identities_of(records: QuerySet[Listing]) -> list[Identity]:
    """What tells these records from others."""
    return [Identity(*row) for row in records.order_by("pk").values_list(*IDENTITY.split())]


class _Before:
    """What is asked of a record before its values change."""

    def __init__(self, row: RowPlan, told: set[str]) -> None:
        record = row.record
        self.cells: dict[str, str] = {}
        self.contact: Contact | None = None
        self.status = ""
        self.was_complete = False
        if row.is_new or row.is_refused:
            return
        families = {_family(header) for header in (*told, "statut", "code_insee")}
        self.cells = {c.header: c.write(record) for c in LINKS if _family(c.header) in families}
        self.contact = writing.imported_contact(record)
        self.status = record.status
        self.was_complete = not status.missing(
            record,
            has_situation=bool(record.situation_links.all()),
            has_zone=bool(record.zone_links.all()),
        )


def _family(header: str) -> str:
    """What the columns of one fact have in common: « permanence », « contact »."""
    return header.partition("_")[0]


# Its new values


def _fill(row: RowPlan) -> None:
    record = row.record
    if not row.is_new:
        for attr, value in row.draft.fields.items():
            _set(row, attr, value)
    if record.is_confidential:
        for attr, empty in (("latitude", None), ("longitude", None), ("siret", "")):
            _set(row, attr, empty)
    if row.draft.roles and record.kind != Listing.Kind.SCHEME:
        row.refuse("roles", "les rôles ne valent que pour un dispositif")


def _set(row: RowPlan, attr: str, value: object) -> None:
    record = row.record
    if row.is_new:
        setattr(record, attr, value)
        return
    if getattr(record, attr) == value:
        return
    column = BY_ATTR.get(attr)
    old = column.write(record) if column else ""
    setattr(record, attr, value)
    row.attrs.add(attr)
    if column:
        row.changes.append(Change(column.header, old, column.write(record)))


def _compare(row: RowPlan, before: _Before, lookups: Lookups, records: references.Records) -> None:
    try:
        row.links = relations.compare(
            row.draft, row.record, lookups=lookups, records=records, contact=before.contact
        )
    except Refused as error:
        row.refuse("en_premier", str(error))
        return
    _set_status(row, before)
    if row.is_new:
        row.outcome = Outcome.CREATED
    elif row.attrs or not row.links.is_empty:
        row.outcome = Outcome.CHANGED
        _tell_links(row, before, lookups)


def _set_status(row: RowPlan, before: _Before) -> None:
    lacking = status.missing(
        row.record, has_situation=row.links.has_situation, has_zone=row.links.has_zone
    )
    decided, warning = status.decide(
        asked=row.draft.status,
        current=before.status,
        was_complete=before.was_complete,
        lacking=lacking,
    )
    if decided != row.record.status:
        row.record.status = decided
        row.attrs.add("status")
    if warning:
        row.warn("statut", warning)


def _tell_links(row: RowPlan, before: _Before, lookups: Lookups) -> None:
    """The changes of what is not a field, as cells are written."""
    after = relations.described(row.draft, lookups)
    if "status" in row.attrs:
        after["statut"] = row.record.status
    if "commune_id" in row.attrs:
        after["code_insee"] = row.draft.commune_code
    for header, new in after.items():
        old = before.cells[header]
        if old != new:
            row.changes.append(Change(header, old, new))
