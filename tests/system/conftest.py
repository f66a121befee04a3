"""A live store for tests of the whole program, and what they need to wait for it."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from bertft_tui.core import locks
from bertft_tui.core.scheduling import service
from bertft_tui.core.store import commands
from bertft_tui.core.store.database import Database


@pytest.fixture
def live(db: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A store whose scheduler and workers are ended with the test, whatever happened in it."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    yield db
    commands.pause_queue(db, "the test is over")
    for path in (db.path.scheduler_lock, *db.path.runs.glob("*/run.lock")):
        if (pid := locks.holder(path)) is not None:
            os.killpg(pid, signal.SIGKILL)
    if (child := service._started.pop(db.path.file, None)) is not None:
        child.wait(10)


@pytest.fixture
def reviews(tmp_path: Path) -> Path:
    """A csv of 120 short texts in two classes that a small model can tell apart."""
    words = {"good": "a fine and moving film", "bad": "a dull and empty film"}
    rows = [f'"{text} number {i}",{label}' for i in range(60) for label, text in words.items()]
    file = tmp_path / "reviews.csv"
    file.write_text("\n".join(["text,label", *rows]))
    return file
