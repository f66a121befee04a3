"""The benchmarks of large stores and of recording still run, on tiny amounts."""

from pathlib import Path

from benchmarks import recording, scale
from benchmarks.big_store import LONG_STEPS, fill_with_points, make_store
from bertft_tui.core.paths import StorePath
from bertft_tui.core.store import plain_reading
from bertft_tui.core.store.database import Database


def test_everything_that_is_asked_of_a_large_store_is_measured(tmp_path: Path) -> None:
    """Each operation has its figures for each size, and a line on the page."""
    found = scale.measure(tmp_path, sizes=(60, 70), repetitions=1)
    assert all(set(by_size) == {"60", "70"} for by_size in found["operations"].values())
    text = scale.markdown(found)
    assert all(f"| {name} |" in text for name in found["operations"])
    assert "are found among 70 runs in " in text


def test_recording_is_measured(tmp_path: Path) -> None:
    """A training of some steps, a short journal and its way into the store; each has a line."""
    found = recording.measure(tmp_path, recording.Amount(steps=12, points=200, taken_in=50))
    text = recording.markdown(found)
    assert set(found["training"]["calls"]) >= {"RunTrainer.log", "JournalCallback.on_step_end"}
    assert "a line of the journal" in text
    assert "50 points into the store" in text


def test_points_are_spread_over_all_runs(tmp_path: Path) -> None:
    """About as many as asked for: a long run where there are enough, and some in every other."""
    store = StorePath(tmp_path / "runs.db")
    make_store(store, 60)
    (long,) = fill_with_points(store, LONG_STEPS + 600)
    with Database.open(store, daily_backup=False) as db, db.read() as connection:
        count = connection.exec_driver_sql("SELECT count(*), count(DISTINCT run_key) FROM point").one()
        assert len(plain_reading.series(db, long, "loss").steps) == LONG_STEPS
    newest = 40 * (400 + 2 * 8)
    assert abs(count[0] - (LONG_STEPS + 600 + newest)) < 100
    assert count[1] == 60
