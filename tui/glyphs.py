"""Shapes and the names of colours: a status is both, never colour alone."""

import os
import sys
from dataclasses import dataclass

from bertft_tui.core.store.status import RunStatus


@dataclass(frozen=True)
class Glyphs:
    """A set of shapes for the terminals that can show them."""

    status: dict[RunStatus, str]
    bar: tuple[str, str]  # done, to do
    point: str
    points: str  # evaluations of several runs in one place
    nan: str
    diverged: str
    up: str
    down: str
    edge: str  # the y axis
    tick: str
    cursor: str
    selected: str  # behind a score on the set that chose the checkpoint
    marked: str  # a run that the next key acts on
    pinned: str
    opened: str  # a group whose runs are shown
    closed: str
    times: str
    plus_minus: str
    baseline: str  # the run that others are held against
    best: str  # figure of several runs, place on a curve
    unlike: str  # beside a difference between figures that are not comparable
    on: str  # a run whose curve is drawn
    off: str
    checkpoint: str  # under a curve
    resumed: str  # where another attempt went on
    spark: str  # from low to high
    shades: str  # from little to much
    braille: bool


_UNICODE = Glyphs(
    status={
        RunStatus.QUEUED: "·",
        RunStatus.STARTING: "·",
        RunStatus.RUNNING: "▶",
        RunStatus.FINISHED: "✓",
        RunStatus.STOPPED: "‖",
        RunStatus.CANCELLED: "-",
        RunStatus.FAILED: "✗",
        RunStatus.LOST: "?",
    },
    bar=("━", "─"),
    point="●",
    points="◉",
    nan="×",
    diverged="↑",
    up="▲",
    down="▼",
    edge="│",
    tick="┤",
    cursor="▸",
    selected="†",
    marked="●",
    pinned="↥",
    opened="▾",
    closed="▸",
    times="×",
    plus_minus="±",
    baseline="★",
    best="◆",
    unlike="≠",
    on="■",
    off="□",
    checkpoint="◇",
    resumed="┊",
    spark="▁▂▃▄▅▆▇█",
    shades="░▒▓█",
    braille=True,
)

_ASCII = Glyphs(
    status={
        RunStatus.QUEUED: ".",
        RunStatus.STARTING: ".",
        RunStatus.RUNNING: ">",
        RunStatus.FINISHED: "+",
        RunStatus.STOPPED: "=",
        RunStatus.CANCELLED: "-",
        RunStatus.FAILED: "!",
        RunStatus.LOST: "?",
    },
    bar=("#", "-"),
    point="o",
    points="O",
    nan="N",
    diverged="D",
    up="^",
    down="v",
    edge="|",
    tick="+",
    cursor=">",
    selected="'",
    marked="#",
    pinned="^",
    opened="v",
    closed=")",
    times="x",
    plus_minus="+-",
    baseline="@",
    best="<",
    unlike="/",
    on="#",
    off="_",
    checkpoint="c",
    resumed="r",
    spark="_.:-+=%#",
    shades=".-+#",
    braille=False,
)


_chosen = "auto"


def choose_glyphs(choice: str) -> None:
    """Draw with `ascii` or `unicode` shapes from now on, or with those that the terminal can show (`auto`)."""
    global _chosen  # noqa: PLW0603 - one process draws on one terminal
    _chosen = choice


def is_ascii() -> bool:
    """Whether to draw in ASCII: `BERTFT_ASCII` asks for it, else the user, else the terminal is not one of UTF-8."""
    asked = os.environ.get("BERTFT_ASCII")
    if asked is not None:
        return asked not in ("", "0")
    if _chosen != "auto":
        return _chosen == "ascii"
    encoding = getattr(sys.__stdout__, "encoding", None) or "utf-8"
    return encoding.lower().replace("-", "") != "utf8"


def glyphs() -> Glyphs:
    """The shapes to draw with."""
    return _ASCII if is_ascii() else _UNICODE


# Names of colours, to be used as styles: the theme that is chosen says which colours they are (`palettes.py`).

#: The colour of each status.
STATUS_COLOURS: dict[RunStatus, str] = {status: f"$status-{status}" for status in RunStatus}

BRIGHT = "$bright"
TEXT = "$body"
MUTED = "$muted"
FAINT = "$faint"
ACCENT = "$accent"
WARNING = "$warning"
ERROR = "$error"

#: The line with the cursor, and where it stands in a pane that does not have the keys.
CURSOR = "bold on $cursor-line"
CURSOR_AT_REST = "on $panel"

LOSS = "$loss"
LOSS_RAW = "$loss-raw"
EVALUATION = "$evaluation"
METRIC = "$metric"
