"""What this program's `list` reads."""

from pathlib import Path

from benchmarks.peers.programs import Listed
from benchmarks.peers.workload import BEST
from bertft_tui.core.paths import StorePath
from bertft_tui.core.store import queries, selecting
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.records import RunRecord

lists_best = True


def listing(folder: Path) -> dict[str, Listed]:
    """All runs with all that is known of them."""
    with Database.open(StorePath(folder / "experiments.db")) as db:
        selected = selecting.select(db, selecting.Selection())
        runs = queries.records(db, [run_id for run_id, _ in selected.runs])
    return {run.name: Listed(run.metrics[BEST].best, _settings(run)) for run in runs}


def _settings(run: RunRecord) -> int:
    return sum(len(section) for section in run.config.model_dump().values())
