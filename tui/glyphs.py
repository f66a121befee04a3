"""Shapes and colours: a status is both, never colour alone. Colours are exact ones of xterm's 256."""

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
    nan: str
    diverged: str
    up: str
    down: str
    edge: str  # the y axis
    tick: str
    cursor: str
    selected: str  # behind a score on the set that chose the checkpoint
    baseline: str  # the run that others are held against
    best: str  # behind the best figure of several runs
    unlike: str  # behind a difference between figures that are not comparable
    on: str  # a run whose curve is drawn
    off: str
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
    nan="×",
    diverged="↑",
    up="▲",
    down="▼",
    edge="│",
    tick="┤",
    cursor="▸",
    selected="†",
    baseline="★",
    best="◆",
    unlike="≠",
    on="■",
    off="□",
    braille=True,
)

_ASCII = Glyphs(
    status={
        RunStatus.QUEUED: ".",
        RunStatus.STARTING: ".",
        RunStatus.RUNNING: ">",
        RunStatus.FINISHED: "*",
        RunStatus.STOPPED: "=",
        RunStatus.CANCELLED: "-",
        RunStatus.FAILED: "x",
        RunStatus.LOST: "?",
    },
    bar=("#", "-"),
    point="o",
    nan="x",
    diverged="^",
    up="^",
    down="v",
    edge="|",
    tick="+",
    cursor=">",
    selected="~",
    baseline="@",
    best="<",
    unlike="!",
    on="#",
    off="_",
    braille=False,
)


def glyphs() -> Glyphs:
    """Choose the set: ASCII when `BERTFT_ASCII` asks for it, or the terminal's encoding is not UTF-8."""
    asked = os.environ.get("BERTFT_ASCII")
    if asked is not None:
        return _UNICODE if asked in ("", "0") else _ASCII
    encoding = getattr(sys.__stdout__, "encoding", None) or "utf-8"
    return _UNICODE if encoding.lower().replace("-", "") == "utf8" else _ASCII


#: The colour of each status, told apart by colour-blind readers too (after Okabe and Ito).
STATUS_COLOURS: dict[RunStatus, str] = {
    RunStatus.QUEUED: "#a8a8a8",
    RunStatus.STARTING: "#5fafd7",
    RunStatus.RUNNING: "#5fd7ff",
    RunStatus.FINISHED: "#5fd7af",
    RunStatus.STOPPED: "#ffd75f",
    RunStatus.CANCELLED: "#8a8a8a",
    RunStatus.FAILED: "#ff875f",
    RunStatus.LOST: "#d787af",
}

BRIGHT = "#eeeeee"
TEXT = "#d0d0d0"
MUTED = "#9e9e9e"
FAINT = "#626262"
ACCENT = "#5fafd7"
WARNING = "#ffd75f"
ERROR = "#ff875f"

LOSS = "#ffaf5f"
LOSS_RAW = "#875f5f"
EVALUATION = "#5fd7ff"
METRIC = "#5fd7af"
