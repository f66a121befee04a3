"""`--no-warm`, or the setting: what is launched by this command starts cold, by whichever scheduler."""

import os
from collections.abc import Callable

import pytest
from command_lab import Answer

from bertft_tui.core.config import RunConfig
from bertft_tui.core.forking import NO_WARM
from bertft_tui.core.grid import Grid
from bertft_tui.core.paths import settings_file
from bertft_tui.core.scheduling import service
from bertft_tui.core.scheduling.preflight import Checked
from bertft_tui.core.store import commands, ledger
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.new_runs import Said
from bertft_tui.core.store.status import RunStatus
from bertft_tui.tui.cli import launch
from bertft_tui.tui.settings_file import write
from bertft_tui.tui.warm_choice import ensure_scheduler


@pytest.mark.parametrize("words", [("--no-warm", "presets"), ("run", "--no-warm", "--preset", "none of these")])
def test_it_goes_along_with_the_runs(
    cli: Callable[..., Answer], store: Database, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    """Before a command, and with `run`: the run keeps it, so its scheduler sees an environment of its own."""
    monkeypatch.delenv(NO_WARM)
    cli("presets")
    assert NO_WARM not in os.environ
    cli(*words)
    commands.enqueue(store, RunConfig())
    (job,) = ledger.jobs(store, RunStatus.QUEUED)
    assert job.hub_environment is not None
    assert job.hub_environment[NO_WARM] == "1"


def enqueued(store: Database) -> str | None:
    """Put a run into the queue as the commands do; return what goes along with it."""
    config = RunConfig()
    (run_id,) = launch.enqueue(store, Grid((config,), {}), [Checked(config)], Said("one"))
    environments = {job.id: job.hub_environment or {} for job in ledger.jobs(store, RunStatus.QUEUED)}
    return environments[run_id].get(NO_WARM)


@pytest.mark.usefixtures("living")
def test_the_settings_say_it_where_nothing_else_does(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Off in the settings goes along with a run; the variable that `--no-warm` sets wins, either way."""
    monkeypatch.delenv(NO_WARM)
    assert enqueued(store) is None
    write(settings_file(), {"warm": False})
    assert enqueued(store) == "1"
    assert NO_WARM not in os.environ
    monkeypatch.setenv(NO_WARM, "0")
    assert enqueued(store) == "0"
    write(settings_file(), {"warm": True})
    monkeypatch.setenv(NO_WARM, "1")
    assert enqueued(store) == "1"


def test_a_scheduler_is_started_as_the_settings_say(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever command has one started: its environment says that it is to start runs cold."""
    seen: list[str | None] = []
    monkeypatch.delenv(NO_WARM)
    monkeypatch.setattr(service, "ensure_running", lambda db: seen.append(os.environ.get(NO_WARM)))
    ensure_scheduler(store)
    write(settings_file(), {"warm": False})
    ensure_scheduler(store)
    assert seen == [None, "1"]


def test_the_help_says_where_it_goes(cli: Callable[..., Answer]) -> None:
    """Before a command, and behind those that launch."""
    assert "with `run` and `demo`" in " ".join(cli("--help").out.split())
    for name in ("run", "demo"):
        assert "--no-warm" in cli(name, "--help").out
