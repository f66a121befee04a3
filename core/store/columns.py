"""Columns of all runs, kept in memory and brought up to date: what filters, sorting and grouping work on.

To sort ten thousand runs by a setting, SQLite has to read and parse ten thousand configs: 30 ms, and the app asks
several times a second. So a column is read once, and afterwards only the runs that have changed since are read again.
"""

import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Select, select

from bertft_tui.core.filtering.fields import Column, Field, Setting
from bertft_tui.core.metric_names import TEST
from bertft_tui.core.store import revision as revisions
from bertft_tui.core.store.column_readers import Reader, reader_of
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.soundness import EVALUATION_SHAPE, numbers
from bertft_tui.core.store.tables import ANNOTATION, EVALUATION, NAME, RUN, SUMMARY

#: When more runs have changed, all are read anew.
MANY = 400

#: So many runs a store has at least that they are not read into memory to be selected: see `sifting`.
LARGE = 10_001

#: How many cells of a run's row come before those of the columns: its key, its id, its revision, when it was trashed.
_BEFORE = 4


class Extremes(NamedTuple):
    """A metric of a run as the store keeps it, of `MetricSummary` what can be sorted by; a `last` of None is NaN."""

    run_key: int
    last: Any
    minimum: Any
    minimum_step: Any
    maximum: Any
    maximum_step: Any


def is_large(connection: Connection) -> bool:
    """Whether a store has very many runs, by the key of the newest."""
    return int(connection.exec_driver_sql("SELECT max(key) FROM run").scalar() or 0) >= LARGE


