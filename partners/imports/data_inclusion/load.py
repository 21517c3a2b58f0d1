"""Structures, then services, chunk by chunk in one transaction: all of it or nothing."""

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import transaction

from partners.exports import manifest
from partners.imports import behind, bulk
from partners.imports import load as loading
from partners.imports.data_inclusion import gone, reading
from partners.imports.data_inclusion.scope import Scope
from partners.imports.data_inclusion.sifting import Sifter
from partners.imports.data_inclusion.taking import Taker
from partners.imports.data_inclusion.tally import GONE, Tally
from partners.imports.errors import ImportRefused
from partners.models import CoverageZone, Listing, ListingSituation, SchemeRole, derived

CHUNK = 1000
LICENCE = "Licence Ouverte 2.0"
STRUCTURE, SCHEME = Listing.Kind.STRUCTURE.value, Listing.Kind.SCHEME.value

Track = Callable[[Iterable[Any], str], Iterable[Any]]


def run(
    structures: Path,
    services: Path,
    *,
    departements: Iterable[str] = (),
    licence: str = LICENCE,
    is_dry: bool = False,
    may_be_many: bool = False,
    track: Track = lambda rows, label: rows,
    before_commit: Callable[[Tally], None] = lambda tally: None,
) -> Tally:
    """Import both files; `is_dry` writes nothing. `departements`: INSEE codes, all by default.

    What a source no longer has is archived, unless the files are an export of this directory.
    `may_be_many`: more than half of what is known may be gone. `track` is given rows and a French
    label: a progress bar. `before_commit` may raise to stop all. Raises `ImportRefused`.
    """
    with transaction.atomic(), _without_collector():
        loading.one_at_a_time()
        load = _Load(Scope(departements), licence, is_dry=is_dry)
        label = f"data·inclusion\u00a0: {structures.name}, {services.name}"
        with loading.writing_as(label.encode(errors="replace").decode()):
            if load.scope.codes:
                load.scope.need(track(reading.rows(services), "Tri des services"))
            with behind.behind():
                load.take(STRUCTURE, track(reading.rows(structures), "Structures"))
                load.take(SCHEME, track(reading.rows(services), "Services"))
            load.check_found()
            load.tally.is_own_export = manifest.is_own_export([structures, services])
            if not load.tally.is_own_export:
                load.archive(may_be_many=may_be_many)
            load.refresh()
        before_commit(load.tally)
    return load.tally


@contextmanager
def _without_collector() -> Iterator[None]:
    """Python's collector of cycles took four tenths of the time, and a chunk leaves none."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


class _Load:
    def __init__(self, scope: Scope, licence: str, *, is_dry: bool) -> None:
        self.scope, self.is_dry, self.tally = scope, is_dry, Tally()
        self.taker = Taker(self.tally, licence, is_dry=is_dry)
        self.sifters = {kind: Sifter(kind, scope, self.tally) for kind in (STRUCTURE, SCHEME)}

    def take(self, kind: str, rows: Iterable[reading.Numbered]) -> None:
        """Chunk by chunk, so that memory does not grow with the file."""
        left = iter(rows)
        while chunk := list(islice(left, CHUNK)):
            self.taker.take(kind, self.sifters[kind].sound(chunk))

    def check_found(self) -> None:
        """One file may be empty, not both."""
        if not any(sifter.has_found for sifter in self.sifters.values()):
            raise ImportRefused("Il n'y a aucune fiche à lire dans ces fichiers.")

    def archive(self, *, may_be_many: bool) -> None:
        for kind in (STRUCTURE, SCHEME):
            pks = gone.archive(
                kind, sources=self.sifters[kind].sources, seen=self.taker.seen[kind],
                scope=self.scope, may_be_many=may_be_many, is_dry=self.is_dry,
            )  # fmt: skip
            self.tally.count(kind, GONE, len(pks))
            self.taker.touched.update(pks)

    def refresh(self) -> None:
        """The derived columns, once for the whole import but for those of new services."""
        written, touched = self.taker.written, self.taker.touched
        if self.is_dry or not (written or touched):
            return  # new services alone touch their structures
        bulk.count_again(Listing, ListingSituation, CoverageZone, SchemeRole)
        derived.refresh_alone(touched - written)
        if written:
            derived.refresh(Listing.objects.filter(pk__in=written))
