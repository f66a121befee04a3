"""One walk through the app in a real terminal, by keys alone: from the demo to a comparison of two runs."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from example_store import EXAMPLE
from processes import end_processes
from tmux import Tmux

from bertft_tui.core.paths import resolve_store
from bertft_tui.core.store.example import usable

#: What makes a minute of training a second.
_SHORT = {"training.max_steps": "2", "data.train_size": "16", "data.eval_size": "16"}


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tmux]:
    """The app on the example, in a window of 120 by 36; what it launches ends with the test."""
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    for size in ("COLUMNS", "LINES"):
        monkeypatch.delenv(size, raising=False)  # nobody's idea of the terminal's size but the terminal's own
    command = [sys.executable, "-P", "-m", "bertft_tui.tui.cli.main", "--db", str(EXAMPLE)]
    tmux = Tmux(command, columns=120, rows=36, environment={}, folder=tmp_path)
    try:
        yield tmux
    finally:
        tmux.close()
        end_processes(usable(resolve_store(str(EXAMPLE))))


def test_from_the_demo_to_a_comparison(terminal: Tmux) -> None:
    """A preset, settings found by name, a launch; the window shrinks and grows meanwhile; two runs side by side."""
    terminal.shows("copy of the example", "demo recipe", "n new")
    terminal.press("n")
    terminal.shows("from which preset?", "MiniLM on 300 BBC News articles")
    terminal.press("Enter")
    terminal.shows("from preset demo", "Before you launch")
    for setting, value in {"name": "my first run", **_SHORT}.items():
        set_field(terminal, setting, value)
    terminal.press("C-s")
    terminal.shows("my first run", "demo recipe", "n new", without="New run")
    terminal.resize(60, 20)
    terminal.shows("✓ my first run")
    terminal.press("Enter")
    terminal.shows("my first run  finished", "loss")
    terminal.resize(120, 36)
    terminal.shows("1 curves", "8 machine", "matthews_correlation")
    terminal.press("Escape")
    terminal.shows("✓ my first run", "demo recipe", "n new")
    terminal.press("Space", "Down", "Space", "c")
    seen = terminal.shows("compare 2 runs", "my first run", "max_steps", "accuracy", "EMA")
    assert "Traceback" not in seen
    terminal.press("Escape")
    terminal.shows("n new", without="compare 2 runs")
    terminal.press("q")
    terminal.ends()


def set_field(terminal: Tmux, setting: str, value: str) -> None:
    """Find a setting by its name and type a value over what stands there."""
    terminal.press("C-f")
    terminal.shows("Find a setting")
    terminal.type(setting)
    terminal.shows(setting)
    terminal.press("Enter")
    name = setting.rpartition(".")[2]
    terminal.shows(f"{name}: ", f"  {name}  ", without="Find a setting")  # its sentence, and the field in sight
    terminal.press("End", "C-u")
    terminal.type(value)
    terminal.shows(value)