class Columns:
    """The columns of one store that were asked for so far. Use them within `reading` only, and `load` first.

    All lists have one value for each run, in the same order; `newest` are their positions, newest run first.
    """

    def __init__(self, only: Sequence[str] | None = None) -> None:
        """`only`: the ids of the runs that are read; None: all."""
        self.lock = threading.Lock()
        self._only = only
        self._connection: Connection | None = None
        self._forget()

    def _forget(self) -> None:
        self._revision = -1
        self._is_read = False
        self._positions: dict[int, int] = {}
        self.ids: list[str] = []
        self.revisions: list[int] = []
        self.trashed: list[bool] = []
        self.newest: list[int] = []
        self.metric_names: tuple[str, ...] = ()
        self._runs: dict[Column | Setting, tuple[Reader, list[Any]]] = {}
        self._metrics: dict[str, list[Extremes | None]] = {}

    def refresh(self, connection: Connection) -> None:
        """Read what has changed since the last time, of what was read before."""
        self._connection = connection
        revision = revisions.current(connection)
        if revision == self._revision:
            return
        if revisions.purged_at(connection) > self._revision or (self._is_read and not self._read_changes()):
            self._forget()
        self._revision = revision
        names = connection.scalars(select(NAME.c.name).order_by(NAME.c.key))
        self.metric_names = tuple(map(str, names))

    def leave(self) -> None:
        """End a reading."""
        self._connection = None

    def load(self, fields: Collection[Field]) -> None:
        """Read columns and settings that are not known yet, in one sweep."""
        fresh = {
            each.source: reader_of(each)
            for each in fields
            if isinstance(each.source, Column | Setting) and each.source not in self._runs
        }
        if self._is_read and not fresh:
            return
        readers = list(fresh.values())
        query = _select(readers).order_by(RUN.c.key)
        rows = self._execute(query if self._only is None else query.where(RUN.c.id.in_(self._only)))
        if not self._is_read:
            self._begin(rows)
        columns: list[list[Any]] = [[None] * len(self.ids) for _ in readers]
        self._write(rows, readers, columns)
        self._runs |= dict(zip(fresh, zip(readers, columns, strict=True), strict=True))

    def values(self, field: Field) -> list[Any]:
        """Return the values of a column or a setting, as the store keeps them."""
        self.load([field])
        assert isinstance(field.source, Column | Setting)
        return self._runs[field.source][1]

    def metric(self, name: str) -> list[Extremes | None]:
        """Return a metric of all runs; None for those that have not reported it."""
        if name not in self._metrics:
            self._metrics[name] = [None] * len(self.ids)
            self._read_metric(name, None if self._only is None else list(self._positions))
        return self._metrics[name]

    def _execute(self, query: Select[Any]) -> Sequence[Any]:
        assert self._connection is not None, "columns are read within `reading`"
        return self._connection.execute(query).all()

    def _begin(self, rows: Sequence[Any]) -> None:
        """Take in what is kept of every run, from their rows in the order of their keys."""
        self._positions = {row[0]: at for at, row in enumerate(rows)}
        self.ids = [row[1] for row in rows]
        self.revisions = [row[2] for row in rows]
        self.trashed = [row[3] is not None for row in rows]
        self.newest = list(range(len(rows)))[::-1]
        self._is_read = True

    def _read_changes(self) -> bool:
        """Read the runs that have changed; false when they are so many that reading everything anew costs less."""
        readers = [reader for reader, _ in self._runs.values()]
        query = _select(readers).where(RUN.c.revision > self._revision).order_by(RUN.c.revision)
        rows = self._execute(query.limit(MANY + 1))
        if len(rows) > MANY:
            return False
        for row in rows:
            self._place(*row[:_BEFORE])
        if len(self.newest) != len(self.ids):
            self.newest = [self._positions[key] for key in sorted(self._positions, reverse=True)]
        self._write(rows, readers, [column for _, column in self._runs.values()])
        for name in self._metrics:
            self._read_metric(name, [row[0] for row in rows])
        return True

    def _place(self, key: int, run_id: str, revision: int, trashed_at: Any) -> None:
        """Take in what is kept of every run; a new one comes behind the others."""
        at = self._positions.setdefault(key, len(self.ids))
        if at == len(self.ids):
            self.ids.append(run_id)
            self.revisions.append(revision)
            self.trashed.append(False)
            for column in (*(column for _, column in self._runs.values()), *self._metrics.values()):
                column.append(None)
        self.ids[at], self.revisions[at], self.trashed[at] = run_id, revision, trashed_at is not None

    def _write(self, rows: Sequence[Any], readers: Sequence[Reader], columns: Sequence[list[Any]]) -> None:
        """Take in the cells of columns, which stand in runs' rows behind what is kept of every run."""
        positions, begin = [self._positions[row[0]] for row in rows], _BEFORE
        for (cells, read), column in zip(readers, columns, strict=True):
            end = begin + len(cells)
            for at, row in zip(positions, rows, strict=True):
                column[at] = read(row[begin]) if end == begin + 1 else read(*row[begin:end])
            begin = end

    def _read_metric(self, name: str, keys: list[int] | None) -> None:
        """Read a metric of these runs, or of all."""
        column, positions = self._metrics[name], self._positions
        for key in keys or ():
            column[positions[key]] = None
        for row in self._reported(name, keys):
            if (at := positions.get(row[0])) is not None:
                column[at] = row

    def _reported(self, name: str, keys: list[int] | None) -> Sequence[Any]:
        """What runs have reported, then what `evaluate` found on their test splits: the newest is the last."""
        table = SUMMARY.c
        cells = (table.run_key, table.last, table.minimum, table.minimum_step, table.maximum, table.maximum_step)
        query = select(*cells).where(
            table.name_key == select(NAME.c.key).where(NAME.c.name == name).scalar_subquery()
        )
        reported = self._execute(query if keys is None else query.where(table.run_key.in_(keys)))
        if not name.startswith(TEST):
            return reported
        tests = select(EVALUATION).where(EVALUATION.c.is_test).order_by(EVALUATION.c.key)
        found = self._execute(tests if keys is None else tests.where(EVALUATION.c.run_key.in_(keys)))
        scored = [(row, numbers(row.metrics)) for row in EVALUATION_SHAPE.rows(found)]
        bare = name.removeprefix(TEST)
        return [*reported, *(_once(row, metrics[bare]) for row, metrics in scored if bare in metrics)]


@contextmanager
def reading(db: Database, only: Sequence[str] | None = None) -> Iterator[Columns]:
    """Give the columns of a store as they all are at one moment, or those of a few runs. Raises StoreError."""
    columns = _of_stores.setdefault(db, Columns()) if only is None else Columns(only)
    with columns.lock, db.read() as connection:
        columns.refresh(connection)
        try:
            yield columns
        finally:
            columns.leave()


#: Kept as long as somebody has the store open.
_of_stores: WeakKeyDictionary[Database, Columns] = WeakKeyDictionary()


def _select(readers: Sequence[Reader]) -> Select[Any]:
    """Select what is kept of every run, and then the cells of columns."""
    cells = [cell for reader in readers for cell in reader.cells]
    every = (RUN.c.key, RUN.c.id, RUN.c.revision, ANNOTATION.c.trashed_at)
    return select(*every, *cells).join(ANNOTATION, ANNOTATION.c.run_key == RUN.c.key)


def _once(row: Any, value: float | None) -> Extremes:
    """A metric that was measured once."""
    return Extremes(row.run_key, value, value, row.step, value, row.step)
