"""The trash in the app: a run goes in and comes back, a purge asks and frees the disk, a second app sees both."""

import time

import pytest
from acted_runs import ActedRun
from piloting import screen_lines, screen_text, shows, until
from rich.cells import cell_len
from snapshots import comes_to_match

from bertft_tui.core.errors import RefusedError
from bertft_tui.core.scheduling.purge import purge
from bertft_tui.core.store import queries, trash
from bertft_tui.core.store.database import Database
from bertft_tui.tui.app import BertftApp
from bertft_tui.tui.screens.run_detail import RunScreen
from bertft_tui.tui.screens.runs import RunsScreen
from bertft_tui.tui.screens.trash import TrashScreen
from bertft_tui.tui.widgets.run_table import RunTable


def ended(db: Database, name: str, megabytes: int = 1) -> ActedRun:
    """A finished run with so many megabytes on the disk."""
    run = ActedRun(db, name).start().train().finish()
    directory = db.path.run(run.id)
    directory.create()
    (directory.checkpoints / "model.safetensors").write_bytes(b"m" * (megabytes * 1_000_000))
    return run


def cursor(app: BertftApp) -> str | None:
    """The run under the cursor."""
    return app.screen.query_one(RunTable).cursor


async def test_a_run_is_deleted_and_taken_back(app: BertftApp, db: Database) -> None:
    """d takes it from the table, the cursor goes to the next; z brings the last back, and the cursor to it."""
    low, middle, high = (ended(db, name) for name in ("low", "middle", "high"))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await shows(pilot, "✓ low", "✓ middle", "✓ high")
        await pilot.press("down", "d")
        await shows(pilot, "middle is in the trash; z")
        await until(pilot, lambda: "✓ middle" not in screen_text(pilot) and cursor(app) == low.id)
        await pilot.press("d")
        await until(pilot, lambda: cursor(app) == high.id)
        await pilot.press("z")
        await shows(pilot, "low is out of the trash.")
        await until(pilot, lambda: cursor(app) == low.id)
        await pilot.press("u")
        await until(pilot, lambda: cursor(app) == middle.id)
        await pilot.press("z")
        await shows(pilot, "Nothing was done here")
        assert len(queries.list_runs(db)) == 3


async def test_a_live_run_is_not_deleted(app: BertftApp, db: Database) -> None:
    """The refusal says why and what to do first."""
    run = ActedRun(db, "alive").start()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await shows(pilot, "alive")
        await pilot.press("d")
        await shows(pilot, "This run cannot be deleted", "It is running.", "Stop or cancel it first.")
        assert queries.get_run(db, run.id).trashed_at is None


async def test_the_trash_shows_what_it_holds(app: BertftApp, db: Database) -> None:
    """D opens it at every size: names, sizes, the sum; s sorts by size; escape goes back."""
    for place, name in enumerate(("small", "large", "a run with a name of some length")):
        run = ended(db, name, [1, 3, 2][place])
        trash.throw_away(db, [run.id])
    kept = ended(db, "kept")
    async with app.run_test(size=(80, 24)) as pilot:
        await shows(pilot, "✓ kept")
        await pilot.press("D")
        await shows(pilot, "trash: 3 runs, 6.0", "a run with a name of some length", "3.0", "z restore", "d purge")
        assert "kept" not in screen_text(pilot)
        while app.screen.query_one(RunTable)._cells.view.sort != "held":
            await pilot.press("s")
        await until(pilot, lambda: "on disk" in screen_text(pilot))
        names = [line.split()[1] for line in screen_lines(pilot) if line.startswith(" ✓")]
        assert names == ["large", "a", "small"]
        for size in [(60, 20), (120, 40), (200, 50), (20, 5)]:
            await pilot.resize_terminal(*size)
            await until(pilot, lambda size=size: {cell_len(line) for line in screen_lines(pilot)} == {size[0]})  # type: ignore[misc]
        await pilot.press("escape")
        await until(pilot, lambda: type(app.screen) is RunsScreen and cursor(app) == kept.id)


