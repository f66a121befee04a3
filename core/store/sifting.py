"""Runs selected by SQLite itself: where a store has very many, their columns in memory would take seconds to read.

What a filter and an order mean is decided by the same readers and tests as in `ordering`. SQLite calls them, as
functions, for the cells of each run; what is most common, numbers and texts in ASCII, it compares itself.
"""

import math
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection

from bertft_tui.core.errors import FilterError
from bertft_tui.core.filtering.comparing import Contains, Equals, OfText, Ordered
from bertft_tui.core.filtering.fields import Field, FieldKind
from bertft_tui.core.filtering.language import And, Leaf, Node, Not, Or, leaves, parse
from bertft_tui.core.filtering.meaning import Meaning, Test, understand
from bertft_tui.core.store.cells import SAID, Place, Places
from bertft_tui.core.store.extremes import AUTO
from bertft_tui.core.store.ordering import text_key

#: Fields of which no two runs have the same value: nothing is gained by remembering what was found of one.
_ALL_DIFFER = (FieldKind.NUMBER, FieldKind.DURATION, FieldKind.TIME)
_NAMES = ("name", "id")

_TRASH = "SELECT run_key FROM annotation WHERE trashed_at IS NOT NULL"
_IS_ASCII = "length(CAST({0} AS BLOB)) = length({0})"  # of a text


#: Tables whose rows lie in the order of the runs' keys, where they are of one metric, or of one setting.
_BY_KEY = (SAID, "setting", "summary")
_KEY = "annotation.run_key"


class Sifted(NamedTuple):
    """Keys of runs in order, with their ids and the revisions in which they last changed; how many match, of all."""

    runs: tuple[tuple[str, int], ...]
    matching: int
    total: int


class _Rows(NamedTuple):
    """Rows of which each is of another run. `is_in_order`: they are found in the order of the runs' keys."""

    table: str
    key: str
    where: str
    is_in_order: bool


