"""Waiting for a run tells that its disk is full."""

import pytest
from acted_runs import ActedRun
from small_disk import small_disk

from bertft_tui.core.store.database import Database
from bertft_tui.tui.cli.progress import watch


def test_wait_tells_of_a_full_disk(db: Database, capsys: pytest.CaptureFixture[str]) -> None:
    """It stands on stderr, with the folder and what is free."""
    run = ActedRun(db, "one").start().train(5).finish()
    with small_disk(db.path.runs, 1):
        assert [record.id for record in watch(db, run.id)] == [run.id]
    captured = capsys.readouterr()
    assert captured.out == ""
    assert f"The disk of {db.path.runs} is full (below 5.0 MB free). A run that" in captured.err.replace("\n", " ")
