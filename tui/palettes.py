"""The themes' colours as data: every name that `glyphs.py` knows, on exact colours of xterm's 256.

Text stands out from each of its theme's surfaces by 4.5 to 1 at least (7 to 1 in `contrast`), and in the two themes
for colour-blind people statuses and curves stay apart for protanopes, deuteranopes and tritanopes:
`tests/tui/test_themes.py` measures both.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from bertft_tui.core.store.status import RunStatus
from bertft_tui.tui.run_colours import COUNT

_NAME = re.compile(r"\$([a-z0-9-]+)")

#: What text stands on: the screen, header and dialogs, the line with the cursor.
SURFACES = ("background", "panel", "cursor-line")


@dataclass(frozen=True)
class Palette:
    """One theme's colours."""

    name: str
    title: str  # for the settings screen
    dark: bool
    colours: Mapping[str, str] = field(repr=False)  # by the names that stand in `glyphs.py`, without the $

    def plain(self, style: str) -> str:
        """Put colours in the place of the names in a style: `$accent bold` is `#5fafd7 bold`. Raises KeyError."""
        return _NAME.sub(lambda match: self.colours[match[1]], style)


def _palette(
    name: str, title: str, dark: bool, statuses: Mapping[RunStatus, str], runs: str, **colours: str
) -> Palette:
    """Name the colours of statuses and runs as the rest are named; a warning looks as stopped, an error as failed."""
    named = {key.replace("_", "-"): colour for key, colour in colours.items()}
    named |= {f"status-{status}": colour for status, colour in statuses.items()}
    named |= {f"run-{number}": f"#{colour}" for number, colour in zip(range(COUNT), runs.split(), strict=True)}
    named |= {"warning": statuses[RunStatus.STOPPED], "error": statuses[RunStatus.FAILED]}
    return Palette(name, title, dark, named)


DARK = _palette(
    "dark",
    "dark",
    True,
    {
        RunStatus.QUEUED: "#b2b2b2",
        RunStatus.STARTING: "#87afff",
        RunStatus.RUNNING: "#5fd7ff",
        RunStatus.FINISHED: "#5fd787",
        RunStatus.STOPPED: "#ffd75f",
        RunStatus.CANCELLED: "#9e9e9e",
        RunStatus.FAILED: "#ff875f",
        RunStatus.LOST: "#ff87d7",
    },
    "00d7ff ff005f ffaf00 87d700 afafd7 d700ff 87875f 0087d7 d75f00 00d7af ffafaf 008787",
    background="#121212",
    panel="#262626",
    cursor_line="#303030",
    border="#444444",
    scrollbar="#444444",
    selection="#005f87",
    bright="#eeeeee",
    body="#d0d0d0",
    muted="#b2b2b2",
    faint="#9e9e9e",
    accent="#5fafd7",
    loss="#ffaf5f",
    loss_raw="#875f5f",
    evaluation="#5fd7ff",
    metric="#5fd787",
)

LIGHT = _palette(
    "light",
    "light",
    False,
    {
        RunStatus.QUEUED: "#585858",
        RunStatus.STARTING: "#0000af",
        RunStatus.RUNNING: "#005f87",
        RunStatus.FINISHED: "#005f00",
        RunStatus.STOPPED: "#875f00",
        RunStatus.CANCELLED: "#626262",
        RunStatus.FAILED: "#af0000",
        RunStatus.LOST: "#af0087",
    },
    "005faf 5f5f00 d70000 87005f 008787 00005f 5f0000 875f5f 875faf 0000ff 008700 af5f00",
    background="#ffffff",
    panel="#eeeeee",
    cursor_line="#d7ffff",
    border="#bcbcbc",
    scrollbar="#bcbcbc",
    selection="#afd7ff",
    bright="#000000",
    body="#303030",
    muted="#585858",
    faint="#626262",
    accent="#005faf",
    loss="#875f00",
    loss_raw="#af875f",
    evaluation="#005f87",
    metric="#005f00",
)

