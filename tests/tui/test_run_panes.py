"""One run's own screen: what its panes let one look for, and what becomes of them when things change."""

import re
from pathlib import Path

import pytest
from acted_runs import DEMO, ActedRun
from piloting import screen_text, shows, until
from snapshots import comes_to_match
from textual.content import Content
from textual.pilot import Pilot

from bertft_tui.core.store import queries, trash
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.records import CheckpointRecord
from bertft_tui.tui.app import BertftApp
from bertft_tui.tui.interests.history import RunHistory
from bertft_tui.tui.panes.checkpoints import checkpoint_lines
from bertft_tui.tui.panes.frame import Pane
from bertft_tui.tui.screens.run_detail import RunScreen
from bertft_tui.tui.screens.runs import RunsScreen
from bertft_tui.tui.snapshot import Snapshot

HOSTILE = "\x1b[2J[red]\N{RIGHT-TO-LEFT OVERRIDE}漢字"


def write_log(db: Database, run: ActedRun, text: str) -> Path:
    """Let the run's process have printed something."""
    directory = db.path.run(run.id)
    directory.create()
    directory.log.write_text(text, encoding="utf-8")
    return directory.log


def says(app: BertftApp, words: str) -> bool:
    """Whether a notification says something."""
    return any(words in each.message for each in app._notifications)


def still(pilot: Pilot[str], run: ActedRun) -> str:
    """The screen without what is another each time: times, ids, folders."""
    text = re.sub(r"\d\d:\d\d:\d\d|\d\d\d\d-\d\d-\d\d \d\d:\d\d", "HH:MM:SS", screen_text(pilot))
    return text.replace(run.id, "run-id..")


@pytest.mark.parametrize(("width", "height"), [(60, 20), (80, 24), (120, 40), (200, 50)])
async def test_the_screen_at_every_size(app: BertftApp, db: Database, width: int, height: int) -> None:
    """A run that was lost looks as somebody found right: its name and what went wrong are whole, curves have room."""
    run = ActedRun(db, "learning_rate 3e-5, four epochs").start(reason="auto: no GPU found, so the processor")
    run.train(40).say("metrics", step=40, values={"learning_rate": 1e-5, "grad_norm": 2.0})
    run.lose(
        "The process vanished",
        "It was killed, or the machine was switched off; nobody knows which, since nobody was there to see it.",
        "r goes on from step 38.",
    )
    async with app.run_test(size=(width, height)) as pilot:
        await shows(pilot, "four epochs")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, RunScreen))
        await shows(pilot, "r goes on from step 38.", "accuracy ▲" if width > 60 else "loss 0.")
        await until(pilot, lambda: "reading…" not in screen_text(pilot))
        await comes_to_match(f"run-{width}x{height}", lambda: still(pilot, run))


async def test_settings_and_events_are_narrowed_down(app: BertftApp, db: Database) -> None:
    """/ filters as one types, o leaves only what differs, or one kind; esc takes back one layer at a time."""
    ActedRun(db, "older").start().train(38).finish()
    changed = DEMO.with_settings({"training.learning_rate": 3e-5})
    run = ActedRun(db, HOSTILE, changed).start().train(76)
    run.say("warning", title=HOSTILE, message="[b]look[/b]").finish()
    async with app.run_test(size=(100, 30)) as pilot:
        await shows(pilot, "␛[2J[red]")
        await pilot.press("enter", "2", "slash", *"seed")
        await shows(pilot, "/seed", "subset_seed")
        await until(pilot, lambda: "learning_rate" not in screen_text(pilot))
        await pilot.press("enter", "escape")
        await shows(pilot, "* learning_rate                  3e-5  was 2e-4")
        await pilot.press("o")
        await shows(pilot, "more are as by default")
        await pilot.press("3", "o")
        await shows(pilot, "warning      ␛[2J[red]", "[b]look[/b]", "(warnings and errors)")
        await until(pilot, lambda: "checkpoint   " not in screen_text(pilot))
        await pilot.press("o", "slash", *"38", "enter")
        await shows(pilot, "step 38, 273 MB", "(checkpoints)")
        await pilot.press("6", "slash")
        await until(pilot, lambda: says(app, "it can in 2 settings, 3 events, 4 log, i examples."))
        await pilot.press("J")
        await shows(pilot, "✓ older", "0.910")
        await pilot.press("J")
        await until(pilot, lambda: says(app, "This is the last run of the table."))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, RunsScreen))
        await pilot.press("enter")
        await shows(pilot, "✓ older", "checkpoints")  # the pane that was looked at last


