"""What really reaches a terminal: no byte of foreign text that steers it; and terminals that are odd themselves."""

import csv
import os
import random
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from acted_runs import DEMO, ActedRun
from terminal import Terminal

from bertft_tui.core.store import commands, queries, trash
from bertft_tui.core.store.database import Database

PROGRAM = ("-P", "-m", "bertft_tui.tui.cli.main")

EVIL = (
    "evil\x1b]52;c;RVZJTA==\x07\x1b]2;EVILTITLE\x07\x1b[31mEVILRED\x9b32m\x9d2;EVILC1\x9c\x00\u202eREV\u2066"
    " [/] abc [/ [@click=app.quit]QQ[/] e" + "\u0301" * 10_000 + "比較" * 30
)

#: What steers a terminal, reorders a line or freezes it, as the text above has it; none of it is Textual's own.
STEERING = re.compile(r"\x1b\]52|\x1b\]2;|\x1b\[31mEVIL|[\x80-\x9f\x00\u202e\u2066]|\u0301{5}")

#: The same for a command line, whose words end at a zero byte.
WORD = EVIL.replace("\0", "")

#: What every command is called with; of `RUN` and `TRASHED` the ids.
COMMANDS = [
    ["list"],
    ["list", "--sort", WORD],
    ["list", "--trash"],
    ["show", "RUN"],
    ["metrics", "RUN"],
    ["metrics", "RUN", WORD],
    ["logs", "RUN"],
    ["queue"],
    ["doctor"],
    ["data", "evil.csv", "--set", "model.name_or_path=demo"],
    ["predict", "RUN", WORD],
    ["predict", "RUN", "a film", "--output", WORD],
    ["evaluate", "RUN", "--split", WORD],
    ["purge", "RUN"],
    ["purge", WORD],
    ["restore", "TRASHED"],
    ["no such command \x1b]2;EVIL\x07"],
]

KEYS = [
    "\x1b[B",
    "2",
    "1",
    "\r",
    *"12345",
    "\x1b",
    "N",
    "\x1b[B",
    "\x1b",
    "r",
    "\x1b",
    "x",
    "\x1b",
    "?",
    "\x1b",
    "D",
    "\x1b",
]


@pytest.fixture
def evil(db: Database) -> str:
    """The id of a run that is evil wherever a foreign text may stand, its log too; another such lies in the trash."""
    settings = ("model.name_or_path", "model.revision", "data.dataset", "data.text_column")
    config = DEMO.with_settings(dict.fromkeys(settings, EVIL))
    run = ActedRun(db, EVIL, config).start(device=EVIL, reason=EVIL)
    run.say("warning", title=EVIL, message=EVIL, hint=EVIL).say("progress", detail=EVIL)
    run.say("plan", max_steps=76, labels=[EVIL, EVIL + "2"], precision=EVIL, precision_reason=EVIL)
    run.train(38).say("metrics", step=38, epoch=1.0, values={EVIL: 0.5, "eval_" + EVIL: 0.5, WORD: 0.5})
    run.say("checkpoint", step=38, path=EVIL, bytes=1, best=True).fail(EVIL, EVIL, EVIL)
    commands.annotate(db, run.id, note=EVIL, tags=[EVIL])
    commands.pause_queue(db, EVIL)
    trash.throw_away(db, [ActedRun(db, EVIL, config).start().fail(EVIL, EVIL, EVIL).id])
    (db.path.runs / "evil\x1b]2;EVIL\x07\u202e[bold]").mkdir()
    log = db.path.run(run.id).log
    log.parent.mkdir(parents=True, exist_ok=True)
    noise = random.Random(0).randbytes(2000)
    log.write_bytes(EVIL.encode() + b"\n" + b"x" * 1_000_000 + b"\n" + noise + b"\n10%\r\x1b[31mEVIL\r99%\r\n")
    return run.id


def test_no_command_passes_on_what_steers(db: Database, evil: str, tmp_path: Path) -> None:
    """On a terminal, where colours are written, nothing that comes from a run or a file is among them."""
    (trashed,) = queries.list_runs(db, limit=None, trashed=True)
    _write_evil_data(tmp_path / "evil.csv")
    for words in COMMANDS:
        named = [{"RUN": evil, "TRASHED": trashed.id}.get(word, word) for word in words]
        drawn = _drawn_by(named, db, tmp_path)
        assert "evil" in drawn.lower(), words
        assert "unforeseen" not in drawn, words
        assert STEERING.findall(drawn) == [], words