async def test_the_trash_as_it_is_drawn(app: BertftApp, db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The table of the trash in a small terminal."""
    monkeypatch.setattr("bertft_tui.tui.columns.builtin.moment", lambda seconds: "12:00:00")
    monkeypatch.setattr("bertft_tui.tui.interests.sizes.usage", lambda path: 273_000_000)
    for name in ("tutorial", "learning_rate 3e-5, four epochs"):
        trash.throw_away(db, [ended(db, name, 0).id])
    async with app.run_test(size=(80, 10)) as pilot:
        await pilot.press("D")
        await shows(pilot, "trash: 2 runs, 546 MB", "tutorial")
        await comes_to_match("trash", lambda: screen_text(pilot))


async def test_a_purge_asks_with_the_size_and_frees_it(app: BertftApp, db: Database) -> None:
    """d in the trash asks; n leaves the run, y removes it and says what it freed; ctrl+d empties the trash."""
    runs = [ended(db, f"run {place}", 2) for place in range(3)]
    trash.throw_away(db, [run.id for run in runs])
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await shows(pilot, "All runs are in the trash.")
        await pilot.press("D")
        await shows(pilot, "trash: 3 runs, 6.0")
        await pilot.press("d")
        await shows(pilot, "for good? This frees 2.0", "cannot be", "y purge 1 run")
        await pilot.press("n")
        assert len(queries.list_runs(db, trashed=True)) == 3
        await pilot.press("d", "y")
        await shows(pilot, "1 run purged, 2.0", "trash: 2 runs, 4.0")
        await pilot.press("z")
        await shows(pilot, "trash: 1 run")
        await pilot.press("ctrl+d", "y")
        await shows(pilot, "The trash is empty.")
        await pilot.press("d", "z", "ctrl+d", "enter")
        await shows(pilot, "esc goes back.")
        assert len(list(db.path.runs.iterdir())) == len(queries.list_runs(db, trashed=None)) == 1


async def test_a_long_purge_shows_how_far_it_is_and_ends_with_the_app(db: Database, app: BertftApp) -> None:
    """The header counts; a second purge waits its turn; leaving ends it, and what is left the next purge removes."""
    run = ended(db, "long")
    for number in range(400):
        (db.path.run(run.id).path / f"file {number}").write_bytes(b"x" * 4096)
    trash.throw_away(db, [run.id])
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("D")
        await shows(pilot, "trash: 1 run")
        app.purge([run.id], 3_000_000)
        assert app.purging is not None
        hear, purging = app.purging._hear, app.purging
        purging._hear = lambda count: (time.sleep(0.02), hear(count))[1]  # type: ignore[method-assign,func-returns-value]
        await shows(pilot, "purging ")
        app.purge([run.id], 1)
        await shows(pilot, "A purge is under way already.")
        await pilot.press("q")
    assert "`bertft-tui purge` finishes it." in (app.return_value or "")
    assert db.path.doomed(run.id).is_dir()
    assert purge(db, []).bytes > 0
    assert list(db.path.runs.iterdir()) == []


async def test_a_second_app_sees_it_at_once(app: BertftApp, db: Database) -> None:
    """What another program deletes, restores or purges leaves, comes back and goes; an open run's screen closes."""
    run, other = ended(db, "seen"), ended(db, "other")
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await shows(pilot, "✓ seen")
        with Database.open(db.path) as elsewhere:
            for act, there in [(trash.throw_away, False), (trash.take_out, True), (trash.throw_away, False)]:
                act(elsewhere, [run.id])
                began = time.monotonic()
                await until(pilot, lambda there=there: ("✓ seen" in screen_text(pilot)) == there)  # type: ignore[misc]
                assert time.monotonic() - began < 3  # a quarter of a second, on a machine that has the time
            await pilot.press("D", "enter")
            await until(pilot, lambda: isinstance(app.screen, RunScreen))
            await shows(pilot, "seen", "in the trash")
            purge(elsewhere, [run.id])
            await until(pilot, lambda: isinstance(app.screen, TrashScreen) and app.snapshot.trash == ())
            await shows(pilot, "This run was purged.", "The trash is empty.")
            with pytest.raises(RefusedError):
                trash.take_out(elsewhere, [other.id])
        assert [each.id for each in app.snapshot.runs] == [other.id]


async def test_a_runs_own_screen_says_what_it_holds(app: BertftApp, db: Database) -> None:
    """The size of the directory stands in the pane of attempts; d there deletes, d again says what is possible."""
    run = ended(db, "one", 5)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await shows(pilot, "one")
        await pilot.press("enter", "5", "end")
        await shows(pilot, "5.01 MB on the disk")
        await pilot.press("d")
        await until(pilot, lambda: app.snapshot.trash)
        await shows(pilot, "in the trash", "z restore")
        assert "d trash" not in screen_text(pilot)
        await pilot.press("d")
        await shows(pilot, "one is in the trash already")
        await pilot.press("z")
        await shows(pilot, "one is out of the trash.", "d trash")
        assert queries.get_run(db, run.id).trashed_at is None
