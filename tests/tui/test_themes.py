"""Themes: every colour is a name; what it comes to can be read and told apart; switching draws all anew."""

import re
from itertools import cycle, product
from pathlib import Path
from typing import get_args

import pytest
from acted_runs import ActedRun
from colour_vision import VISIONS, XTERM, apart, contrast, difference
from piloting import shows, until
from rich.style import Style
from textual.pilot import Pilot

from bertft_tui.core.errors import InputError
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.status import RunStatus
from bertft_tui.tui import glyphs
from bertft_tui.tui.app import BertftApp
from bertft_tui.tui.background import AnswerReader, background_answered
from bertft_tui.tui.messages import BackgroundSeen
from bertft_tui.tui.palettes import PALETTES, SURFACES, Palette, plain_style
from bertft_tui.tui.run_colours import COUNT, colour_of, run_colour, run_colours
from bertft_tui.tui.screens.runs import RunsScreen
from bertft_tui.tui.settings import ThemeChoice
from bertft_tui.tui.theme_choice import AUTO, asked_theme, background_told, theme_of
from bertft_tui.tui.widgets.strips import rich_style

EVERY = pytest.mark.parametrize("palette", [pytest.param(each, id=name) for name, each in PALETTES.items()])
TEXTS = ("bright", "body", "muted", "faint", "accent", "warning", "error", "loss", "evaluation", "metric")
#: Those that say something; the two greys are the same news: nothing happens.
TOLD = [status for status in RunStatus if status not in (RunStatus.QUEUED, RunStatus.CANCELLED)]


def is_safe(palette: Palette) -> bool:
    """Whether a theme is for colour-blind people."""
    return palette.name.startswith("colour-blind")


@EVERY
def test_text_can_be_read(palette: Palette) -> None:
    """Every colour of text stands out from every surface by 4.5 to 1, in the theme of high contrast by 7 to 1."""
    least = 7.0 if palette.name == "contrast" else 4.5
    texts = [*TEXTS, *(f"status-{status}" for status in RunStatus)]
    weak = {
        (text, surface): round(found, 2)
        for text, surface in product(texts, SURFACES)
        if (found := contrast(palette.colours[text], palette.colours[surface])) < least
    }
    assert not weak
    assert contrast(palette.colours["bright"], palette.colours["selection"]) >= least


@EVERY
def test_what_is_drawn_can_be_seen(palette: Palette) -> None:
    """Lines and points, which need 3 to 1: the raw loss, and the colours of runs, these also in the cursor's line."""
    assert contrast(palette.colours["loss-raw"], palette.colours["background"]) >= 3
    runs = [f"run-{number}" for number in range(COUNT)]
    assert not [
        (run, surface)
        for run, surface in product(runs, SURFACES)
        if contrast(palette.colours[run], palette.colours[surface]) < 3
    ]


@EVERY
def test_colours_are_exact_and_each_theme_has_all(palette: Palette) -> None:
    """Terminals of 256 colours show what is meant; no theme lacks a name that another has."""
    assert set(palette.colours.values()) <= XTERM
    assert set(palette.colours) == set(PALETTES["dark"].colours)


@EVERY
def test_statuses_curves_and_runs_stay_apart(palette: Palette) -> None:
    """By CIEDE2000; in the themes for colour-blind people for each of the three ways not to see all colours."""
    safe = is_safe(palette)
    for vision in VISIONS if safe else ["normal"]:
        assert apart([palette.colours[f"status-{status}"] for status in TOLD], vision) >= (12 if safe else 15)
        assert apart([palette.colours[name] for name in ("loss", "evaluation", "metric")], vision) >= 13
        assert apart([palette.colours[f"run-{number}"] for number in range(COUNT)], vision) >= (9.5 if safe else 15)
    assert apart([palette.colours["loss"], palette.colours["loss-raw"]], "normal") >= 10


