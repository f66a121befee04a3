"""Hostile and broken surroundings: modules that lie in wait, libraries that cannot be loaded."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from living import ended, until

from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import BertftError
from bertft_tui.core.journal import read_events
from bertft_tui.core.scheduling import preflight
from bertft_tui.core.scheduling.launcher import own_environment
from bertft_tui.core.store import commands
from bertft_tui.core.store.database import Database

NAMES = (
    "torch",
    "evaluate",
    "datasets",
    "transformers",
    "numpy",
    "json",
    "sqlite3",
    "sitecustomize",
    "usercustomize",
)


def _lie_in_wait(folder: Path, mark: Path) -> None:
    """Put modules and other files that Python might run into a folder."""
    trap = f"open({str(mark)!r}, 'a').write(__file__ + '\\n')\n"
    for name in (*NAMES, "start"):
        (folder / f"{name}.py").write_text(trap)
    for package in ("accuracy", "bertft_tui"):
        (folder / package).mkdir()
        (folder / package / "__init__.py").write_text(trap)
        (folder / package / f"{package}.py").write_text(trap)
    (folder / "trap.pth").write_text("import start\n")


def test_no_module_of_the_working_directory_is_run(
    live: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not by helper, scheduler and worker, not from a run's directory, not when PYTHONPATH names it as well."""
    mark, here = tmp_path / "mark", tmp_path / "here"
    here.mkdir()
    _lie_in_wait(here, mark)
    for variable, value in {"PYTHONSTARTUP": "start.py", "PYTHONPATH": _python_path(":", ".", "./")}.items():
        monkeypatch.setenv(variable, value)
    config = RunConfig().with_settings({"model.name_or_path": "./nothing", "hardware.device": "cpu"})
    run_id = commands.enqueue(live, config)
    live.path.run(run_id).create()
    _lie_in_wait(live.path.run(run_id).path, mark)
    monkeypatch.chdir(here)
    with pytest.raises(BertftError, match="There is no such model folder"):
        preflight.check(config)
    run = until(live, run_id, ended)
    assert run.error is not None
    assert run.error.title == "There is no such model folder"
    assert not mark.exists(), mark.read_text()


def _python_path(*more: str) -> str:
    return os.pathsep.join([*filter(None, [os.environ.get("PYTHONPATH")]), *more])


def test_the_parts_of_python_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The working directory is taken out, however it is written; other relative parts mean the same elsewhere."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(["", "lib", ".", "/opt/lib", "./", ""]))
    assert own_environment()["PYTHONPATH"] == os.pathsep.join([str(tmp_path / "lib"), "/opt/lib"])
    monkeypatch.delenv("PYTHONPATH")
    assert "PYTHONPATH" not in own_environment()


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Let a library be found first that does not work."""

    def break_(name: str, code: str) -> None:
        (tmp_path / "lib").mkdir()
        (tmp_path / "lib" / f"{name}.py").write_text(code)
        old = os.environ.get("PYTHONPATH")
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path / "lib"), *([old] if old else [])]))

    return break_


#: What a library does when it is imported → title of the error, words in the log, phases of the run.
_BROKEN: dict[str, tuple[str, str, str, list[str]]] = {
    "pyarrow": ("import os; os.abort()", "The worker could not start", "Fatal Python error: Aborted", []),
    "numpy": ("raise ImportError('no such symbol')", "The worker could not start", "no such symbol", []),
    "torch": (
        "raise OSError('libcudart.so.13: cannot open shared object file')",
        "A library cannot be loaded",
        "libcudart.so.13",
        ["loading"],
    ),
}


@pytest.mark.parametrize("library", _BROKEN)
def test_a_library_that_cannot_be_loaded(live: Database, broken: Callable[[str, str], None], library: str) -> None:
    """The run has failed before any training, with a hint; the log has the traceback, that of a crash too."""
    code, title, words, phases = _BROKEN[library]
    broken(library, code)
    run_id = commands.enqueue(live, RunConfig().with_settings({"model.name_or_path": "demo"}))
    run = until(live, run_id, ended)
    assert run.status == "failed"
    assert run.error is not None
    assert run.error.title == title
    assert "doctor" in run.error.hint
    events = [event for event, _ in read_events(live.path.run(run_id).events)]
    assert [event.fields["phase"] for event in events if event.type == "phase"] == phases
    log = live.path.run(run_id).log.read_text()
    assert words in log
    assert f"{library}.py" in log


def test_a_scheduler_that_cannot_work(live: Database, broken: Callable[[str, str], None]) -> None:
    """Whoever waits for a run is told why none starts, and does not wait for ever."""
    broken("pydantic", "raise ImportError('pydantic is broken')")
    run_id = commands.enqueue(live, RunConfig())
    with pytest.raises(BertftError) as caught:
        until(live, run_id, ended)
    assert caught.value.problem.title == "The scheduler cannot work"
    assert "ImportError: pydantic is broken" in caught.value.problem.message
    assert "doctor" in caught.value.problem.hint