CONTRAST = _palette(
    "contrast",
    "high contrast",
    True,
    {
        RunStatus.QUEUED: "#d0d0d0",
        RunStatus.STARTING: "#afd7ff",
        RunStatus.RUNNING: "#00ffff",
        RunStatus.FINISHED: "#5fff87",
        RunStatus.STOPPED: "#ffff5f",
        RunStatus.CANCELLED: "#c6c6c6",
        RunStatus.FAILED: "#ffaf87",
        RunStatus.LOST: "#ffafff",
    },
    "87d7ff ffff00 ffaf87 ffafff 00ffaf d7d7af ffaf00 87d700 00d7d7 d7d7ff ffd7d7 d7ffff",
    background="#000000",
    panel="#1c1c1c",
    cursor_line="#303030",
    border="#bcbcbc",
    scrollbar="#bcbcbc",
    selection="#00005f",
    bright="#ffffff",
    body="#eeeeee",
    muted="#d0d0d0",
    faint="#c6c6c6",
    accent="#5fd7ff",
    loss="#ffaf5f",
    loss_raw="#af8787",
    evaluation="#00ffff",
    metric="#5fff87",
)

SAFE_DARK = _palette(
    "colour-blind-dark",
    "dark, for colour-blind people",
    True,
    {
        RunStatus.QUEUED: "#b2b2b2",
        RunStatus.STARTING: "#afafff",
        RunStatus.RUNNING: "#afffff",
        RunStatus.FINISHED: "#00af5f",
        RunStatus.STOPPED: "#ffff00",
        RunStatus.CANCELLED: "#9e9e9e",
        RunStatus.FAILED: "#ffafaf",
        RunStatus.LOST: "#ff5faf",
    },
    "5fafff ffff00 87875f ffafaf 008787 d7d7ff 875fff afaf5f ff5faf 5f8700 d7ffaf 00ffd7",
    background="#121212",
    panel="#262626",
    cursor_line="#303030",
    border="#444444",
    scrollbar="#444444",
    selection="#005f87",
    bright="#eeeeee",
    body="#d0d0d0",
    muted="#b2b2b2",
    faint="#9e9e9e",
    accent="#5fafff",
    loss="#d7875f",
    loss_raw="#875f5f",
    evaluation="#5fafd7",
    metric="#d7ffd7",
)

SAFE_LIGHT = _palette(
    "colour-blind-light",
    "light, for colour-blind people",
    False,
    {
        RunStatus.QUEUED: "#585858",
        RunStatus.STARTING: "#005fd7",
        RunStatus.RUNNING: "#0000d7",
        RunStatus.FINISHED: "#005f5f",
        RunStatus.STOPPED: "#875f00",
        RunStatus.CANCELLED: "#626262",
        RunStatus.FAILED: "#5f0000",
        RunStatus.LOST: "#5f005f",
    },
    "5f5fff 5f0000 00005f 878700 005f5f 5f875f af0000 d700af 870087 af005f af5f87 0000ff",
    background="#ffffff",
    panel="#eeeeee",
    cursor_line="#d7ffff",
    border="#bcbcbc",
    scrollbar="#bcbcbc",
    selection="#afd7ff",
    bright="#000000",
    body="#303030",
    muted="#585858",
    faint="#626262",
    accent="#005faf",
    loss="#875f00",
    loss_raw="#af875f",
    evaluation="#005fd7",
    metric="#005f5f",
)

#: All themes by name, in the order in which they are offered.
PALETTES: dict[str, Palette] = {each.name: each for each in (DARK, LIGHT, CONTRAST, SAFE_DARK, SAFE_LIGHT)}


@lru_cache(maxsize=1024)
def plain_style(style: str, theme: str = DARK.name) -> str:
    """Write a style for whoever knows no themes, such as rich: with colours instead of names. Raises KeyError."""
    return PALETTES[theme].plain(style)