def test_differences_are_measured_as_published() -> None:
    """Pairs of Sharma, Wu and Dalal, "The CIEDE2000 color-difference formula" (2005), table 1."""
    pairs = [
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0011), 7.2195),
        ((50.0, 2.5, 0.0), (61.0, -5.0, 29.0), 22.8977),
        ((6.7747, -0.2908, -2.4247), (5.8714, -0.0985, -2.2286), 0.6377),
    ]
    for one, other, published in pairs:
        assert difference(one, other) == pytest.approx(published, abs=1e-4)
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def test_no_colour_stands_anywhere_else() -> None:
    """Code and style sheets name colours; only the palettes know which they are."""
    folder = Path(glyphs.__file__).parent
    found = [
        file.name
        for file in (*folder.rglob("*.py"), *folder.rglob("*.tcss"))
        if file.name != "palettes.py" and re.search(r"[\"' ]#[0-9a-fA-F]{6}\b", file.read_text(encoding="utf-8"))
    ]
    assert not found


def test_names_mean_the_same_inside_and_outside_the_app() -> None:
    """What the commands print through rich, and what is drawn without an app, has the colours of a palette."""
    assert plain_style(f"{glyphs.BRIGHT} bold", "light") == "#000000 bold"
    assert rich_style(glyphs.CURSOR) == Style.parse(plain_style(glyphs.CURSOR))
    names = {name for name, value in vars(glyphs).items() if isinstance(value, str) and value.startswith("$")}
    assert {"ACCENT", "LOSS_RAW"} <= names
    for style in (*(getattr(glyphs, name) for name in names), *glyphs.STATUS_COLOURS.values(), colour_of(3)):
        assert plain_style(style).startswith("#")


def test_a_run_has_one_colour() -> None:
    """The same in every list, and among few runs each has its own."""
    ids = [f"run{number}" for number in range(COUNT)]
    assert run_colour("run1") == run_colour("run1")
    assert run_colours(ids)["run0"] == run_colour("run0")
    assert len(set(run_colours(ids).values())) == COUNT
    assert len(run_colours([f"r{number}" for number in range(40)])) == 40


def test_themes_are_offered_by_their_names() -> None:
    """What the settings allow is what there is."""
    assert set(get_args(ThemeChoice)) == {AUTO, *PALETTES}


def test_a_theme_asked_for_is_one_that_there_is() -> None:
    """On the command line or in the environment; else the error names them all."""
    assert asked_theme({}) == {}
    assert asked_theme({"BERTFT_THEME": "light"}) == {"theme": "light"}
    with pytest.raises(InputError, match="'pink' is none") as caught:
        asked_theme({"BERTFT_THEME": "pink"})
    assert "colour-blind-dark" in caught.value.problem.hint


@pytest.mark.parametrize(
    ("told", "background"),
    [
        ("15;0", "dark"),
        ("0;15", "light"),
        ("0;default;7", "light"),
        ("default", ""),
        ("", ""),
        ("0;99", ""),
        ("²", ""),
    ],
)
def test_backgrounds_that_the_environment_tells(told: str, background: str) -> None:
    """The last of the colours in COLORFGBG is the background; nonsense says nothing."""
    assert background_told({"COLORFGBG": told}) == background
    assert theme_of(AUTO, background_told({"COLORFGBG": told})) == (background or "dark")


@pytest.mark.parametrize(
    ("answer", "background"),
    [
        ("rgb:1212/1212/1212", "dark"),
        ("rgb:fdfd/f6f6/e3e3", "light"),
        ("rgba:ff/ff/ff/ff", "light"),
        ("rgb:0/0/f", "dark"),
        ("?", ""),
        ("rgb:zz/1/1", ""),
    ],
)
def test_backgrounds_that_a_terminal_answers(answer: str, background: str) -> None:
    """X11's ways to write a colour; nonsense says nothing."""
    assert background_answered(answer) == background


