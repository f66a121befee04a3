"""Runs as a sheet: one row a run, every setting and every metric a column."""

from collections.abc import Callable
from typing import Any

from bertft_tui.core.config import RunConfig
from bertft_tui.core.metric_names import direction_of
from bertft_tui.core.store.records import MetricSummary, RunRecord
from bertft_tui.tui.cli.documents import utc
from bertft_tui.tui.cli.tables import print_csv


def print_sheet(runs: list[RunRecord], extra: dict[str, list[Any]] | None = None) -> None:
    """Print runs as CSV; `extra`: further columns.

    A metric has two columns: NAME, its best value (the last where neither more nor less is better), and last.NAME.
    """
    more = extra or {}
    metrics = sorted({name for run in runs for name in run.metrics})
    headers = [*_ABOUT, *more, *RunConfig().flat()]
    for name in metrics:
        headers += [name, f"last.{name}"]
    rows = []
    for at, run in enumerate(runs):
        row = [*(read(run) for read in _ABOUT.values()), *(column[at] for column in more.values())]
        row += run.config.flat().values()
        for name in metrics:
            row += _values(run.metrics.get(name))
        rows.append(row)
    print_csv(headers, rows)


_ABOUT: dict[str, Callable[[RunRecord], Any]] = {
    "id": lambda run: run.id,
    "name": lambda run: run.name,
    "status": lambda run: str(run.status),
    "experiment": lambda run: run.experiment,
    "tags": lambda run: " ".join(run.tags),
    "note": lambda run: run.note,
    "parent": lambda run: run.parent,
    "change": lambda run: run.change_note,
    "created_at": lambda run: utc(run.created_at),
    "started_at": lambda run: utc(run.started_at),
    "ended_at": lambda run: utc(run.ended_at),
    "duration_seconds": lambda run: run.duration_seconds,
    "step": lambda run: run.progress.step,
    "max_steps": lambda run: run.progress.max_steps,
    "epoch": lambda run: run.progress.epoch,
    "train_rows": lambda run: run.train_rows,
    "batch_size": lambda run: run.config.training.effective_batch,
    "eval_rows": lambda run: run.eval_rows,
    "device": lambda run: run.device,
    "error": lambda run: run.error.title if run.error else None,
}


def _values(summary: MetricSummary | None) -> list[float | None]:
    if summary is None:
        return [None, None]
    return [summary.last if direction_of(summary.name) is None else summary.best, summary.last]
