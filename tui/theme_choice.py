"""Which theme a choice comes to: `auto` follows the terminal."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from bertft_tui.core.errors import InputError
from bertft_tui.tui.palettes import DARK, PALETTES

AUTO = "auto"

#: The theme of one start, where the command line names none.
VARIABLE = "BERTFT_THEME"


def background_told(environment: Mapping[str, str]) -> str:
    """What `COLORFGBG` says: `dark`, `light`, or nothing. Its last part is one of sixteen colours."""
    last = environment.get("COLORFGBG", "").rpartition(";")[2]
    if not (last.isascii() and last.isdecimal()) or int(last) > 15:
        return ""
    return "light" if int(last) in (7, *range(9, 16)) else "dark"


def theme_of(choice: str, *backgrounds: str) -> str:
    """The theme for a choice. `auto` takes the first background that is known, else the dark one."""
    return choice if choice in PALETTES else next(filter(None, backgrounds), DARK.name)


def asked_theme(environment: Mapping[str, str]) -> dict[str, Any]:
    """The setting that `--theme` or `BERTFT_THEME` asks for; empty when neither does. Raises InputError."""
    asked = environment.get(VARIABLE, "")
    if asked and asked not in (AUTO, *PALETTES):
        raise InputError(
            "There is no such theme",
            f"{asked!r} is none.",
            f"Choose one of these: {', '.join((AUTO, *PALETTES))}.",
        )
    return {"theme": asked} if asked else {}


@lru_cache(maxsize=1)
def printed_theme() -> str:
    """The theme whose colours the commands print in."""
    import os

    from bertft_tui.core.paths import settings_file
    from bertft_tui.tui.settings_file import read

    settings, _ = read(settings_file())
    choice = os.environ.get(VARIABLE) or settings.theme  # what is none of ours is as good as `auto` here
    return theme_of(choice, background_told(os.environ), settings.background)
