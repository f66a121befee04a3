"""Runs of a few seconds, and waiting for them as a program that looks would."""

import time
from collections.abc import Callable
from pathlib import Path

from bertft_tui.core.config import RunConfig
from bertft_tui.core.scheduling import service
from bertft_tui.core.store import queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.records import RunRecord


def config(model: Path, data: Path, **settings: object) -> RunConfig:
    """A run of a few seconds."""
    return RunConfig().with_settings(
        {
            "model.name_or_path": str(model),
            "data.dataset": str(data),
            "data.max_length": 16,
            "training.num_train_epochs": 2,
            "training.learning_rate": 1e-3,
            "hardware.device": "cpu",
            **settings,
        }
    )


def until(db: Database, run_id: str, condition: Callable[[RunRecord], object], seconds: float = 90) -> RunRecord:
    """Wait until a run is as it should be, as a program that looks would: with a scheduler at work."""
    deadline = time.monotonic() + seconds
    while not condition(run := queries.get_run(db, run_id)):
        assert time.monotonic() < deadline, f"still {run.status} {run.phase} {run.progress}: {run.error}"
        service.ensure_running(db)
        time.sleep(0.05)
    return run


def ended(run: RunRecord) -> bool:
    """Nothing more happens to the run."""
    return run.status.is_finished