def _drawn_by(words: list[str], db: Database, folder: Path) -> str:
    """What a command draws on a terminal from its beginning to its end."""
    terminal = Terminal(*PROGRAM, *words, environment={"BERTFT_DB": str(db.path.file)}, folder=folder)
    terminal.wait_until(lambda: terminal.process.poll() is not None, "its end")
    while (before := len(terminal.drawn)) < len(terminal.read()):
        assert before >= 0
    terminal.close()
    return terminal.drawn


def _write_evil_data(file: Path) -> None:
    """Texts, labels and names of columns that are all evil."""
    with file.open("w", newline="", encoding="utf-8") as opened:
        rows = [(f"{WORD} {number}", f"{WORD[:200]}{number % 2}", WORD[:200]) for number in range(40)]
        csv.writer(opened).writerows([("text" + WORD[:200], "label" + WORD[:200], WORD[:200]), *rows])


def test_no_screen_passes_on_what_steers(db: Database, evil: str) -> None:
    """Nor does any screen of the app, in a locale that knows no Unicode."""
    environment = {"BERTFT_DB": str(db.path.file), "LC_ALL": "POSIX", "HOME": None}
    terminal = Terminal(*PROGRAM, rows=24, columns=80, environment=environment)
    terminal.wait_until(lambda: "evil" in terminal.drawn, "the run")
    for key in KEYS:
        terminal.type(key)
        terminal.read()
    _leave(terminal)
    assert STEERING.findall(terminal.drawn) == []


def test_a_storm_of_resizes(db: Database) -> None:
    """Opened in 20×5 without colours, drawn to 300 sizes in a second or two, the app still answers."""
    ActedRun(db, "mine").start().train(38).finish()
    environment = {"BERTFT_DB": str(db.path.file), "NO_COLOR": "1"}
    terminal = Terminal(*PROGRAM, rows=5, columns=20, environment=environment)
    terminal.wait_for("mine")
    draw = random.Random(1)
    for number in range(300):
        terminal.resize(*draw.choice([(1, 1), (5, 20), (24, 80), (draw.randint(1, 60), draw.randint(1, 250))]))
        if number % 20 == 0:
            terminal.type(draw.choice(["\r", "\x1b", "2", "1"]))
            terminal.read()
    terminal.resize(24, 80)
    terminal.wait_for("mine")
    _leave(terminal)


def _leave(terminal: Terminal) -> None:
    """Close whatever is open, and the app, by its keys; it ends well."""
    deadline = time.monotonic() + 60
    while terminal.process.poll() is None and time.monotonic() < deadline:
        for key in ("\x1b", "y", "q"):  # y: what was typed into a form may be lost
            terminal.type(key)
            until = time.monotonic() + 0.4  # an escape with a letter right behind it is another key
            while time.monotonic() < until and terminal.process.poll() is None:
                terminal.read()
    terminal.close()
    assert terminal.process.wait(10) == 0


def test_a_dumb_terminal_is_refused(db: Database) -> None:
    """Where text cannot be placed, the app says so and names the commands."""
    terminal = Terminal(*PROGRAM, environment={"BERTFT_DB": str(db.path.file), "TERM": "dumb"})
    terminal.wait_until(lambda: "bertft-tui --help" in terminal.drawn, "the refusal")
    assert terminal.process.wait(10) == 2
    assert "TERM is 'dumb'" in terminal.drawn
    terminal.close()


@pytest.mark.parametrize(
    "changes",
    [
        {"TERM": "dumb", "COLUMNS": "5", "NO_COLOR": "1"},
        {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "HOME": "", "COLUMNS": "0"},
    ],
)
def test_commands_in_odd_surroundings(db: Database, tmp_path: Path, changes: dict[str, str]) -> None:
    """A dumb terminal, a width of five or none, a locale without Unicode, no home: the table is there."""
    ActedRun(db, "tutorial é").start().train(2)
    environment = {**os.environ, "BERTFT_DB": str(db.path.file), **changes}
    done = subprocess.run(
        [sys.executable, *PROGRAM, "list"], env=environment, cwd=tmp_path, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"tutorial" in done.stdout


def test_a_working_directory_that_is_gone(db: Database, tmp_path: Path) -> None:
    """It is said, and what to do."""
    gone = tmp_path / "gone"
    gone.mkdir()
    script = f"import os, shutil; shutil.rmtree({str(gone)!r}); from bertft_tui.tui.cli.main import main; main()"
    done = subprocess.run([sys.executable, "-P", "-c", script, "list"], cwd=gone, capture_output=True, check=False)
    assert done.returncode == 2
    assert b"The working directory is gone" in done.stderr
