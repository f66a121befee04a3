"""The list of runs: sorting by any column, metric or setting, and the table."""

import time
from collections.abc import Callable
from difflib import get_close_matches
from functools import partial
from typing import Any

from bertft_tui.core.config import RunConfig, format_value, split_field
from bertft_tui.core.errors import ConfigError, InputError
from bertft_tui.core.metric_names import BEST_METRICS, direction_of, evaluation_name
from bertft_tui.core.scheduling.truth import as_ended, settle
from bertft_tui.core.store import queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.cli.documents import run_document
from bertft_tui.tui.cli.output import print_json, print_table, tell
from bertft_tui.tui.format import duration, number
from bertft_tui.tui.glyphs import glyphs
from bertft_tui.tui.metric_choice import best_text, mark_of, mark_words

COLUMNS: dict[str, Callable[[RunRecord], Any]] = {
    "id": lambda run: run.id,
    "name": lambda run: run.name,
    "status": lambda run: str(run.status),
    "experiment": lambda run: run.experiment,
    "created_at": lambda run: run.created_at,
    "started_at": lambda run: run.started_at,
    "ended_at": lambda run: run.ended_at,
    "duration_seconds": lambda run: run.duration_seconds,
    "step": lambda run: run.progress.step,
    "epoch": lambda run: run.progress.epoch,
}


def print_list(db: Database, *, sort: str | None, limit: int | None, as_json: bool) -> None:
    """Print the runs of a store. Raises InputError for a field that does not exist."""
    gone = settle(db)
    runs = queries.list_runs(db, limit=None if sort else limit)
    runs = [as_ended(run, db.path) if run.id in gone else run for run in runs]
    if sort:
        runs = sort_runs(runs, sort)[:limit]
    if as_json:
        print_json([run_document(run, db.path) for run in runs])
    elif runs:
        _print_table(runs, sort)
    else:
        hidden = any(run.trashed for run in queries.outlines(db))
        tell("All runs are in the trash: `list --trash`." if hidden else "No runs yet. `bertft-tui demo` makes one.")


def sort_runs(runs: list[RunRecord], field: str) -> list[RunRecord]:
    """Sort by a column or setting upwards, by a metric best first; runs without a value come last."""
    value, downwards = _reader(runs, field)
    with_value = [run for run in runs if value(run) is not None]
    without = [run for run in runs if value(run) is None]
    return sorted(with_value, key=lambda run: _comparable(value(run)), reverse=downwards) + without


def _reader(runs: list[RunRecord], field: str) -> tuple[Callable[[RunRecord], Any], bool]:
    """Return how to read a field from a run, and whether larger values come first."""
    if field in COLUMNS:
        return COLUMNS[field], False
    if (metric_name := _metric_name(runs, field)) is not None:
        return partial(_best, metric_name), direction_of(metric_name) == "up"
    try:
        section, setting = split_field(field)
    except ConfigError:
        raise _unknown(field, [*COLUMNS, *_known_metrics(runs)]) from None
    return lambda run: getattr(getattr(run.config, section), setting), False


def _known_metrics(runs: list[RunRecord]) -> set[str]:
    return {name for run in runs for name in run.metrics} | {evaluation_name(name) for name in BEST_METRICS}


def _metric_name(runs: list[RunRecord], field: str) -> str | None:
    """Return the full name of the metric that a field means; None when it means none."""
    known = _known_metrics(runs)
    return next((name for name in (field, evaluation_name(field)) if name in known), None)


def _best(name: str, run: RunRecord) -> float | None:
    """A metric's best value; its last one where neither more nor less is better."""
    summary = run.metrics.get(name)
    if summary is None:
        return None
    return summary.last if direction_of(name) is None else summary.best


def _unknown(field: str, names: list[str]) -> InputError:
    settings = RunConfig().flat()
    near = get_close_matches(field, [*names, *settings, *(name.partition(".")[2] for name in settings)], n=1)
    hint = f"Did you mean {near[0]!r}?" if near else f"A column ({', '.join(COLUMNS)}), a metric or a setting."
    return InputError("Unknown field", f"Nothing to sort by is called {field!r}.", hint)


def _comparable(value: Any) -> tuple[int, Any]:
    """Make values of one field comparable: `all` stands behind every number."""
    return (0, value) if isinstance(value, int | float) else (1, str(value))


def _print_table(runs: list[RunRecord], sort: str | None) -> None:
    headers = ["id", "status", "name", "best", "epoch", "duration", "created"]
    rows = [_cells(run) for run in runs]
    shown = [run.metrics.get(evaluation_name(run.best_metric)) for run in runs]
    if sort and sort not in COLUMNS:
        headers.append(sort)
        value, _ = _reader(runs, sort)
        summaries = [run.metrics.get(_metric_name(runs, sort) or "") for run in runs]
        rows = [[*row, _text(value(run)) + mark_of(of)] for row, run, of in zip(rows, runs, summaries, strict=True)]
        shown += summaries
    print_table(headers, rows, right=("epoch", "duration"))
    if any(mark_of(summary) for summary in shown):
        tell(f"{mark_words()}: the best of several evaluations on the same rows flatters.")


def _cells(run: RunRecord) -> list[str]:
    name = run.best_metric
    best = run.metrics.get(evaluation_name(name))
    return [
        run.id,
        f"{glyphs().status[run.status]} {run.status}",
        run.name,
        f"{name} {best_text(best)}" if best else "",
        number(run.progress.epoch, 3) if run.progress.epoch is not None else "",
        duration(run.duration_seconds) if run.started_at else "",
        time.strftime("%Y-%m-%d %H:%M", time.localtime(run.created_at)),
    ]


def _text(value: Any) -> str:
    return number(value) if isinstance(value, float) else format_value(value)