class Sifter:
    """Asks one reading of a store. `trashed`: as in `Selection`. Raises FilterError for an unknown metric."""

    def __init__(self, connection: Connection, metric: str = AUTO, trashed: bool | None = False) -> None:
        self._connection, self._trashed = connection, trashed
        self._now = time.time()
        self._places = Places(connection, self._now, metric)
        self.fields = self._places.fields
        self._given: dict[str, Any] = {}
        self._functions = 0
        self._failed: FilterError | None = None

    def understood(self, where: str) -> Meaning | None:
        """Return what a filter means; None for an empty one. Raises FilterError."""
        return understand(where, parse(where), self.fields, self._now) if where.strip() else None

    def knows(self, fields: Sequence[Field]) -> bool:
        """Whether the values of all these fields can be told from single rows."""
        return all(self._places.of(field) is not None for field in fields)

    def sifted(self, meaning: Meaning | None, sort: Field | None, *, reverse: bool, limit: int | None) -> Sifted:
        """Return the first runs that match, in the order that `View.ordered` gives them. Raises FilterError."""
        most = -1 if limit is None else max(1, limit)
        total = int(self._all(f"SELECT {self._total}")[0][0])
        node = None if meaning is None else meaning.node
        if meaning is not None and node is not None:
            keys, matching = self._matches(self._rows(meaning, node), sort, reverse=reverse, most=most)
        elif sort is not None:
            keys, matching = self._sorted(sort, reverse=reverse, most=most), total
        else:
            every = _Rows(SAID, _KEY, self._here, is_in_order=True)
            keys, matching = self._walked(every, reverse=reverse, most=most), total
        return Sifted(self._revisions(keys[:limit]), matching, total)

    def counts(self, meanings: Sequence[Meaning]) -> list[int]:
        """Return how many runs each of some filters matches. Raises FilterError."""
        every = [self._rows(each, each.node) for each in meanings if each.node is not None]
        counts = [f"(SELECT count(*) FROM {rows.table} WHERE {rows.where})" for rows in every]
        return [int(count) for count in self._all(f"SELECT {', '.join(counts)}")[0]]

    def values(self, field: Field) -> Counter[Any]:
        """Count the values of a column or a setting in all runs; what the oldest runs have comes first."""
        place = self._place(field)
        cells = ", ".join(place.cells)
        query = f"SELECT {cells}, count(*), min({place.key}) FROM {place.rows} WHERE {place.where} GROUP BY {cells}"
        found = [(row[-1], place.value(*row[:-2]), row[-2]) for row in self._all(query)]
        if place.is_sparse:
            there = f"SELECT {place.key} FROM {place.rows} WHERE {place.where}"
            count, first = self._all(f"SELECT count(*), min(key) FROM run WHERE key NOT IN ({there})")[0]
            found += [(first, place.missing, count)] * bool(count)
        counts: Counter[Any] = Counter()
        for _, value, count in sorted(found, key=itemgetter(0)):
            counts[value] += count
        return counts

    @property
    def _side(self) -> str:
        """Whether a key is on the side of the trash that is asked for."""
        return {None: "{} IS NOT NULL", True: f"{{}} IN ({_TRASH})", False: f"{{}} NOT IN ({_TRASH})"}[self._trashed]

    @property
    def _here(self) -> str:
        """The same of a row of `annotation`."""
        return {None: "1", True: "trashed_at IS NOT NULL", False: "trashed_at IS NULL"}[self._trashed]

    @property
    def _total(self) -> str:
        """How many runs are on that side, counted in the index of the few that were thrown away."""
        trash, every = "(SELECT count(*) FROM annotation WHERE trashed_at IS NOT NULL)", "count(*) FROM annotation"
        return {None: f"(SELECT {every})", True: trash, False: f"((SELECT {every}) - {trash})"}[self._trashed]

    def _rows(self, meaning: Meaning, node: Node) -> _Rows:
        """The rows of the runs that match: of a condition that all meet, where no words of people are asked for."""
        parts = list(node.parts) if isinstance(node, And) else [node]
        places = {self._place(test.field).rows for leaf in leaves(node) for test in meaning.tests(leaf)}
        found = None if SAID in places else next(filter(None, (self._source(meaning, part) for part in parts)), None)
        if found is None:
            return _Rows(SAID, _KEY, f"{self._here} AND {self._of(meaning, node)}", is_in_order=places <= {SAID})
        part, (rows, key, where) = found
        holds = [self._holds(test, self._place(test.field)) for test in meaning.tests(part)]
        source = f"(SELECT {key} AS run_key FROM {rows} WHERE {where} AND ({' OR '.join(holds)})) AS source"
        others = [self._of(meaning, other, "source.run_key") for other in parts if other is not part]
        conditions = " AND ".join([self._side.format("source.run_key"), *others])
        return _Rows(source, "source.run_key", conditions, is_in_order=rows in _BY_KEY and not others)

    def _source(self, meaning: Meaning, node: Node) -> tuple[Leaf, tuple[str, str, str]] | None:
        """A part of a filter, and where the runs that match it all have rows; None where that is not in one place."""
        if isinstance(node, And | Or | Not):
            return None
        tests = [(test, self._place(test.field)) for test in meaning.tests(node)]
        found = {(place.rows, place.key, place.where) for _, place in tests}
        is_elsewhere = any(place.is_sparse and test.matches(place.missing) for test, place in tests)
        return None if is_elsewhere or len(found) > 1 else (node, found.pop())

    def _walked(self, rows: _Rows, *, reverse: bool, most: int) -> list[int]:
        """The keys of the newest runs among some rows, or of the oldest; no further rows are looked at."""
        order = f"ORDER BY {rows.key}{'' if reverse else ' DESC'} LIMIT {most}"
        return [row[0] for row in self._all(f"SELECT {rows.key} FROM {rows.table} WHERE {rows.where} {order}")]

    def _matches(self, rows: _Rows, sort: Field | None, *, reverse: bool, most: int) -> tuple[list[int], int]:
        """The keys of the first runs among those that match, and how many match."""
        if sort is None and rows.is_in_order:
            keys = self._walked(rows, reverse=reverse, most=most)
            if most < 0 or len(keys) < most:
                return keys, len(keys)
            beyond = f"{rows.where} AND {rows.key} {'>' if reverse else '<'} {keys[-1]}"
            return keys, len(keys) + int(self._all(f"SELECT count(*) FROM {rows.table} WHERE {beyond}")[0][0])
        chosen, order = "SELECT key FROM matching", "key" if reverse else "key DESC"
        if sort is not None:
            order = _order(reverse)
            chosen = self._joined(sort) or self._ordered(sort, chosen, "{} IN matching", reverse=reverse, most=most)
        matching = f"WITH matching (key) AS MATERIALIZED (SELECT {rows.key} FROM {rows.table} WHERE {rows.where})"
        count = "(SELECT count(*) FROM matching)"
        found = self._all(f"{matching} SELECT key, {count} FROM ({chosen}) ORDER BY {order} LIMIT {most}")
        return [row[0] for row in found], int(found[0][1]) if found else 0

    def _sorted(self, sort: Field, *, reverse: bool, most: int) -> list[int]:
        """The keys of the first of all runs. Those that have no row come last, and are only asked for if need be."""
        every = f"SELECT run_key AS key FROM annotation WHERE {self._here}"
        place = self._place(sort)
        if place.is_sparse and _sorted_as(sort, place.missing) is None:
            known, order = self._known(sort, place, self._side), _order(reverse)
            found = self._all(f"SELECT key, sorted FROM ({known}) ORDER BY {order} LIMIT {most}")
            if len(found) == most and found[-1][1] is not None:
                return [row[0] for row in found]
        rows = self._ordered(sort, every, self._side, reverse=reverse, most=most)
        return [row[0] for row in self._all(f"SELECT key FROM ({rows}) ORDER BY {_order(reverse)} LIMIT {most}")]

    def _of(self, meaning: Meaning, node: Node, key: str = _KEY) -> str:
        """Whether a row with some run's key is of one that matches: true or false, never NULL."""
        match node:
            case Not(part):
                return f"NOT {self._of(meaning, part, key)}"
            case And(parts):
                return f"({' AND '.join(self._of(meaning, part, key) for part in parts)})"
            case Or(parts):
                return f"({' OR '.join(self._of(meaning, part, key) for part in parts)})"
            case _:
                return f"({' OR '.join(self._tested(meaning.tests(node), key))})"

    def _tested(self, tests: Sequence[Test], run_key: str) -> Iterator[str]:
        """One test or another: what people said of a run first, then what its other rows say, at last in a sweep."""
        by_rows: dict[tuple[str, str, str], list[str]] = defaultdict(list)
        for test in tests:
            place = self._place(test.field)
            holds = self._holds(test, place)
            if place.rows == SAID:
                yield holds
                continue
            by_rows[place.rows, place.key, place.where].append(holds)
            if place.is_sparse and test.matches(place.missing):
                yield f"NOT {_has(run_key, place.rows, place.key, place.where)}"
        for (rows, key, where), each in sorted(by_rows.items(), key=lambda item: item[0][0] not in _BY_KEY):
            yield _has(run_key, rows, key, f"{where} AND ({' OR '.join(each)})")

    def _holds(self, test: Test, place: Place) -> str:
        """Whether a test matches the value that a row has."""
        called, cell = self._call(lambda *cells: test.matches(place.value(*cells)), place, test.field), place.cells[0]
        match test.matches:
            case Ordered(operator, wanted) if place.number and not math.isnan(wanted):
                return f"ifnull({place.number} {operator} {self._give(wanted)}, {called})"
            case OfText(Contains(folded)) if place.is_text and _is_plain(folded):
                # What stands in a text in ASCII stands in it whatever else does: LIKE folds no other letters.
                like = f"{cell} LIKE {self._give(_pattern(folded))} ESCAPE '\\'"
                plain = f"CASE WHEN {like} THEN 1 WHEN {_IS_ASCII.format(cell)} THEN 0 END"
            case OfText(Equals(folded)) if place.is_text and _is_plain(folded):
                plain = f"CASE WHEN {_IS_ASCII.format(cell)} THEN lower({cell}) = {self._give(folded)} END"
            case _:
                return called
        return f"ifnull(CASE WHEN typeof({cell}) = 'text' THEN {plain} END, {called})"

    def _ordered(self, sort: Field, every: str, is_in: str, *, reverse: bool, most: int) -> str:
        """Rows with the keys of the runs that shall be, and what they are sorted by. `every`: their keys alone."""
        place, order = self._place(sort), _order(reverse)
        known = self._known(sort, place, is_in)
        if place.is_sparse:
            lacks = f"NOT {_has('key', place.rows, place.key, place.where)}"
            missing = self._give(_sorted_as(sort, place.missing))
            rest = f"SELECT key, {missing} AS sorted FROM ({every}) WHERE {lacks} ORDER BY key DESC LIMIT {most}"
            known = f"SELECT * FROM ({known} ORDER BY {order} LIMIT {most}) UNION ALL SELECT * FROM ({rest})"
        return known

    def _joined(self, sort: Field) -> str:
        """The same of the runs that match, where a field's rows are found by the keys of runs; else nothing."""
        place = self._place(sort)
        if place.rows not in _BY_KEY:
            return ""
        key, missing = self._key(sort, place), self._give(_sorted_as(sort, place.missing))
        sorted_by = f"CASE WHEN {place.key} IS NULL THEN {missing} ELSE {key} END"
        on = f"{place.rows} ON {place.where} AND {place.key} = key"
        return f"SELECT key, {sorted_by} AS sorted FROM matching LEFT JOIN {on}"

    def _known(self, sort: Field, place: Place, is_in: str) -> str:
        """The rows of a field's place, with the keys of their runs and what these are sorted by."""
        known = f"SELECT {place.key} AS key, {self._key(sort, place)} AS sorted FROM {place.rows}"
        return f"{known} WHERE {place.where} AND {is_in.format(place.key)}"

    def _key(self, field: Field, place: Place) -> str:
        """What a row is sorted by; NULL where there is no value."""
        cell = place.cells[0]
        called = self._call(lambda *cells: _sorted_as(field, place.value(*cells)), place, field)
        if place.is_text:
            is_ascii = f"typeof({cell}) = 'text' AND {_IS_ASCII.format(cell)}"
            return f"CASE WHEN {is_ascii} THEN nullif(lower({cell}), '') ELSE {called} END"
        return f"ifnull({place.number} * {place.sign}, {called})" if place.number else called

    def _place(self, field: Field) -> Place:
        place = self._places.of(field)
        assert place is not None, f"{field.name} is in no row"
        return place

    def _call(self, function: Callable[..., Any], place: Place, field: Field) -> str:
        """Let SQLite call a function of a place's cells; an error in it is raised when the statement has ended."""

        def guarded(*cells: Any) -> Any:
            if self._failed is not None:
                return None
            try:
                return function(*cells)
            except FilterError as error:
                self._failed = error
                return None

        all_differ = field.kind in _ALL_DIFFER or field.name in _NAMES
        name = f"bertft_{self._functions}"
        self._functions += 1
        driver: Any = self._connection.connection.driver_connection
        remembered = guarded if all_differ else lru_cache(4096)(guarded)
        driver.create_function(name, len(place.cells), remembered, deterministic=True)
        if len(place.cells) > 1:
            return f"{name}({', '.join(place.cells)})"
        # What is missing is often so in most rows.
        (cell,) = place.cells
        return f"CASE WHEN {cell} IS NULL THEN {self._give(guarded(None))} ELSE {name}({cell}) END"

    def _give(self, value: Any) -> str:
        """Hand a value to the statement; return what it is called there."""
        name = f"given_{len(self._given)}"
        self._given[name] = value
        return f":{name}"

    def _all(self, statement: str) -> Sequence[Any]:
        found = self._connection.exec_driver_sql(statement, self._given).all()
        if self._failed is not None:
            raise self._failed
        return found

    def _revisions(self, keys: list[int]) -> tuple[tuple[str, int], ...]:
        """The ids of runs, with the revisions in which they last changed."""
        found: dict[int, tuple[str, int]] = {}
        for start in range(0, len(keys), 500):
            some = ", ".join(map(str, keys[start : start + 500]))
            for key, run_id, revision in self._all(f"SELECT key, id, revision FROM run WHERE key IN ({some})"):
                found[key] = run_id, revision
        return tuple(found[key] for key in keys if key in found)


def _has(run_key: str, rows: str, key: str, where: str) -> str:
    """Whether a run has such a row. Where rows are found by the keys of runs none is looked at in vain."""
    if rows in _BY_KEY:
        return f"EXISTS (SELECT 1 FROM {rows} WHERE {where} AND {key} = {run_key})"
    return f"{run_key} IN (SELECT {key} FROM {rows} WHERE {where})"


def _order(reverse: bool) -> str:
    """How rows are ordered that have a key and what is sorted by."""
    return f"sorted{' DESC' if reverse else ''} NULLS LAST, key DESC"


def _sorted_as(field: Field, value: Any) -> Any:
    """What a value is sorted by; SQLite has no NaN, which becomes NULL."""
    return text_key(value) if field.kind in (FieldKind.TEXT, FieldKind.CHOICE) else value


def _pattern(folded: str) -> str:
    """A text with anything around it, as LIKE has it."""
    for sign in "\\%_":
        folded = folded.replace(sign, "\\" + sign)
    return f"%{folded}%"


def _is_plain(folded: str) -> bool:
    """Whether a text is one in which SQLite finds what Python does."""
    return folded.isascii() and "\0" not in folded
