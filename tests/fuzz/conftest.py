"""What is there before anything is thrown: the libraries, a config whose model is there, and a store with runs."""

import sys
import warnings
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from acted_runs import table_of_runs
from throwing import Thrown

from bertft_tui.core.config import RunConfig, parse_config
from bertft_tui.core.errors import InputError
from bertft_tui.core.paths import StorePath
from bertft_tui.core.scheduling import helper, service
from bertft_tui.core.store.database import Database
from bertft_tui.tui.cli import requests


@pytest.fixture(scope="session", autouse=True)
def _libraries() -> None:
    """Import what the check imports; what the libraries warn of on import is not ours."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from bertft_tui.core.training.check import check

        assert check


@pytest.fixture(scope="session")
def config(tiny_model: object) -> RunConfig:
    """A config whose model is there, so that everything else can be wrong."""
    return RunConfig().with_settings({"model.name_or_path": str(tiny_model), "data.max_length": 32})


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a store with one run of each kind."""
    file = tmp_path_factory.mktemp("template") / "experiments.db"
    with Database.open(StorePath(file)) as db:
        table_of_runs(db)
    return file


@pytest.fixture
def lab(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Thrown:
    """A store that may be thrown at, from an empty folder; no process is started by what is thrown."""
    store, here = StorePath(tmp_path / "store" / "experiments.db"), tmp_path / "here"
    store.file.parent.mkdir()
    here.mkdir()
    for name in ("argv", "stdin"):
        monkeypatch.setattr(sys, name, getattr(sys, name))  # what is thrown changes them
    monkeypatch.chdir(here)
    monkeypatch.setenv("BERTFT_DB", str(store.file))
    monkeypatch.setattr(helper, "ask", _refuse)
    gone = SimpleNamespace(poll=lambda: 0, returncode=0, kill=lambda: None, wait=lambda _: 0)
    monkeypatch.setattr(service, "spawn", lambda *_, **__: gone)
    monkeypatch.setattr(requests, "PATIENCE", 0.0)
    return Thrown(template, store, here)


@pytest.fixture
def launching(lab: Thrown, monkeypatch: pytest.MonkeyPatch) -> Thrown:
    """The same, and what is to be launched is checked: in this process, where it takes no second to begin."""
    from bertft_tui.core.training.check import check_all

    def ask(_: str, question: dict[str, Any], **__: Any) -> dict[str, Any]:
        return {"checks": check_all([parse_config(each) for each in question["configs"]])}

    monkeypatch.setattr(helper, "ask", ask)
    return lab


def _refuse(module: str, question: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Nothing is launched by what is thrown."""
    raise InputError("Not here", f"{module} was asked.", "")
