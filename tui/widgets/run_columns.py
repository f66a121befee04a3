"""The columns of the table of runs: what stands in each, and which give way when the terminal is narrow."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from rich.cells import cell_len

from bertft_tui.core.metric_names import direction_of, evaluation_name
from bertft_tui.core.store.records import MetricSummary, RunRecord
from bertft_tui.tui.format import NOTHING, clean, duration, metric, moment, number, size
from bertft_tui.tui.glyphs import BRIGHT, MUTED, TEXT
from bertft_tui.tui.metric_choice import mark_of, metric_of

#: A longer name makes no other column give way.
NAME_WIDTH = 48
_NAME_AT_LEAST = 28
GAP = 2


@dataclass(frozen=True)
class View:
    """What the cells depend on beside the run."""

    metric: str
    age: Callable[[RunRecord], float]
    sort: str = ""  # the key of a column; empty: as the store gives them, newest first
    reverse: bool = False
    held: Mapping[str, int] | None = None  # in the trash: bytes on the disk, of those that were measured


@dataclass(frozen=True)
class RunColumn:
    """One column. Those with the highest `gives_way` leave first; 0 stays."""

    key: str
    title: str
    text: Callable[[RunRecord, View], str]
    order: Callable[[RunRecord, View], Any]
    colour: str = MUTED
    right: bool = True
    gives_way: int = 0
    only: Literal["runs", "trash"] | None = None  # the table that has it; None: both


def columns_of(view: View) -> list[RunColumn]:
    """The columns of the table of runs, or of the trash."""
    other = "runs" if view.held is not None else "trash"
    return [column for column in COLUMNS if column.only != other]


def _held(run: RunRecord, view: View) -> int | None:
    return (view.held or {}).get(run.id)


def _summary(run: RunRecord, view: View) -> MetricSummary | None:
    return run.metrics.get(evaluation_name(metric_of(run, view.metric)))


def _best(run: RunRecord, view: View) -> float | None:
    summary = _summary(run, view)
    return summary.best if summary else None


def _best_epoch(run: RunRecord, view: View) -> float | None:
    summary = _summary(run, view)
    return run.epoch_of(summary.best_step) if summary else None


def _last(run: RunRecord, view: View) -> float | None:
    summary = _summary(run, view)
    return summary.last if summary else None


def _better_first(value: Callable[[RunRecord, View], float | None]) -> Callable[[RunRecord, View], float]:
    """Order by a metric, better values first, runs without one last."""

    def order(run: RunRecord, view: View) -> float:
        found = value(run, view)
        if found is None or math.isnan(found):
            return math.inf
        return found if direction_of(metric_of(run, view.metric)) == "down" else -found

    return order


def _best_text(run: RunRecord, view: View) -> str:
    """The best value, with a mark when the rows that it was measured on also chose it."""
    summary = _summary(run, view)
    if summary is None:
        return NOTHING
    return f"{metric(summary.best)}{mark_of(summary) or ' '}"


def tail_of(name: str) -> str:
    """The last part of a Hub id or a path."""
    return clean(name.rstrip("/\\").replace("\\", "/").rpartition("/")[2] or name, limit=40)


def _size(run: RunRecord) -> str:
    return number(run.train_rows) if run.train_rows is not None else str(run.config.data.train_size)


def _seconds(run: RunRecord, view: View) -> float | None:
    return run.duration_seconds + view.age(run) if run.started_at is not None else None


COLUMNS: tuple[RunColumn, ...] = (
    RunColumn(
        "name",
        "name",
        lambda run, view: clean(run.name, limit=300),
        lambda run, view: run.name.casefold(),
        colour=BRIGHT,
        right=False,
    ),
    RunColumn(
        "model",
        "model",
        lambda run, view: tail_of(run.config.model.name_or_path),
        lambda run, view: run.config.model.name_or_path,
        right=False,
        gives_way=7,
    ),
    RunColumn(
        "data",
        "data",
        lambda run, view: tail_of(run.config.data.dataset),
        lambda run, view: run.config.data.dataset,
        right=False,
        gives_way=9,
    ),
    RunColumn(
        "size", "texts", lambda run, view: _size(run), lambda run, view: -(run.train_rows or 0), gives_way=8
    ),
    RunColumn(
        "best", "best", _best_text, _better_first(_best), colour=BRIGHT
    ),
    RunColumn(
        "epoch",
        "at",
        lambda run, view: NOTHING if (epoch := _best_epoch(run, view)) is None else number(round(epoch, 1), 3),
        lambda run, view: _best_epoch(run, view) or math.inf,
        gives_way=5,
    ),
    RunColumn("last", "last", lambda run, view: metric(_last(run, view)), _better_first(_last), TEXT, gives_way=4),
    RunColumn(
        "time", "time", lambda run, view: duration(_seconds(run, view)), lambda run, view: _seconds(run, view) or 0.0,
        gives_way=3,
        only="runs",
    ),
    RunColumn(
        "device",
        "device",
        lambda run, view: clean(run.device or NOTHING, limit=20),
        lambda run, view: run.device or "",
        right=False,
        gives_way=6,
        only="runs",
    ),
    RunColumn(
        "held",
        "on disk",
        lambda run, view: size(_held(run, view)),
        lambda run, view: -(_held(run, view) or 0),
        colour=BRIGHT,
        only="trash",
    ),
    RunColumn(
        "deleted",
        "deleted",
        lambda run, view: moment(run.trashed_at or 0.0),
        lambda run, view: -(run.trashed_at or 0.0),
        gives_way=4,
        only="trash",
    ),
)  # fmt: skip


def sort_runs(runs: tuple[RunRecord, ...], view: View) -> list[RunRecord]:
    """Order runs by the view's column; equal ones stay newest first."""
    column = next((column for column in columns_of(view) if column.key == view.sort), None)
    ordered = list(runs) if column is None else sorted(runs, key=lambda run: column.order(run, view))
    return ordered[::-1] if view.reverse else ordered


@dataclass(frozen=True)
class Layout:
    """The columns that fit, each with its width in cells."""

    columns: tuple[tuple[RunColumn, int], ...]


def lay_out(runs: list[RunRecord], view: View, width: int) -> Layout:
    """Choose columns for a table of so many cells: the name keeps its width as long as others can give way."""
    columns = columns_of(view)
    wanted = {
        column.key: max(
            [cell_len(column.title) + (column.key == view.sort), *(cell_len(column.text(run, view)) for run in runs)]
        )
        for column in columns
    }
    wanted["name"] = min(wanted["name"], NAME_WIDTH)
    shown = list(columns)
    while _total(shown, wanted) > width and any(column.gives_way for column in shown):
        shown.remove(max(shown, key=lambda column: column.gives_way))
    others = _total(shown, wanted) - wanted["name"]
    wanted["name"] = max(4, min(width - others, max(wanted["name"], _NAME_AT_LEAST)))
    return Layout(tuple((column, wanted[column.key]) for column in shown))


def _total(columns: list[RunColumn], widths: dict[str, int]) -> int:
    return sum(widths[column.key] + GAP for column in columns)
