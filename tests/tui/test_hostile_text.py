"""Foreign text on screen: names that would steer the terminal, break markup or shear a table are only text."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from acted_runs import ActedRun
from piloting import screen_lines, screen_text, shows
from rich.cells import cell_len

from bertft_tui.core.store import commands
from bertft_tui.core.store.database import Database
from bertft_tui.tui.app import BertftApp
from bertft_tui.tui.export import save_picture

SIZES = [(60, 20), (80, 24), (120, 40), (200, 50)]

HOSTILE = [
    "[/]",
    "abc [/",
    "[bold]x[/bold]",
    "[@click=app.quit]x",
    "\x1b]52;c;aGk=\x07clipboard",
    "\x9b31mred",
    "比較実験の学習率",
    "\u202ereversed",
    "a\nb\tc",
    "x" * 180,
    "e" + "\u0301" * 150,
]


def hostile_runs(db: Database, names: list[str]) -> None:
    """Runs with these names everywhere where a foreign text may stand."""
    for name in names:
        run = ActedRun(db, name).start(device=name[:20], reason=name).train(2).fail(name, name, name)
        commands.annotate(db, run.id, note=name, tags=[name])


@pytest.mark.parametrize("size", SIZES)
async def test_hostile_names_are_text(app: BertftApp, db: Database, size: tuple[int, int]) -> None:
    """Markup, escapes, wide and long names in table and panel crash nothing and steer nothing."""
    hostile_runs(db, HOSTILE)
    async with app.run_test(size=size) as pilot:
        await shows(pilot, "✗")
        assert len(app.snapshot.runs) == len(HOSTILE)
        for _ in HOSTILE:
            await pilot.press("2")
            assert_harmless(screen_lines(pilot), size[0])
            await pilot.press("1", "down")
            assert_harmless(screen_lines(pilot), size[0])


@pytest.mark.parametrize("name", ["abc [/", "\x1b]52;c;aGk=\x07[bold]\x9b31m", "比較実験" * 40])
async def test_hostile_text_on_every_screen(app: BertftApp, db: Database, name: str) -> None:
    """The same on a run's own screen, in the form, dialogs and notifications."""
    hostile_runs(db, [name])
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await shows(pilot, "✗")
        for keys in (
            ["enter"],
            ["2"],
            ["3"],
            ["4"],
            ["5"],
            ["N"],
            ["escape", "escape", "f2"],
            ["escape", "x"],
            ["r"],
        ):
            await pilot.press(*keys)
            assert_harmless(screen_lines(pilot), 80)


@pytest.mark.parametrize(
    "name",
    ["<script>a()</script>", "]]><image href='//x'/>", "\"><a onload='a()'>", "&lt;&x;<!--", "\x1b]2;\0\x0b\x85<x>"],
)
async def test_markup_in_a_picture_is_text(app: BertftApp, db: Database, tmp_path: Path, name: str) -> None:
    """A picture (SVG) can be read, has what the screen has, and no foreign text adds an element or attribute."""
    hostile_runs(db, [name])
    async with app.run_test(size=(200, 50)) as pilot:
        await shows(pilot, "✗")
        path = save_picture(app, tmp_path)
        words = screen_text(pilot).split()
    assert isinstance(path, Path)
    picture = ElementTree.fromstring(path.read_text(encoding="utf-8"))
    elements = {element.tag.rpartition("}")[2] for element in picture.iter()}
    assert elements <= {"svg", "style", "defs", "clipPath", "rect", "g", "circle", "text"}
    attributes = {attribute for element in picture.iter() for attribute in element.attrib}
    assert not [attribute for attribute in attributes if attribute.startswith("on") or "href" in attribute]
    drawn = "".join("".join(picture.itertext()).split())
    assert all(word in drawn for word in words)


def assert_harmless(lines: list[str], width: int) -> None:
    """No control byte, and every line exactly as wide as the terminal."""
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", "".join(lines))
    assert {cell_len(line) for line in lines} == {width}
