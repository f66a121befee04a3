"""Everything that the command palette offers on a screen: its keys, all places, runs, presets and settings."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from bertft_tui.core.presets import all_presets
from bertft_tui.core.store.records import Outline
from bertft_tui.tui.finding import Entry
from bertft_tui.tui.format import clean
from bertft_tui.tui.glyphs import glyphs
from bertft_tui.tui.keys import COMMANDS, Command, commands
from bertft_tui.tui.offered_settings import offers

if TYPE_CHECKING:
    from bertft_tui.tui.app import BertftApp


def entries(app: "BertftApp", screen: Screen[Any]) -> list[Entry]:
    """What can be done on a screen, first what its own keys do; without the runs."""
    return [*_keys(app, screen), *_places(app, screen), *_presets(app), *_settings(app)]


def run_entries(app: "BertftApp", runs: Sequence[Outline]) -> list[Entry]:
    """Every run that is not in the trash, to open it."""
    return [
        Entry(
            f"open run {clean(run.name, limit=200)}",
            f"{glyphs().status[run.status]} {run.status}, {run.id}",
            partial(app.turn_to_run, run.id),
            unasked=False,
        )
        for run in runs
        if not run.trashed
    ]


def _keys(app: "BertftApp", screen: Screen[Any]) -> Iterator[Entry]:
    """The commands of a screen, then those of the app, each once; a key stands there only where it acts."""
    scope, seen = getattr(screen, "SCOPE", None), {"" if app.tour is not None else "leave_tour"}
    here = [*(commands(scope) if scope else ()), *commands("everywhere")]
    for command in (*here, *(each for each in COMMANDS if each.is_global)):
        if command.palette and command.action not in seen:
            seen.add(command.action)
            run = partial(app.run_action, command.action, app if command.is_global else screen)
            yield _entry(command, run, command.first_key if command in here else "")


def _places(app: "BertftApp", screen: Screen[Any]) -> Iterator[Entry]:
    """The table of runs, and the screens that it opens, from wherever one is."""
    home = app.home
    if home is None or home is screen:
        return
    if app.may_go_home:
        yield Entry("runs", "Back to the table of runs.", app.go_home)
    for command in commands("runs"):
        if command.opens:
            yield _entry(command, partial(app.run_action, command.action, home))


def _entry(command: Command, run: Callable[[], object], key: str = "") -> Entry:
    return Entry(command.label, command.help, run, key)


def _presets(app: "BertftApp") -> Iterator[Entry]:
    for preset in all_presets().values():
        run = partial(app.open_form, preset.config, origin=preset.name, preset=preset.name)
        yield Entry(f"new run from preset {preset.name}", clean(preset.description), run, unasked=False)


def _settings(app: "BertftApp") -> Iterator[Entry]:
    """Each value of each setting that has a few."""
    for offer in offers(app.snapshot.runs, app.settings):
        for option in offer.options:
            run = partial(app.put_settings, {offer.name: offer.value(option)})
            now = " (as it is)" if option == offer.text(app.settings) else ""
            yield Entry(f"{offer.label}: {option}{now}", offer.help, run, unasked=False)
