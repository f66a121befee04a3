"""What the attacks share: a store whose processes are ended with the test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from processes import end_processes

from bertft_tui.core.paths import StorePath
from bertft_tui.core.scheduling import service
from bertft_tui.core.store.database import Database


@pytest.fixture
def live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A store of its own, whose scheduler and workers are ended with the test."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    path = StorePath(tmp_path / "store" / "experiments.db")
    with Database.open(path) as db:
        yield db
    end_processes(path)
    if (child := service._started.pop(path.file, None)) is not None:
        child.wait(10)
