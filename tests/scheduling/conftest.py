"""Schedulers whose workers are quick ones."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from quick_runs import CPU, QUICK_WORKER

from bertft_tui.core.paths import StorePath
from bertft_tui.core.scheduling import launcher, service
from bertft_tui.core.scheduling.scheduler import Scheduler
from bertft_tui.core.store.database import Database


@pytest.fixture
def quick_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start the quick worker instead of the one that trains; everything else of the launcher stays."""

    def start(words: list[str], log: Path, *, cwd: Path, environment: dict[str, str] | None = None) -> object:
        with log.open("ab") as output:
            command = [sys.executable, str(QUICK_WORKER), *words[1:]]
            return subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True, cwd=cwd)

    monkeypatch.setattr(launcher, "spawn", start)


@pytest.fixture
def scheduler(db: Database, quick_worker: None) -> Iterator[Scheduler]:
    """A scheduler on one processor; whatever it started is killed in the end."""
    mine = Scheduler(db, (CPU,))
    yield mine
    for handle in mine.workers.values():
        handle.kill()
        if handle.child:
            handle.child.wait()


@pytest.fixture
def until_gone() -> Callable[[StorePath], None]:
    """Wait until the scheduler that this process started for a store has gone by itself."""
    return lambda path: None if service._started.pop(path.file).wait(30) == 0 else pytest.fail("it failed")
