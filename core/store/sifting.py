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
from bertft_tui.core.filtering.language import And, Node, Not, Or, parse
from bertft_tui.core.filtering.meaning import Meaning, Test, understand
from bertft_tui.core.store.cells import SAID, Place, Places
from bertft_tui.core.store.ordering import AUTO, text_key

#: Fields of which no two runs have the same value: nothing is gained by remembering what was found of one.
_ALL_DIFFER = (FieldKind.NUMBER, FieldKind.DURATION, FieldKind.TIME)
_NAMES = ("name", "id")

_TRASH = "SELECT run_key FROM annotation WHERE trashed_at IS NOT NULL"
_IS_ASCII = "typeof({0}) = 'text' AND length(CAST({0} AS BLOB)) = length({0})"


class Sifted(NamedTuple):
    """Keys of runs in order, with their ids and the revisions in which they last changed; how many match, of all."""

    runs: tuple[tuple[str, int], ...]
    matching: int
    total: int


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
        begin, count, is_in = "", self._total, self._side
        every = f"SELECT run_key AS key FROM annotation WHERE {is_in.format('run_key')}"
        if meaning is not None and meaning.node is not None:
            begin = f"WITH matching (key) AS ({self._matching(meaning, meaning.node)}) "
            count, is_in, every = "(SELECT count(*) FROM matching)", "{} IN matching", "SELECT key FROM matching"
        rows, order = self._ordered(sort, every, is_in, reverse=reverse)
        most = -1 if limit is None else max(1, limit)
        found = self._all(f"{begin}SELECT {count}, key FROM ({rows}) ORDER BY {order} LIMIT {most}")
        total = int(self._all(f"SELECT {self._total}")[0][0])
        matching = int(found[0][0]) if found else 0
        return Sifted(self._revisions([row[1] for row in found[:limit]]), matching, total)

    def counts(self, meanings: Sequence[Meaning]) -> list[int]:
        """Return how many runs each of some filters matches. Raises FilterError."""
        sums = [f"total({self._of(each, each.node)})" for each in meanings if each.node is not None]
        return [int(count) for count in self._all(f"SELECT {', '.join(sums)} FROM annotation WHERE {self._here}")[0]]

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

    def _matching(self, meaning: Meaning, node: Node) -> str:
        return f"SELECT run_key FROM annotation WHERE {self._here} AND {self._of(meaning, node)}"

    def _of(self, meaning: Meaning, node: Node) -> str:
        """Whether a row of `annotation` is that of a run that matches: true or false, never NULL."""
        match node:
            case Not(part):
                return f"NOT {self._of(meaning, part)}"
            case And(parts):
                return f"({' AND '.join(self._of(meaning, part) for part in parts)})"
            case Or(parts):
                return f"({' OR '.join(self._of(meaning, part) for part in parts)})"
            case _:
                return f"({' OR '.join(self._tested(meaning.tests(node)))})"

    def _tested(self, tests: Sequence[Test]) -> Iterator[str]:
        """One test or another: what people said of a run first, then what is found in other rows, each swept once."""
        by_rows: dict[tuple[str, str, str], list[str]] = defaultdict(list)
        for test in tests:
            place = self._place(test.field)
            holds = self._holds(test, place)
            if place.rows == SAID:
                yield holds
                continue
            by_rows[place.rows, place.key, place.where].append(holds)
            if place.is_sparse and test.matches(place.missing):
                yield f"annotation.run_key NOT IN (SELECT {place.key} FROM {place.rows} WHERE {place.where})"
        for (rows, key, where), each in by_rows.items():
            yield f"annotation.run_key IN (SELECT {key} FROM {rows} WHERE {where} AND ({' OR '.join(each)}))"

    def _holds(self, test: Test, place: Place) -> str:
        """Whether a test matches the value that a row has."""
        called, cell = self._call(lambda *cells: test.matches(place.value(*cells)), place, test.field), place.cells[0]
        match test.matches:
            case Ordered(operator, wanted) if place.number and not math.isnan(wanted):
                return f"ifnull({place.number} {operator} {self._give(wanted)}, {called})"
            case OfText(Contains(folded)) if place.is_text and _is_plain(folded):
                # What stands in a text in ASCII stands in it whatever else does: LIKE folds no other letters.
                like = f"typeof({cell}) = 'text' AND {cell} LIKE {self._give(_pattern(folded))} ESCAPE '\\'"
                plain = f"{like} THEN 1 WHEN {_IS_ASCII.format(cell)} THEN 0"
            case OfText(Equals(folded)) if place.is_text and _is_plain(folded):
                plain = f"{_IS_ASCII.format(cell)} THEN lower({cell}) = {self._give(folded)}"
            case _:
                return called
        return f"CASE WHEN {plain} ELSE {called} END"

    def _ordered(self, sort: Field | None, every: str, is_in: str, *, reverse: bool) -> tuple[str, str]:
        """Rows with the keys of the runs that shall be, and how they are ordered. `every`: those rows in no order."""
        if sort is None:
            return every, "key" if reverse else "key DESC"
        place = self._place(sort)
        known = f"SELECT {place.key} AS key, {self._key(sort, place)} AS sorted FROM {place.rows} WHERE {place.where}"
        known += f" AND {is_in.format(place.key)}"
        if place.is_sparse:
            there = f"SELECT {place.key} FROM {place.rows} WHERE {place.where}"
            missing = self._give(_sorted_as(sort, place.missing))
            known += f" UNION ALL SELECT key, {missing} FROM ({every}) WHERE key NOT IN ({there})"
        return known, f"sorted IS NULL, sorted{' DESC' if reverse else ''}, key DESC"

    def _key(self, field: Field, place: Place) -> str:
        """What a row is sorted by; NULL where there is no value."""
        cell = place.cells[0]
        called = self._call(lambda *cells: _sorted_as(field, place.value(*cells)), place, field)
        if place.is_text:
            return f"CASE WHEN {_IS_ASCII.format(cell)} THEN nullif(lower({cell}), '') ELSE {called} END"
        return f"ifnull({place.number} * {place.sign}, {called})" if place.number else called

    def _place(self, field: Field) -> Place:
        place = self._places.of(field)
        assert place is not None, f"{field.name} is in no row"
        return place

    def _call(self, function: Callable[..., Any], place: Place, field: Field) -> str:
        """Let SQLite call a function of a place's cells; an error in it is raised when the statement has ended."""
        remembered = function if field.kind in _ALL_DIFFER or field.name in _NAMES else lru_cache(4096)(function)

        def guarded(*cells: Any) -> Any:
            if self._failed is not None:
                return None
            try:
                return remembered(*cells)
            except FilterError as error:
                self._failed = error
                return None

        name = f"bertft_{self._functions}"
        self._functions += 1
        driver: Any = self._connection.connection.driver_connection
        driver.create_function(name, len(place.cells), guarded, deterministic=True)
        return f"{name}({', '.join(place.cells)})"

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
