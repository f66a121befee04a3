"""A run reads the Hub as the shell did that launched it."""

import pytest

from bertft_tui.core import hub_environment


def test_the_launchers_variables_win_and_no_token_travels(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was set at the launch is set for the worker, what was not is not, and a token stays where it is."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.delenv("HF_HOME", raising=False)
    monkeypatch.setenv("HF_TOKEN", "secret")
    launcher = hub_environment.of_this_process()
    assert launcher["HF_HUB_OFFLINE"] == "1"
    assert "secret" not in launcher.values()
    schedulers = {"HF_HOME": "/elsewhere", "HF_TOKEN": "its own", "PATH": "/bin"}
    worker = hub_environment.with_those_of(schedulers, launcher)
    assert worker == {"HF_TOKEN": "its own", "PATH": "/bin"} | launcher
    assert hub_environment.with_those_of(schedulers, None) == schedulers
