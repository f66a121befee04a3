"""Rows that another version or program wrote, or a damaged disk: read as far as they can be, and said to be so.

SQLite keeps any value in any column. One cell of the wrong kind must not take the table of runs down with it.
"""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, Boolean, ColumnElement, Float, Integer, LargeBinary

from bertft_tui.core.errors import Problem
from bertft_tui.core.store.tables import EVALUATION

if TYPE_CHECKING:
    from bertft_tui.core.config import RunConfig

_HINT = "Another version of bertft-tui, or another program, wrote it. Its directory has what the run wrote itself."


class Shape:
    """The columns of a query's rows, and which Python types each may hold. `lists`: JSON columns that hold lists."""

    def __init__(self, columns: Sequence[ColumnElement[Any]], lists: Sequence[str] = ()) -> None:
        self._columns = [(column.key or "", column, _instead(column, lists)) for column in columns]
        self._names = [name for name, _, _ in self._columns]
        self._kinds = [_kinds(column, lists) for column in columns]

    def cells(self, row: Any) -> tuple[Sequence[Any], list[str]]:
        """Return a row's values, and the names of the columns that could not be read and hold a default instead."""
        if all(map(isinstance, row, self._kinds)):
            return row, []
        values, faults = list(row), []
        for place, (kinds, (name, column, instead)) in enumerate(zip(self._kinds, self._columns, strict=True)):
            value = values[place]
            if not isinstance(value, kinds):
                faults.append(name)
                values[place] = _as_text(value) if _is_text(column) and value is not None else instead
        return values, faults

    def read(self, row: Any) -> tuple[Any, list[str]]:
        """The same by name: a row of SQLAlchemy's takes twenty times as long to be asked for a column by its name."""
        values, faults = self.cells(row)
        return SimpleNamespace(**dict(zip(self._names, values, strict=True))), faults

    def rows(self, found: Sequence[Any]) -> list[Any]:
        """Return rows of which nobody asks what was wrong with them."""
        return [self.read(row)[0] for row in found]


def numbers(stored: dict[str, Any]) -> dict[str, float | None]:
    """Return the metrics of an evaluation, None for NaN; what is no number is left out."""
    return {name: value for name, value in stored.items() if value is None or isinstance(value, int | float)}


def read_config(stored: Any) -> tuple["RunConfig", list[str]]:
    """Read a run's settings; with one line for each that was passed over."""
    from bertft_tui.core.config import RunConfig, valid_part  # a curve is read without pydantic, in a quarter less

    try:
        return RunConfig.model_validate(stored), []
    except ValueError:
        return valid_part(stored)


def problem_of(columns: Sequence[str], settings: Sequence[str] = (), others: Sequence[str] = ()) -> Problem | None:
    """Say what could not be read of a run; None when all could."""
    faults = [*(f"{name} is of another kind" for name in columns), *others, *settings]
    if not faults:
        return None
    return Problem("This run cannot be read in full", f"{'; '.join(faults)[:1000]}.", _HINT)


def _kinds(column: ColumnElement[Any], lists: Sequence[str]) -> tuple[type, ...]:
    kinds: tuple[type, ...] = (str,)
    match column.type:
        case JSON():
            kinds = (list,) if column.key in lists else (dict,)
        case Boolean():
            kinds = (bool,)
        case Integer():
            kinds = (int,)
        case Float():
            kinds = (float, int)
        case LargeBinary():
            kinds = (bytes,)
    return (*kinds, type(None)) if getattr(column, "nullable", True) else kinds


def _instead(column: ColumnElement[Any], lists: Sequence[str]) -> Any:
    """What stands for a value that cannot be read."""
    if getattr(column, "nullable", True):
        return None
    kind = _kinds(column, lists)[0]
    return kind()


def _is_text(column: ColumnElement[Any]) -> bool:
    return str in _kinds(column, ())


def _as_text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


EVALUATION_SHAPE = Shape(tuple(EVALUATION.c))
