"""A quiet dark theme on exact colours of xterm's 256."""

from textual.theme import Theme

from bertft_tui.tui.glyphs import ACCENT, ERROR, TEXT, WARNING

QUIET = Theme(
    name="quiet",
    primary=ACCENT,
    secondary="#87afaf",
    accent=ACCENT,
    foreground=TEXT,
    background="#121212",
    surface="#121212",
    panel="#262626",
    success="#5fd7af",
    warning=WARNING,
    error=ERROR,
    dark=True,
    variables={
        "border": "#444444",
        "scrollbar": "#3a3a3a",
        "scrollbar-hover": "#4e4e4e",
        "scrollbar-active": ACCENT,
        "scrollbar-background": "#121212",
        "scrollbar-background-hover": "#121212",
        "scrollbar-background-active": "#121212",
        "scrollbar-corner-color": "#121212",
        "input-selection-background": "#005f87",
    },
)