@pytest.mark.parametrize("cut", range(3, 30))
def test_an_answer_is_never_keys(cut: int) -> None:
    """Wherever it is torn, what comes before and after it is read as it was typed, and the colour is found."""
    data = "n\x1b]11;rgb:ffff/ffff/ffff\x1b\\j\x1b[A"
    reader = AnswerReader()
    parts = [reader.read(part, waiting=True) for part in (data[:cut], data[cut:])]
    assert "".join(rest for rest, _ in parts) == "nj\x1b[A"
    assert [colour for _, colours in parts for colour in colours] == ["rgb:ffff/ffff/ffff"]


def test_the_escape_key_does_not_wait() -> None:
    """An escape alone is a key, and so is what looks like an answer when nobody has asked."""
    reader = AnswerReader()
    assert reader.read("\x1b", waiting=True) == ("\x1b", [])
    assert reader.read("\x1b]", waiting=False) == ("\x1b]", [])


def colours_of(pilot: Pilot[str]) -> set[str]:
    """All colours of letters and backgrounds on screen."""
    strips = pilot.app.screen._compositor.render_strips(pilot.app.size)
    styles = [segment.style for strip in strips for segment in strip if segment.style]
    found = [colour.get_truecolor().hex for style in styles for colour in (style.color, style.bgcolor) if colour]
    return set(found)


def old_colours(pilot: Pilot[str], theme: str) -> set[str]:
    """Colours on screen that other themes have and this one has not."""
    others = {colour for palette in PALETTES.values() for colour in palette.colours.values()}
    return colours_of(pilot) & (others - set(PALETTES[theme].colours.values()))


async def test_switching_draws_everything_anew(app: BertftApp, db: Database) -> None:
    """On every screen no colour is left of the theme before; also on those that lie under others."""
    ActedRun(db, "broken").start().fail("Title", "Message.")
    ActedRun(db, "training").start().train(40)
    async with app.run_test(size=(120, 40)) as pilot:
        await shows(pilot, "training")
        names = cycle(("light", "contrast", "colour-blind-light", "dark"))
        for keys in ([], ["enter"], ["5"], ["escape", "n"], ["f1"]):
            await pilot.press(*keys)
            name = next(names)
            app.change_settings(theme=name)
            await until(pilot, lambda name=name: not old_colours(pilot, name))  # type: ignore[misc]
        app.change_settings(theme="light")
        await pilot.press("escape", "escape")
        await until(pilot, lambda: isinstance(app.screen, RunsScreen) and not old_colours(pilot, "light"))


async def test_the_app_follows_the_terminal(app: BertftApp, db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless another theme was chosen; and the next start begins with what the terminal said last."""
    ActedRun(db, "one")
    async with app.run_test(size=(80, 24)) as pilot:
        await shows(pilot, "one")
        assert app.theme == "dark"
        app.post_message(BackgroundSeen("light"))
        await until(pilot, lambda: app.theme == "light")
        app.change_settings(theme="contrast")
        app.post_message(BackgroundSeen("dark"))
        await pilot.pause()
        assert app.theme == "contrast"
        app.change_settings(theme="auto")
        assert app.theme == "dark"
        app.post_message(BackgroundSeen("light"))
        await until(pilot, lambda: app.theme == "light")
    assert BertftApp(db).theme == "light"
    monkeypatch.setenv("COLORFGBG", "15;0")
    assert BertftApp(db).theme == "dark"


async def test_without_colours(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where NO_COLOR asks for it, all is grey."""
    monkeypatch.setenv("NO_COLOR", "1")
    ActedRun(db, "training").start().train(5)
    ActedRun(db, "broken").start().fail("Title", "Message.")
    app = BertftApp(db, wake=lambda db: None)
    async with app.run_test(size=(80, 24)) as pilot:
        await shows(pilot, "training")
        assert all(len({colour[1:3], colour[3:5], colour[5:]}) == 1 for colour in colours_of(pilot))
