"""Questions to a helper process: its answer, its words on the way, and what happens when it dies."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import psutil
import pytest

from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import BertftError, InputError
from bertft_tui.core.presets import PRESETS
from bertft_tui.core.scheduling import helper, preflight

_T = TypeVar("_T")


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A module that a test writes, found by helpers through PYTHONPATH."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=":")
    return tmp_path / "asked.py"


def test_the_check_in_its_process() -> None:
    """The demo passes the check, which says what it does on the way."""
    said: list[str] = []
    checked = preflight.check(PRESETS["demo"].config, said.append)
    assert (checked.train_rows, checked.eval_rows, len(checked.labels)) == (300, 200, 5)
    assert said


def test_what_the_check_finds_wrong() -> None:
    """A fault comes back as the error that it was, with its hint."""
    with pytest.raises(InputError) as caught:
        preflight.check(PRESETS["demo"].config.with_settings({"data.dataset": "/nowhere/reviews.csv"}))
    assert caught.value.problem.title == "The data is not there"
    assert caught.value.problem.hint


def test_patterns_become_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What names files here is absolute for the worker; names of the demo and of the Hub stay."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").touch()
    for name, absolute in (("a.csv", True), ("*.csv", True), ("demo", False), ("owner/name", False)):
        config = preflight.absolute_paths(RunConfig().with_settings({"data.dataset": name}))
        assert config.data.dataset == (str(tmp_path / name) if absolute else name)


def test_a_helper_that_dies_is_no_answer(module: Path) -> None:
    """Its last words are in the error; nobody waits for ever."""
    module.write_text("import sys; sys.stdin.readline(); sys.exit('out of paper')")
    with pytest.raises(BertftError) as caught:
        helper.ask("asked", {})
    assert caught.value.problem.title == "The check ended without an answer"
    assert "out of paper" in caught.value.problem.message
    module.write_text("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    with pytest.raises(BertftError) as caught:
        helper.ask("asked", {}, what="The look")
    assert caught.value.problem.title == "The look was killed"
    assert "memory" in caught.value.problem.hint


@pytest.mark.parametrize("handler", ["SIG_DFL", "SIG_IGN"])
def test_a_helper_can_be_ended(module: Path, handler: str) -> None:
    """Who loses interest ends every helper at once, also one that does not listen."""
    deaf = f"import signal, time; signal.signal(signal.SIGTERM, signal.{handler})"
    module.write_text(f'{deaf}; print(\'{{"progress": "slowly"}}\', flush=True); time.sleep(60)')
    began = time.monotonic()
    with pytest.raises(BertftError):
        helper.ask("asked", {}, tell=lambda text: threading.Timer(0.1, helper.end_all).start())
    assert time.monotonic() - began < 20


def test_a_kind_of_helpers_can_be_ended(module: Path, tmp_path: Path) -> None:
    """Who has lost interest in a look ends that alone: a scoring beside it comes to its answer."""
    go_on = tmp_path / "go on"
    module.write_text(
        "import pathlib, time\n"
        'print(\'{"progress": "waiting"}\', flush=True)\n'
        f"while not pathlib.Path({str(go_on)!r}).exists(): time.sleep(0.05)\n"
        "print('{\"ok\": true}')\n"
    )
    told: list[str] = []
    with ThreadPoolExecutor() as threads:
        scoring = threads.submit(helper.ask, "asked", {}, what="The scoring", tell=told.append)
        look = threads.submit(helper.ask, "asked", {}, what="The look", tell=told.append)
        _until(lambda: len(told) == 2)
        helper.end_all("The look")
        with pytest.raises(BertftError, match="The look ended without an answer"):
            look.result()
        go_on.touch()
        assert scoring.result() == {"ok": True}


def test_what_is_said_on_the_way_has_no_secrets(module: Path) -> None:
    """A library's words, such as the address of a download, are shown without a password in them."""
    module.write_text('print(\'{"progress": "from https://me:pw@host"}\\n{"ok": true}\')')
    told: list[str] = []
    helper.ask("asked", {}, tell=told.append)
    assert told == ["from https://***@host"]


def test_half_an_answer_is_none(module: Path) -> None:
    """A helper that is gone in the middle of its answer has given none."""
    module.write_text("import sys; sys.stdout.write('{\"ok\": tr'); sys.stdout.flush(); sys.exit(3)")
    with pytest.raises(BertftError, match="exit code 3"):
        helper.ask("asked", {})


def test_a_helper_does_not_outlive_who_asked(module: Path, tmp_path: Path) -> None:
    """Killed without a word, whoever asked leaves no helper behind, not even one that is busy."""
    module.write_text(
        "import os, pathlib, time\n"
        "from bertft_tui.core.training.answering import answer\n"
        "def work(question, tell):\n"
        f"    pathlib.Path({str(tmp_path / 'pid')!r}).write_text(str(os.getpid()))\n"
        "    time.sleep(60)\n"
        "answer(work)\n"
    )
    code = "from bertft_tui.core.scheduling import helper; helper.ask('asked', {})"
    asker = subprocess.Popen([sys.executable, "-c", code])
    pid = _until(lambda: int((tmp_path / "pid").read_text() or 0) if (tmp_path / "pid").exists() else 0)
    asker.kill()
    asker.wait()
    _until(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)


def test_a_helper_that_stays(module: Path) -> None:
    """It answers one question after the other, faults too; it goes when nobody has asked for a while, or is ended."""
    module.write_text(
        "from bertft_tui.core.errors import InputError\n"
        "from bertft_tui.core.training.answering import converse\n"
        "asked = []\n"
        "def work(question, tell):\n"
        "    asked.append(question['text'])\n"
        "    if question['text'] == 'bad':\n"
        "        raise InputError('Bad', 'It is bad.', 'Be good.')\n"
        "    return {'asked': asked}\n"
        "converse(work, lambda: None if len(asked) < 4 else 0.0)\n"
    )
    mine = helper.Helper("asked", what="The trial")
    assert mine.ask({"text": "one"})["asked"] == ["one"]
    with pytest.raises(InputError, match="It is bad"):
        mine.ask({"text": "bad"})
    assert mine.is_alive
    assert mine.ask({"text": "比"})["asked"] == ["one", "bad", "比"]
    mine.ask({"text": "last"})
    _until(lambda: not mine.is_alive)
    with pytest.raises(BertftError, match="The trial ended without an answer"):
        mine.ask({"text": "late"})
    mine.close()
    mine.close()
    assert not helper._alive


def _until(answer: Callable[[], _T]) -> _T:
    """Wait until something is there, and return it."""
    deadline = time.monotonic() + 60
    while not (found := answer()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found
