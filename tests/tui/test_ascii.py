"""In ASCII mode, nothing that this program draws is anything else."""

from dataclasses import asdict

import pytest
from acted_runs import ActedRun
from piloting import screen_text, shows, until

from bertft_tui.core.store.database import Database
from bertft_tui.tui.app import BertftApp
from bertft_tui.tui.ascii import TABLE
from bertft_tui.tui.cli.output import print_table, say
from bertft_tui.tui.glyphs import glyphs
from bertft_tui.tui.screens.runs import RunsScreen

#: What stands beside names and figures; the others are drawn in charts and bars.
MARKS = (
    "nan", "diverged", "selected", "marked", "pinned", "opened", "closed", "times", "baseline", "best", "unlike",
    "point", "points", "checkpoint", "resumed",
)  # fmt: skip

WALK: tuple[tuple[str, ...], ...] = (
    (), ("2",), ("1", "enter"), ("2",), ("3",), ("4",), ("5",), ("question_mark",), ("end",), ("escape", "escape"),
    ("colon",), ("escape", "comma"), ("escape", "n"), ("enter",), ("end", "pagedown"), ("escape", "X"),
    ("escape", "a", "c"), ("escape", "escape", "s"), ("escape", "o"), ("escape", "b"), ("escape", "slash"),
    ("escape", "d"), ("D",), ("escape", "Q"), ("escape", "L"), ("escape", "F"),
    ("escape", "C"), ("question_mark",), ("end",), ("escape", "escape"),
)  # fmt: skip


async def test_every_screen_is_ascii(app: BertftApp, db: Database) -> None:
    """Borders, scroll bars, arrows, dots and dashes, on all screens; only somebody's own text stays as it is."""
    ActedRun(db, "straße").start().fail("The loss is not a number", "NaN at step 41.", "Try less.")
    ActedRun(db, "a name that is far too long for the table " * 3).start().train(40).finish()
    ActedRun(db, "alive").start().train(12).say("phase", phase="evaluating")
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        app.change_settings(glyphs="ascii")
        await shows(pilot, "alive", "straße")
        for keys in WALK:
            await pilot.press(*keys)
            await pilot.pause()
            odd = {letter for letter in screen_text(pilot) if not letter.isascii()} - {"ß"}
            assert not odd, f"{keys}: {odd} in\n{screen_text(pilot)}"
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, RunsScreen))
        app.change_settings(glyphs="unicode")
        await shows(pilot, "━")


def test_each_shape_keeps_its_width() -> None:
    """One cell by one of ASCII, so no table is sheared."""
    assert all(len(plain) == 1 and plain.isascii() for plain in TABLE.values())


def test_what_the_commands_print(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """In ASCII where that is asked for, else as it is."""
    for asked, shown in (("1", "- ~ > 3"), ("0", "– … → 3")):
        monkeypatch.setenv("BERTFT_ASCII", asked)
        say("– … → 3")
        print_table(("a",), [("– … → 3",)])
        assert capsys.readouterr().out.count(shown) == 2


def test_each_meaning_has_its_own_character(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands beside names and figures means one thing, and the table of all shapes does not say another."""
    marks: dict[str, dict[str, str]] = {}
    for asked in ("0", "1"):
        monkeypatch.setenv("BERTFT_ASCII", asked)
        shapes = asdict(glyphs())
        marks[asked] = {name: shapes[name] for name in MARKS} | {
            str(key): each for key, each in shapes["status"].items()
        }
    plain = {**marks["1"], "cut": TABLE[ord("…")], "edited": "*"}
    del plain["starting"]  # it is drawn as what it was before
    assert len(set(plain.values())) == len(plain), plain
    for name in ("finished", "failed", "selected", "unlike", "times", "baseline", "best", "checkpoint"):
        assert TABLE[ord(marks["0"][name])] == plain[name]
