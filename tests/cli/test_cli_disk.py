"""Waiting for a run tells that its disk is full."""

import subprocess
import sys

import pytest
from acted_runs import ActedRun

from bertft_tui.core.store.database import Database
from bertft_tui.tui.cli.progress import watch


def test_wait_tells_of_a_full_disk(db: Database, capsys: pytest.CaptureFixture[str]) -> None:
    """It stands on stderr, with the folder and what is free."""
    run = ActedRun(db, "one").start().train(5).finish()
    db.path.runs.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(db.path.runs)]
    if sys.platform != "linux" or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("a small disk cannot be mounted here")
    try:
        assert [record.id for record in watch(db, run.id)] == [run.id]
    finally:
        subprocess.run(["umount", str(db.path.runs)], check=True)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert f"The disk of {db.path.runs} is full (below 5.0 MB free). A run that" in captured.err.replace("\n", " ")
