"""A plan: what becomes of each row of a file."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from partners.imports.draft import Draft
from partners.imports.links import Links
from partners.imports.notes import Change, Remark
from partners.models import Listing


class Outcome(StrEnum):
    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass
class RowPlan:
    """`record` has its new values; `attrs`: those to write; `links`: rows of other tables."""

    draft: Draft
    record: Listing
    outcome: Outcome = Outcome.UNCHANGED
    attrs: set[str] = field(default_factory=set)
    links: Links = field(default_factory=Links)
    changes: list[Change] = field(default_factory=list)

    @property
    def line(self) -> int:
        return self.draft.line

    @property
    def name(self) -> str:
        return self.draft.fields.get("name", "") or self.record.name

    @property
    def is_refused(self) -> bool:
        return self.outcome == Outcome.REFUSED

    @property
    def is_new(self) -> bool:
        return self.record.pk is None

    def refuse(self, header: str, reason: str, value: str = "") -> None:
        self.draft.refusals.append(Remark(header, value, reason))
        self.outcome = Outcome.REFUSED

    def warn(self, header: str, reason: str) -> None:
        self.draft.warnings.append(Remark(header, "", reason))


@dataclass
class Plan:
    """`remarks`: French, about the file as a whole."""

    rows: list[RowPlan]
    remarks: list[str] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """Number of rows by outcome, all four outcomes present."""
        counted = Counter(row.outcome for row in self.rows)
        return {outcome.value: counted[outcome] for outcome in Outcome}

    @property
    def warnings(self) -> int:
        return sum(len(row.draft.warnings) for row in self.rows)

    def having(self, *outcomes: Outcome) -> list[RowPlan]:
        return [row for row in self.rows if row.outcome in outcomes]
