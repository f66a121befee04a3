"""Only what has changed is drawn again; the screen is what it would be if all of it were."""

import re

from acted_runs import ActedRun
from piloting import screen_lines, shows, until
from textual.pilot import Pilot

from bertft_tui.core.store import commands, queries
from bertft_tui.core.store.database import Database
from bertft_tui.tui.app import BertftApp


async def test_what_is_drawn_in_part_is_what_all_of_it_would_be(app: BertftApp, db: Database) -> None:
    """Points arrive, a run fails and takes a second line, names grow, the order turns, rows come and go."""
    runs = [ActedRun(db, f"run {number}").start().train(4) for number in range(3)]
    first = ActedRun(db, "the first").start().train(4)
    async with app.run_test(size=(120, 30)) as pilot:
        await shows(pilot, "the first", "run 0")
        for step in range(5, 9):
            first.say("metrics", step=step, epoch=step / 38, values={"loss": 0.5 / step, "eval_accuracy": step / 10})
            await up_to_date(pilot, app, db)
        runs[0].say("error", title="It broke", message="All of it.", hint="Less.").say("failed")
        await up_to_date(pilot, app, db, "It broke")
        commands.annotate(db, runs[1].id, name="a name that is longer than all the others together")
        await up_to_date(pilot, app, db, "longer than all")
        await pilot.press("S")
        await up_to_date(pilot, app, db)
        ActedRun(db, "one more").start()
        await up_to_date(pilot, app, db, "one more")
        runs[2].finish()
        await up_to_date(pilot, app, db)


async def up_to_date(pilot: Pilot[str], app: BertftApp, db: Database, *texts: str) -> None:
    """Wait for what the store has, then compare the screen with one that is drawn as a whole."""
    await until(pilot, lambda: app.snapshot.revision == queries.revision(db))
    await shows(pilot, *texts)
    before = None
    while before is not app.snapshot:  # what takes longer to compute comes in a snapshot of its own
        before, in_part = app.snapshot, without_clocks(pilot)
        for widget in app.screen.walk_children():
            widget.refresh()
        await pilot.pause()
    assert in_part == without_clocks(pilot)


def without_clocks(pilot: Pilot[str]) -> list[str]:
    """The screen without what goes on by itself: durations, times left and how far the bars are."""
    return [re.sub(r"\d+:\d\d|[━─]", "0", line) for line in screen_lines(pilot)]
