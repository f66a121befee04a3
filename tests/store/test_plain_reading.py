"""What is read without SQLAlchemy is what is read with it."""

import pytest
from acted_runs import ActedRun

from bertft_tui.core.errors import StoreError
from bertft_tui.core.store import plain_reading, queries
from bertft_tui.core.store.database import Database


def test_runs_in_a_line_and_their_curves(db: Database) -> None:
    """The same runs in the same order, from a store on which nobody has asked anything before, and later too."""
    runs = [ActedRun(db, name).start().train(3).finish() for name in ("one", "other")]
    with Database.open(db.path, daily_backup=False) as anew:
        for asked in (anew, db):
            assert [run.id for run in plain_reading.outlines(asked)] == [runs[1].id, runs[0].id]
            curve = plain_reading.series(asked, runs[0].id, "loss")
            assert len(curve.steps) == len(curve.values) == len(curve.seconds) > 0
            assert curve.values[-1] == queries.get_run(asked, runs[0].id).metrics["loss"].last
        assert plain_reading.series(anew, runs[0].id, "no such metric").steps == ()


def test_within_a_reading_it_is_the_same_view(db: Database) -> None:
    """What another process writes meanwhile is seen after it."""
    ActedRun(db, "one")
    with Database.open(db.path, daily_backup=False) as anew:
        with anew.read():
            before = plain_reading.outlines(anew)
            ActedRun(db, "other")
            assert plain_reading.outlines(anew) == before
        assert len(plain_reading.outlines(anew)) == len(before) + 1


def test_a_store_that_is_gone_is_said_to_be(db: Database) -> None:
    """The same error as for any other question."""
    ActedRun(db, "one")
    with Database.open(db.path, daily_backup=False) as anew:
        db.path.file.rename(db.path.file.with_suffix(".away"))
        with pytest.raises(StoreError):
            plain_reading.outlines(anew)
        db.path.file.with_suffix(".away").rename(db.path.file)
