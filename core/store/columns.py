"""Columns of all runs, kept in memory and brought up to date: what small stores are filtered and sorted by, and what
groups are made of in all.

The app asks several times a second. So a column is read once, and afterwards only the runs that have changed since.
"""

import threading
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Select, select

from bertft_tui.core.filtering.fields import Column, Field, Setting
from bertft_tui.core.store import revision as revisions
from bertft_tui.core.store.cells import IN_LIST, Place, Places
from bertft_tui.core.store.column_readers import ALL_BUT_SEED
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.extremes import Extremes
from bertft_tui.core.store.fingerprints import fingerprints
from bertft_tui.core.store.tables import ANNOTATION, NAME, RUN

#: When more runs have changed, all are read anew.
MANY = 400

#: So many runs a store has at least that they are not read into memory to be selected: see `sifting`.
LARGE = 2_001


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
        self._places: Places | None = None
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
        self._runs: dict[Column | Setting, tuple[Field, list[Any]]] = {}
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
        self._connection, self._places = None, None

    def load(self, fields: Collection[Field]) -> None:
        """Read columns and settings that are not known yet."""
        if not self._is_read:
            self._begin()
        fresh: dict[Column | Setting, tuple[Field, list[Any]]] = {
            each.source: (each, [None] * len(self.ids))
            for each in fields
            if isinstance(each.source, Column | Setting) and each.source not in self._runs
        }
        self._fill(fresh.values(), None if self._only is None else list(self._positions))
        self._runs |= fresh

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

    def _begin(self) -> None:
        """Take in what is kept of every run, in the order of their keys: of all runs, from indexes alone."""
        if self._only is None:
            ids = dict(self._found(f"SELECT key, id FROM {IN_LIST}"))
            revisions = dict(self._found("SELECT key, revision FROM run INDEXED BY ix_run_revision"))
            said = self._found("SELECT run_key, trashed_at FROM annotation ORDER BY run_key")
            rows = [(key, ids[key], revisions[key], trashed_at) for key, trashed_at in said if key in ids]
        else:
            rows = [tuple(row) for row in self._execute(_EVERY.where(RUN.c.id.in_(self._only)).order_by(RUN.c.key))]
        self._positions = {row[0]: at for at, row in enumerate(rows)}
        self.ids = [row[1] for row in rows]
        self.revisions = [row[2] for row in rows]
        self.trashed = [row[3] is not None for row in rows]
        self.newest = list(range(len(rows)))[::-1]
        self._is_read = True

    def _read_changes(self) -> bool:
        """Read the runs that have changed; false when they are so many that reading everything anew costs less."""
        query = _EVERY.where(RUN.c.revision > self._revision).order_by(RUN.c.revision)
        rows = self._execute(query.limit(MANY + 1))
        if len(rows) > MANY:
            return False
        for row in rows:
            self._place(*row)
        if len(self.newest) != len(self.ids):
            self.newest = [self._positions[key] for key in sorted(self._positions, reverse=True)]
        keys = [row[0] for row in rows]
        self._fill(self._runs.values(), keys)
        for name in self._metrics:
            self._read_metric(name, keys)
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

    def _fill(self, columns: Collection[tuple[Field, list[Any]]], keys: Sequence[int] | None) -> None:
        """Read columns and settings of these runs, or of all; those that stand in the same rows in one sweep."""
        sources: dict[tuple[str, str, str], list[tuple[Place, list[Any]]]] = defaultdict(list)
        for field, column in columns:
            if field is ALL_BUT_SEED:
                self._fill_alike(column, keys)
                continue
            place = self._places_now.of(field)
            assert place is not None, f"{field.name} is in no row"
            sources[place.rows, place.key, place.where].append((place, column))
            if place.is_sparse:
                for key in self._positions if keys is None else keys:
                    column[self._positions[key]] = place.missing
        for places in sources.values():
            cells = [cell for place, _ in places for cell in place.cells]
            self._write(self._rows_in(places[0][0], cells, keys), places)

    def _rows_in(self, place: Place, cells: Sequence[str], keys: Sequence[int] | None) -> Sequence[Any]:
        """Read the runs' keys and some cells in the rows of a place: of these runs, or of all."""
        rows, where = place.rows, place.where
        if keys is not None:  # they are found by their keys, not in an index that is read from end to end
            rows = "run" if rows == IN_LIST else rows
            where = f"{where} AND {place.key} IN ({', '.join(map(str, keys))})"
        return self._found(f"SELECT {', '.join([place.key, *cells])} FROM {rows} WHERE {where}")

    def _write(self, rows: Sequence[Any], places: Sequence[tuple[Place, list[Any]]]) -> None:
        """Take in rows of places: a run's key and the cells."""
        rows = [row for row in rows if row[0] in self._positions]
        positions, begin = [self._positions[row[0]] for row in rows], 1
        for place, column in places:
            end, read = begin + len(place.cells), place.value
            for at, row in zip(positions, rows, strict=True):
                column[at] = read(row[begin]) if end == begin + 1 else read(*row[begin:end])
            begin = end

    def _fill_alike(self, column: list[Any], keys: Sequence[int] | None) -> None:
        """Read which runs have the same settings but for the seed."""
        assert self._connection is not None, "columns are read within `reading`"
        found = fingerprints(self._connection, keys)
        for key in self._positions if keys is None else keys:
            column[self._positions[key]] = found[key]

    @property
    def _places_now(self) -> Places:
        """Where fields stand, in this reading."""
        if self._places is None:
            assert self._connection is not None, "columns are read within `reading`"
            self._places = Places(self._connection, None)
        return self._places

    def _found(self, statement: str) -> Sequence[Any]:
        """The rows of a statement as the driver gives them: there may be very many."""
        assert self._connection is not None, "columns are read within `reading`"
        driver: Any = self._connection.connection.driver_connection
        return list(driver.execute(statement))

    def _read_metric(self, name: str, keys: Sequence[int] | None) -> None:
        """Read a metric of these runs, or of all."""
        column = self._metrics[name]
        for key in keys or ():
            column[self._positions[key]] = None
        place = self._places_now.extremes(name, keys)
        self._write(self._rows_in(place, place.cells, keys), [(place, column)])


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


#: What is kept of every run.
_EVERY = select(RUN.c.key, RUN.c.id, RUN.c.revision, ANNOTATION.c.trashed_at).join(
    ANNOTATION, ANNOTATION.c.run_key == RUN.c.key
)
