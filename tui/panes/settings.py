"""The settings of a run: what sets it apart first, all others after."""

from collections.abc import Sequence

from textual.content import Content

from bertft_tui.core.config import RunConfig
from bertft_tui.core.value_text import format_value
from bertft_tui.tui.differences import differences
from bertft_tui.tui.format import NOTHING, content
from bertft_tui.tui.glyphs import BRIGHT, FAINT, MUTED, WARNING
from bertft_tui.tui.hanging import Hung
from bertft_tui.tui.panes.frame import Line, Pane, apart, muted, title

_NAMES = 30

#: Cells of a pane in which there is no room for sections too.
_NARROW = 70


def settings_lines(pane: Pane) -> list[Line]:
    """What differs from parent or preset, then from the defaults, then section by section what is as it always is."""
    found = differences(pane.run, pane.snapshot)
    changed = {change.field: format_value(change.old) or NOTHING for change in found.changes}
    defaults, mine = RunConfig().flat(), pane.run.config.flat()
    own = [key for key in mine if key in changed]
    others = [key for key in mine if key not in changed and mine[key] != defaults[key]]
    parts: list[Sequence[Line]] = [
        _part(f"differs from {found.origin}", own, pane, changed),
        _part("not the default", others, pane, {}, defaults),
    ]
    if not own and not pane.find:
        parts[0] = [muted("Nothing differs from ") + content(found.origin, BRIGHT, limit=200) + muted(".")]
    if not pane.only:
        usual = [key for key in mine if key not in changed and mine[key] == defaults[key]]
        for section in dict.fromkeys(key.partition(".")[0] for key in usual):
            keys = [key for key in usual if key.startswith(f"{section}.")]
            parts.append(_part(f"{section}, as by default", keys, pane, {}))
    if not any(parts):
        return [muted("No setting fits.")]
    if pane.only and not pane.find:
        parts.append([muted(f"{len(mine) - len(own) - len(others)} more are as by default: o shows them.")])
    return apart(parts)


def _part(
    heading: str,
    keys: list[str],
    pane: Pane,
    was: dict[str, str],
    defaults: dict[str, object] | None = None,
) -> Sequence[Line]:
    mine = pane.run.config.flat()
    shown = [key for key in keys if pane.wants(key, format_value(mine[key]))]
    if not shown:
        return []
    return [title(heading), *(_setting(key, mine[key], was.get(key), defaults, pane.width) for key in shown)]


def _setting(key: str, value: object, was: str | None, defaults: dict[str, object] | None, width: int) -> Hung:
    """A line: sections are named where settings of several stand together and there is room."""
    section, _, name = key.partition(".")
    mixed = was is not None or defaults is not None
    usual = format_value(defaults[key]) or NOTHING if defaults is not None else None
    line = Content.assemble(
        ("* " if was is not None else "  ", WARNING),
        (f"{name:<{_NAMES}} ", MUTED),
        content(format_value(value) or NOTHING, BRIGHT if mixed else MUTED, limit=300),
        content(f"  was {was}" if was is not None else "", FAINT, limit=300),
        content(f"  default {usual}" if usual is not None else "", FAINT, limit=300),
        (f"  {section}" if mixed and not 0 < width < _NARROW else "", FAINT),
    )
    return Hung(line, _NAMES + 3)
