"""Which panes one run's own screen has, and what makes the lines of each."""

from collections.abc import Callable

from bertft_tui.tui.panes.attempts import attempt_lines
from bertft_tui.tui.panes.checkpoints import checkpoint_lines
from bertft_tui.tui.panes.events import event_lines
from bertft_tui.tui.panes.frame import Line, Pane
from bertft_tui.tui.panes.machine import machine_lines
from bertft_tui.tui.panes.settings import settings_lines
from bertft_tui.tui.panes.vitals import vitals_lines

#: The panes, each with its key.
PANE_KEYS: dict[str, str] = {
    "curves": "1",
    "settings": "2",
    "events": "3",
    "log": "4",
    "attempts": "5",
    "checkpoints": "6",
    "vitals": "7",
    "machine": "8",
    "classes": "9",
    "examples": "i",
}

PANES: tuple[str, ...] = tuple(PANE_KEYS)

#: The panes of lines. The others draw themselves.
WORDS: dict[str, Callable[[Pane], list[Line]]] = {
    "settings": settings_lines,
    "events": event_lines,
    "attempts": attempt_lines,
    "checkpoints": checkpoint_lines,
    "vitals": vitals_lines,
    "machine": machine_lines,
}

#: The panes in which something can be looked for.
FINDING: tuple[str, ...] = ("settings", "events", "log", "examples")
