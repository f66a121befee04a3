"""The terminal is asked for its background, in a real terminal: the answer changes the theme and is never keys."""

from acted_runs import ActedRun
from terminal import Terminal

from bertft_tui.core.paths import settings_file
from bertft_tui.core.store.database import Database
from bertft_tui.tui.palettes import DARK, LIGHT

QUESTION = "\x1b]11;?\x1b\\"
WHITE = "\x1b]11;rgb:ffff/ffff/ffff\x1b\\"


def background(colour: str) -> str:
    """How a terminal is told to draw on a colour."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"48;2;{red};{green};{blue}"


def test_the_app_follows_a_light_terminal(db: Database) -> None:
    """Between keys and in two pieces: the keys do what they do, the theme turns, and the next start is light."""
    ActedRun(db, "a run").start().train(1).finish()
    arguments = ("-m", "bertft_tui.tui.cli.main", "--db", str(db.path.file))
    first = Terminal(*arguments, environment={"COLORTERM": "truecolor"})
    first.wait_until(lambda: QUESTION in first.drawn and "a run" in first.drawn, "the question")
    assert background(DARK.colours["background"]) in first.drawn
    first.type("?" + WHITE[:9])
    first.type(WHITE[9:] + "\x1b[B")
    first.wait_until(lambda: "Start a run from a preset." in first.drawn, "what the key does")
    first.wait_until(lambda: background(LIGHT.colours["background"]) in first.drawn, "the light theme")
    first.type("qq")  # out of the help, and out of the app
    first.wait_until(lambda: first.process.poll() is not None, "its leaving")
    assert 'background = "light"' in settings_file().read_text()
    first.close()
    second = Terminal(*arguments, environment={"COLORTERM": "truecolor"})
    second.wait_until(lambda: "a run" in second.drawn, "the table")
    assert background(LIGHT.colours["background"]) in second.drawn
    assert background(DARK.colours["background"]) not in second.drawn
    second.tear_away()
