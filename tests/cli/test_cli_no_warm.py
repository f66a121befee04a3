"""`--no-warm`: what is launched by this command starts cold, by whichever scheduler."""

import os
from collections.abc import Callable

import pytest
from command_lab import Answer

from bertft_tui.core.config import RunConfig
from bertft_tui.core.forking import NO_WARM
from bertft_tui.core.store import commands, ledger
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.status import RunStatus


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
