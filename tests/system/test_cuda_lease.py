"""On a GPU: two runs that ask for the same one take turns."""

from pathlib import Path

import pytest
from living import config, until

from bertft_tui.core.scheduling.devices import inventory
from bertft_tui.core.store import commands, queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.records import RunRecord
from bertft_tui.core.store.status import RunStatus

pytestmark = [
    pytest.mark.cuda,
    pytest.mark.skipif(
        not any(device.name == "cuda:0" for device in inventory()),
        reason="no NVIDIA GPU that the installed torch can use",
    ),
]


def test_two_runs_never_share_a_gpu(live: Database, tiny_model: Path, reviews: Path) -> None:
    """Both ask for cuda:0: one trains, the other waits; both finish there, and neither while the other lived."""
    settings = config(tiny_model, reviews, **{"hardware.device": "cuda:0"})
    ids = [commands.enqueue(live, settings) for _ in range(2)]

    def over(_: RunRecord) -> bool:
        runs = [queries.get_run(live, run_id) for run_id in ids]
        assert sum(run.status.is_alive for run in runs) <= 1
        return all(run.status.is_finished for run in runs)

    until(live, ids[1], over, seconds=180)
    for run_id in ids:
        run = queries.get_run(live, run_id)
        assert (run.status, run.device) == (RunStatus.FINISHED, "cuda:0"), run.error
