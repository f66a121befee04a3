"""What this program's `metrics` and its charts read."""

from pathlib import Path

from bertft_tui.core.paths import StorePath
from bertft_tui.core.store import plain_reading
from bertft_tui.core.store.database import Database


def curve(folder: Path, name: str, metric: str) -> list[tuple[int, float]]:
    """All points of a metric."""
    with Database.open(StorePath(folder / "experiments.db")) as db:
        run_id = next(run.id for run in plain_reading.outlines(db) if run.name == name)
        series = plain_reading.series(db, run_id, metric)
    return list(zip(series.steps, series.values, strict=True))
