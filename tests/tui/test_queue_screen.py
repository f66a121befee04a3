"""The queue in the app: devices, who waits and why, another order, at every size; unknown figures, foreign text."""

import re

from acted_runs import DEMO, ActedRun
from piloting import screen_lines, screen_text, shows, until
from rich.cells import cell_len
from snapshots import comes_to_match
from textual.pilot import Pilot

from bertft_tui.core.nvml import DeviceProcess
from bertft_tui.core.scheduling.devices import Device
from bertft_tui.core.scheduling.readings import Reading, Readings
from bertft_tui.core.store import commands, queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.status import RunStatus
from bertft_tui.tui.app import BertftApp
from bertft_tui.tui.gauges import Gauges
from bertft_tui.tui.screens.queue import QueueScreen
from bertft_tui.tui.screens.run_detail import RunScreen
from bertft_tui.tui.screens.runs import RunsScreen
from bertft_tui.tui.widgets.queue_board import QueueBoard

SIZES = [(60, 20), (80, 24), (120, 40), (200, 50)]

GB = 10**9
GPU = Device("cuda:0", "NVIDIA H100 80GB HBM3", "GPU-a", 80 * GB)
LOST = Device("cuda:1", "NVIDIA H100 80GB HBM3", "GPU-b", 80 * GB)
CPU = Device("cpu", "16 processor cores", "", 128 * GB)
READINGS = (
    Reading(GPU, 12 * GB, 80 * GB, 0.93, None, 61.0, 310.2, 700.0, (DeviceProcess(4242, "python3", 4 * GB),)),
    Reading(LOST, None, 80 * GB, trouble="the driver does not know it any more: GPU is lost"),
    Reading(CPU, 68 * GB, 128 * GB, 0.513, 3.4),
)


async def opened(pilot: Pilot[str], *readings: Reading) -> QueueBoard:
    """Open the queue on a machine with these devices."""
    await shows(pilot, "bertft-tui")
    await pilot.app.push_screen(QueueScreen(Gauges(lambda: Readings(readings))))
    await until(pilot, lambda: [each for each in pilot.app.screen.query(QueueBoard) if each.display])
    return pilot.app.screen.query_one(QueueBoard)


async def test_devices_and_queue_as_they_are_drawn(app: BertftApp, db: Database) -> None:
    """At every size: gauges, what runs where and how far it is, who waits and why; what is unknown is a dash."""
    ActedRun(db, "lr 3e-5, batch 32").start("cuda:0").train(52).say("phase", phase="evaluating")
    for number, device in enumerate(("auto", "cuda:0", "cuda:1", "cpu", "cpu"), 1):
        ActedRun(db, f"a run that waits, number {number}", DEMO.with_settings({"hardware.device": device}))
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, *READINGS)
        for width, height in SIZES:
            await pilot.resize_terminal(width, height)
            # The time left goes by while it is drawn.
            await comes_to_match(f"queue-{width}", lambda: re.sub(r"\b0:\d\d\b", "0:14", screen_text(pilot)))


async def test_the_order_is_changed_and_changed_back(app: BertftApp, db: Database) -> None:
    """J and K move a run by one place, F and L to the ends, z takes it back; the cursor goes along; edges say so."""
    alive = ActedRun(db, "alive").start("cuda:0").train(20)
    a, b, c = (ActedRun(db, name, DEMO.with_settings({"hardware.device": "cuda:0"})).id for name in ("a", "b", "c"))

    async def order(*expected: str) -> None:
        await until(pilot, lambda: queries.queue_state(db).waiting == expected == app.snapshot.queue.waiting)

    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        board = await opened(pilot, READINGS[0])
        await until(pilot, lambda: board.cursor == alive.id)
        await pilot.press("J")
        await shows(pilot, "alive is running: only")
        await pilot.press("end", "K")
        await order(a, c, b)
        await pilot.press("shift+up")
        await order(c, a, b)
        assert board.cursor == c
        await pilot.press("K")
        await shows(pilot, "c is first already.")
        await pilot.press("L")
        await order(a, b, c)
        await pilot.press("z")
        await order(c, a, b)
        await shows(pilot, "its turn comes after 2 others")
        commands.request(db, b, "cancel")  # type: ignore[arg-type]
        await shows(pilot, "it is leaving the queue")
        await pilot.press("z", "z", "z")
        await shows(pilot, "Nothing was done here")
        await order(a, b, c)


async def test_the_queue_is_paused_and_runs_are_opened_and_stopped(app: BertftApp, db: Database) -> None:
    """P pauses with a reason and lets go on, x asks a run to stop, enter opens it, escape leaves one layer."""
    ActedRun(db, "alive").start("cuda:0").train(20)
    waiting = ActedRun(db, "next", DEMO.with_settings({"hardware.device": "cuda:0"}))
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await pilot.press("Q")
        await shows(pilot, "waiting 1", "processor cores")
        await pilot.press("Q")
        await opened(pilot, READINGS[0])
        await shows(pilot, "cuda:0 is taken by alive")
        await pilot.press("P")
        await shows(pilot, "the queue is paused: by hand, P lets it go on")
        await until(pilot, lambda: "1  next" in screen_text(pilot) and "taken by" not in screen_text(pilot))
        assert screen_text(pilot).count("the queue is paused") == 1, "each waiting run would say the same again"
        await pilot.press("P")
        await shows(pilot, "The queue goes on.", "cuda:0 is taken by alive")
        await pilot.press("x")
        await until(pilot, lambda: [run for run in app.snapshot.runs if run.pending_request == "stop"])
        await shows(pilot, "stopping…")
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(app.screen, RunScreen) and app.screen.selected)
        await pilot.press("escape")
        await shows(pilot, "cuda:0 is taken by alive")
        await pilot.press("X", "y")
        await until(pilot, lambda: app.snapshot.run(waiting.id).pending_request == "cancel")  # type: ignore[union-attr]
        await pilot.press("escape")
        await until(pilot, lambda: type(app.screen) is RunsScreen and app.screen.table.cursor == waiting.id)


async def test_foreign_text_and_an_empty_queue(app: BertftApp, db: Database) -> None:
    """Names and words of drivers that would steer the terminal are text; without a run every key says why."""
    nasty = "\x1b]52;c;aGk=\x07[bold]\u202e比較実験"
    device = Reading(Device("cuda:0", nasty), trouble=nasty, processes=(DeviceProcess(1, nasty),))
    async with app.run_test(size=(60, 20), notifications=True) as pilot:
        await opened(pilot, device, Reading(CPU))
        await shows(pilot, "nothing waits")
        await pilot.press("J", "K", "x", "X", "enter", "l", "up", "down", "z", "j", "G")
        await shows(pilot, "nothing waits", "Nothing was done here")
        run = ActedRun(db, nasty * 9).start(nasty, nasty).train(2)
        ActedRun(db, nasty * 9, DEMO)
        commands.pause_queue(db, nasty)
        await shows(pilot, "elsewhere", "3%  training")
        for width, height in [(20, 5), *SIZES]:
            await pilot.resize_terminal(width, height)
            await until(pilot, lambda width=width: {cell_len(line) for line in screen_lines(pilot)} == {width})  # type: ignore[misc]
            assert not [char for char in screen_text(pilot) if (ord(char) < 32 and char != "\n") or char == "\u202e"]
        run.finish()
        await until(pilot, lambda: app.snapshot.run(run.id).status is RunStatus.FINISHED)  # type: ignore[union-attr]
        await shows(pilot, "waiting 1", "the queue is paused")
