"""The app in a real terminal: what it launches outlives the terminal, and the next app shows it."""

import signal
import sys
from pathlib import Path

from living import config
from terminal import Terminal

from bertft_tui.core import locks
from bertft_tui.core.store import commands, history, ledger, plain_reading, queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.status import RunStatus

APP = ("-m", "bertft_tui.tui.cli.main", "--db")


def test_a_run_outlives_the_terminal_it_was_launched_in(live: Database, tiny_model: Path, reviews: Path) -> None:
    """Copied, launched and watched by keys; the terminal is torn away; a new app shows it live and without a gap."""
    settings = config(tiny_model, reviews, **{"training.num_train_epochs": 60, "training.eval_strategy": "no"})
    commands.enqueue(live, settings, name="the one to copy")
    ledger.end(live, ledger.jobs(live, RunStatus.QUEUED)[0].key, RunStatus.CANCELLED)

    first = Terminal(*APP, str(live.path.file))
    first.wait_for("the one to copy")
    first.type("N")
    first.wait_for("learning_rate")
    first.type("\x13")  # ctrl+s
    first.wait_until(lambda: len(queries.list_runs(live)) == 2, "the launched run")
    run_id = queries.list_runs(live)[0].id
    first.wait_until(lambda: step(live, run_id) > 5, "its sixth step")
    worker = locks.holder(live.path.run(run_id).lock)
    assert first.tear_away() != 0

    seen = step(live, run_id)
    second = Terminal(*APP, str(live.path.file))
    second.wait_for("training")
    second.wait_until(lambda: step(live, run_id) > seen + 10, "ten steps more")
    assert locks.holder(live.path.run(run_id).lock) == worker
    second.type("\r")
    second.wait_for("loss")
    second.wait_until(lambda: queries.get_run(live, run_id).status is RunStatus.FINISHED, "the end")
    second.wait_for("finished")
    assert plain_reading.series(live, run_id, "loss").steps == tuple(range(1, step(live, run_id) + 1))
    assert len(history.attempts(live, run_id)) == 1
    second.type("q")
    second.wait_until(lambda: second.process.poll() is not None, "its leaving")
    second.close()


def test_an_app_ends_with_its_terminal_also_when_it_was_told_to_ignore_that(live: Database) -> None:
    """Started by `nohup`, or from a script in the background, it does not go on without a terminal, busy for ever."""
    code = "import os, signal, sys; signal.signal(signal.SIGHUP, signal.SIG_IGN); os.execv(sys.argv[1], sys.argv[1:])"
    app = Terminal("-c", code, sys.executable, *APP, str(live.path.file))
    app.wait_for("Nothing has been trained here yet")
    assert app.tear_away() == -signal.SIGHUP


def step(db: Database, run_id: str) -> int:
    """How far a run is."""
    return queries.get_run(db, run_id).progress.step
