"""A run reads the Hub as the shell did that launched it."""

import os
import subprocess
import sys
from pathlib import Path

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


def _written_out(folder: str) -> str:
    return str(Path(folder).expanduser())


_CACHES = ("HF_HOME", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "XDG_CACHE_HOME")


@pytest.mark.parametrize(
    ("set_here", "home", "hub"),
    [
        ({}, "~/.cache/huggingface", "~/.cache/huggingface/hub"),
        ({"XDG_CACHE_HOME": "/x"}, "/x/huggingface", "/x/huggingface/hub"),
        ({"XDG_CACHE_HOME": "/x", "HF_HOME": "/h"}, "/h", "/h/hub"),
        ({"HUGGINGFACE_HUB_CACHE": "/old"}, "~/.cache/huggingface", "/old"),
        ({"HUGGINGFACE_HUB_CACHE": "/old", "HF_HUB_CACHE": "/new"}, "~/.cache/huggingface", "/new"),
    ],
)
def test_the_worker_reads_the_launchers_caches(
    monkeypatch: pytest.MonkeyPatch, set_here: dict[str, str], home: str, hub: str
) -> None:
    """Whichever variables say where the caches are, the libraries find in the worker what they find here."""
    for name in _CACHES:
        monkeypatch.delenv(name, raising=False)
    for name, value in set_here.items():
        monkeypatch.setenv(name, value)
    scheduler = {**os.environ, "XDG_CACHE_HOME": "/other", "HUGGINGFACE_HUB_CACHE": "/another"}
    launcher = hub_environment.of_this_process()
    assert (launcher["HF_HOME"], launcher["HF_HUB_CACHE"]) == (_written_out(home), _written_out(hub))
    worker = hub_environment.with_those_of(scheduler, launcher)
    shown = "from huggingface_hub import constants; print(constants.HF_HOME, constants.HF_HUB_CACHE)"
    found = [
        subprocess.run([sys.executable, "-c", shown], env=env, capture_output=True, text=True, check=True).stdout
        for env in (None, worker)
    ]
    assert found[0] == found[1]


def test_caches_in_this_folder_are_meant_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A folder that is named from here is the same one in the worker, which runs elsewhere."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_DATASETS_CACHE", "prepared")
    assert hub_environment.of_this_process()["HF_DATASETS_CACHE"] == str(tmp_path / "prepared")
