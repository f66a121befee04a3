"""What this program's `compare` and its comparison screen put side by side, before anything is tested."""

from pathlib import Path

from benchmarks.peers.programs import Compared
from benchmarks.peers.workload import BEST
from bertft_tui.core.analysis.comparison import compare
from bertft_tui.core.paths import StorePath
from bertft_tui.core.store import plain_reading, queries
from bertft_tui.core.store.database import Database


def comparing(folder: Path, names: list[str]) -> Compared:
    """The best of each run, and in which settings they differ; intervals and all other metrics come with it."""
    with Database.open(StorePath(folder / "experiments.db")) as db:
        ids = {run.name: run.id for run in plain_reading.outlines(db)}
        runs = queries.records(db, [ids[name] for name in names])
    comparison = compare(runs)
    row = comparison.metric(BEST)
    assert row is not None
    best = {run.name: figure.value for run, figure in zip(runs, row.figures, strict=True) if figure is not None}
    return Compared(best, {setting.field for setting in comparison.differing})