async def test_the_log_is_searched(app: BertftApp, db: Database) -> None:
    """Matches of the whole log are counted and gone through; the first error is found; lines wrap or not."""
    lines = [f"line {number:05}" for number in range(30_000)]
    lines[3] = lines[29_990] = f"a Needle {HOSTILE}"
    lines[100] = "RuntimeError: CUDA out of memory"
    run = ActedRun(db, "one").start()
    log = write_log(db, run, "\n".join(lines) + "\n" + "§" * 140 + "xtail\n")
    async with app.run_test(size=(80, 24)) as pilot:
        await shows(pilot, "one")
        await pilot.press("l")
        await shows(pilot, "xtail")
        assert screen_text(pilot).count("§") == 140  # no letter at the end of a row lies under the bar
        await pilot.press("slash", *"needle")
        await shows(pilot, "2/2", "a Needle ␛[2J[red]")
        await pilot.press("enter", "n")
        await shows(pilot, "1/2", "line 00004", "not followed")
        with log.open("a") as file:
            file.write("one more needle\n")
        await shows(pilot, "1/3")
        await pilot.press("p")
        await shows(pilot, "3/3", "one more needle")
        await pilot.press("escape", "exclamation_mark")
        await shows(pilot, "RuntimeError: CUDA", "line 00101")
        await pilot.press("home")
        await shows(pilot, "line 00000")
        await pilot.press("end", "W")
        await until(pilot, lambda: "xtail" not in screen_text(pilot))
        await pilot.press(*["right"] * 8)
        await shows(pilot, "xtail")
        await pilot.press("n")
        await until(pilot, lambda: says(app, "Nothing is looked for: / begins."))


async def test_what_was_measured_stands_in_a_pane_of_its_own(app: BertftApp, db: Database) -> None:
    """Lines over time with the last and the highest values; in a line beside the curves too."""
    run = ActedRun(db, "one").start().train(5)
    for cpu in (50.0, 180.0):
        run.say("vitals", memory=2e9, peak_memory=3e9, cpu=cpu, gpu_use=97.0, gpu_memory=4e10, gpu_memory_total=8e10)
    async with app.run_test(size=(120, 40)) as pilot:
        await shows(pilot, "one")
        await pilot.press("enter", "7")
        await shows(pilot, "GPU 97 %  40 GB of 80 GB  process 2 GB  180 %", "processor", "180 %     180 %")
        await shows(pilot, "The process took 3 GB at most.", "use")


async def test_a_run_that_is_purged_meanwhile_is_left(app: BertftApp, db: Database) -> None:
    """The screen goes back to the table and says why; nothing is asked of what is no more."""
    run = ActedRun(db, "gone soon").start().train(20).finish()
    async with app.run_test(size=(80, 24)) as pilot:
        await shows(pilot, "gone soon")
        await pilot.press("enter", "left", "greater_than_sign")
        await shows(pilot, "zoom")
        trash.throw_away(db, [run.id])
        trash.forget(db, run.id, lambda: None)
        await until(pilot, lambda: says(app, "This run was purged."))
        assert not isinstance(app.screen, RunScreen)


async def test_any_keys_in_any_order(app: BertftApp, db: Database) -> None:
    """Keys in haste, on a run without points, with NaN alone, and live while the terminal changes its size."""
    ActedRun(db, "empty").start()
    ActedRun(db, "nan").start().say("metrics", step=1, values={"loss": float("nan"), "grad_norm": float("inf")})
    live = ActedRun(db, "live").start().train(5)
    first, second = (
        "left > [ ] < w . f y tab",
        "4 / x escape J ! W 2 o / q escape 3 o K shift+left > W 9 o right i o c / q escape J 8 Y 1",
    )
    names = {">": "greater_than_sign", "<": "less_than_sign", "[": "left_square_bracket", "]": "right_square_bracket"}
    names |= {".": "full_stop", "/": "slash", "!": "exclamation_mark"}
    async with app.run_test(size=(100, 30)) as pilot:
        await shows(pilot, "live")
        await pilot.press("enter")
        for keys, size in ((first, (30, 8)), (second, (60, 20))):
            await pilot.press(*(names.get(key, key) for key in keys.split()))
            live.train(12, since=9)
            await pilot.resize_terminal(*size)
        await shows(pilot, "loss")
        assert app.failure is None


async def test_checkpoints_fit_a_small_terminal(app: BertftApp, db: Database) -> None:
    """At 60 cells those whose files were removed still say so."""
    run = ActedRun(db, "one").start().train(76).finish()
    (db.path.run(run.id).checkpoints / "checkpoint-76").mkdir(parents=True)
    async with app.run_test(size=(60, 20)) as pilot:
        await shows(pilot, "one")
        await pilot.press("enter", "6")
        await shows(pilot, "removed", "273 MB", "1 of 2 are on the disk", "◆ is the best by accuracy")


@pytest.mark.parametrize(("name", "widths"), [("accuracy", (58, 78)), ("matthews_correlation", (48, 58, 78))])
def test_the_columns_of_checkpoints_fit_any_width(db: Database, name: str, widths: tuple[int, ...]) -> None:
    """From the largest and oldest checkpoints on; step, score and what was removed are there in each."""
    run = queries.get_run(db, ActedRun(db, config=DEMO.with_settings({"training.metric_for_best_model": name})).id)
    found = tuple(CheckpointRecord(step, "", 1_310_000_000, True, 1e9) for step in (99_000, 123_456))
    history = RunHistory(checkpoints=found, scores=((123_456, 0.94),), on_disk=frozenset({123_456}))
    for width in widths:
        lines = checkpoint_lines(Pane(run, Snapshot(), history, "", width))[:4]
        shown = [line.plain for line in lines if isinstance(line, Content)]
        assert max(map(len, shown)) <= width
        assert all(text in shown[2] for text in ("99,000", "removed"))
        assert all(text in shown[3] for text in ("◆ 123,456", "1.31 GB", "0.940"))
