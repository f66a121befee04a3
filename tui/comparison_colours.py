"""A colour for each run of a comparison: exact ones of xterm's 256, told apart on a dark background."""

from collections.abc import Sequence

_COLOURS = (
    "#5fafff", "#ffaf5f", "#5fd7af", "#ff87af", "#ffd75f", "#af87ff", "#5fd7ff", "#ff875f", "#afd75f", "#d7afd7",
    "#d7d7af", "#87afaf",
)  # fmt: skip


def run_colours(run_ids: Sequence[str]) -> dict[str, str]:
    """The styles of runs that are shown together; with more runs than colours, some share."""
    return {run_id: _COLOURS[place % len(_COLOURS)] for place, run_id in enumerate(dict.fromkeys(run_ids))}
