"""``grievance directory import --format hsds``: takes HSDS files in short transactions.

Between two of them others may write: a report that a worker sends must not wait for an import.
"""

import gc
from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import click
from sqlalchemy.orm import Session

from grievance.casework.hsds.filling import RING, fill, sweep
from grievance.casework.hsds.histories import Histories
from grievance.casework.hsds.listings import Countries, Made, link_parents, make_listings
from grievance.casework.hsds.notes import Notes
from grievance.casework.hsds.places import COUNTRY, kept_places, strike_fields
from grievance.casework.hsds.taking import (
    Change,
    begin_import,
    compare,
    end_import,
    flag,
    missing,
    take,
)
from grievance.cli.base import now, this_release
from grievance.cli.hsds_files import Files
from grievance.rules.hsds.tables import TABLES
from grievance.store.engine import Database
from grievance.store.events import OPERATOR
from grievance.store.hsds import forget, ids_of, own_bodies, present
from grievance.store.hsds_sheet import Sheet

_BODIES_AT_ONCE = 100
_LOOK_FOR_RINGS_AFTER = 50_000  # objects that are made
_SHOWN = 60  # letters of a value
_WORDS = ("added", "changed", "unchanged", "back", "missing", "of a shelter",
          "kept by this directory itself", "keys to nothing")  # fmt: skip


@dataclass
class _Import:
    """One import, its parts in the order they run."""

    database: Database
    sheet: Sheet
    source: str
    keep: bool
    notes: Notes
    ours: Set[UUID]
    made: Made = field(default_factory=Made)

    def compare_all(self) -> None:
        """Take every table, or say what would change."""
        order = [name for name in TABLES if name in self.sheet.tables()]
        with click.progressbar(length=self.sheet.count(), label="Rows") as bar:
            for table in order:
                for page in self.sheet.pages(table):
                    with self._session() as db:
                        changes = compare(
                            db, self.sheet, self.source, page, ours=self.ours, notes=self.notes
                        )
                        self._show(changes)
                        if self.keep:
                            take(db, self.source, changes, now())
                            db.commit()
                    bar.update(len(page))

    @contextmanager
    def _session(self) -> Iterator[Session]:
        make = self.database.writer if self.keep else self.database.reader
        with make() as db:
            yield db

    def _show(self, changes: list[Change]) -> None:
        """The difference, field by field, where nothing is written."""
        if self.keep:
            return
        for one in changes:
            if one.what == "added" and one.row.table in {"organization", "service"}:
                click.echo(
                    f"+ {one.row.table} {one.row.record_id} {one.row.values.get('name', '')}"
                )
            for name in sorted(one.row.values.keys() | one.before.keys()):
                before, after = one.before.get(name), one.row.values.get(name)
                if one.what == "changed" and before != after:
                    click.echo(f"~ {one.row.table} {one.row.record_id} {name}: "
                               f"{_short(before)} -> {_short(after)}")  # fmt: skip

    def forget_shelters(self) -> None:
        """Delete what an earlier file told about where a shelter is."""
        with self.database.reader() as db:
            gone, left = kept_places(db, self.sheet)
        self.notes.add("of a shelter", "location", len(gone))
        if (gone or left) and self.keep:
            with self.database.writer() as db:
                forget(db, gone)
                strike_fields(db, left)
                db.commit()

    def flag_missing(self) -> None:
        """Flag what the file lacks, of the tables it has."""
        for table in self.sheet.tables():
            with self.database.reader() as db:
                gone = missing(db, self.sheet, self.source, table)
            for start in range(0, len(gone), 500):
                some = gone[start : start + 500]
                self.notes.add("missing", table, len(some))
                for uid in some:
                    self.notes.tell(table, f"{uid}: is not in the file any more; kept and flagged")
                if self.keep:
                    with self.database.writer() as db:
                        flag(db, self.source, table, some, self._histories())
                        db.commit()

    def make_listings(self, country: str | None) -> None:
        """Bring the public directory up to what the rows say."""
        told = {uid: code for uid, code in self.sheet.marked(COUNTRY)}
        rings = {UUID(uid) for uid, _ in self.sheet.marked(RING)}
        countries = Countries(told, country)
        self._each("Listings", lambda db, uids: make_listings(
            db, self.source, uids, countries, self.made, self._histories()))  # fmt: skip
        self._each("Tree", lambda db, uids: link_parents(
            db, self.source, uids, rings, self._histories()))  # fmt: skip

    def _each(self, label: str, work: Callable[..., None]) -> None:
        condition = present("organization", self.source)
        with self.database.reader() as db:
            pages = list(ids_of(db, condition))
        with click.progressbar(length=sum(map(len, pages)), label=label) as bar:
            for page in pages:
                for start in range(0, len(page), _BODIES_AT_ONCE):
                    some = page[start : start + _BODIES_AT_ONCE]
                    with self.database.writer() as db:
                        work(db, some)
                        db.commit()
                    bar.update(len(some))

    def _histories(self) -> Histories:
        return Histories(OPERATOR, now())

    def begin(self) -> None:
        """The event before the first row."""
        with self.database.writer() as db:
            begin_import(db, self.source, self.sheet.count(), OPERATOR, now())
            db.commit()

    def end(self) -> None:
        """The event of the import."""
        with self.database.writer() as db:
            end_import(db, self.source, self.notes, OPERATOR, now())
            db.commit()


def import_hsds(
    place: Path, source: str, *, dry: bool, encoding: str | None, country: str | None
) -> None:
    """Import a file or folder of HSDS; ends with status 1 where something was left out."""
    notes = Notes(lambda where, words: click.echo(f"{where}: {words}", err=True))
    files = Files(place, encoding, notes.problem)
    with this_release() as database, Sheet() as sheet, _fewer_collections():
        with database.reader() as db:
            ours = own_bodies(db)
        run = _Import(database, sheet, source, not dry, notes, ours)
        with click.progressbar(length=files.size, label="Reading") as bar:
            fill(sheet, files.rows(bar.update), source, notes)
        with database.reader() as db:
            sweep(db, sheet, ours, notes)
        if not dry:
            run.begin()
        run.compare_all()
        run.forget_shelters()
        if files.whole:
            run.flag_missing()
        if not dry:
            run.make_listings(country)
            run.end()
    _say(notes, run.made, dry)
    if notes.left_out:
        raise SystemExit(1)


@contextmanager
def _fewer_collections() -> Iterator[None]:
    """Rows go as soon as nobody names them. Looking each 700 objects for those that name each other
    is a sixth of an import."""
    before = gc.get_threshold()
    gc.set_threshold(_LOOK_FOR_RINGS_AFTER, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _say(notes: Notes, made: Made, dry: bool) -> None:
    for table in TABLES:
        numbers = [f"{notes.counts[what, table]} {what}" for what in _WORDS
                   if notes.counts[what, table]]  # fmt: skip
        if numbers:
            click.echo(f"{table}: {', '.join(numbers)}")
    for what in ("added", "changed", "unchanged", "missing"):
        click.echo(f"{what}: {notes.total(what)}")
    click.echo(f"left out: {notes.left_out}")
    for name, kind in made.official:
        click.echo(f'not on the public page: "{name}" looks like a body of kind {kind}')
    if made.nowhere:
        click.echo(f"without a country, so on no page: {made.nowhere} (see --country)")
    if made.kept_by_people:
        click.echo(f"kept by people, so not changed: {made.kept_by_people}")
    click.echo("nothing was written" if dry else f"listings: {made.added} added, "
               f"{made.changed} changed. None of them is asked: they are no partners.")  # fmt: skip


def _short(value: object) -> str:
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
