"""How names that are too long for their column are cut: so that each can still be told from the others."""

from collections import defaultdict
from collections.abc import Iterable

from rich.cells import cell_len, set_cell_size

from bertft_tui.tui.widgets.strips import fit_cells

#: In a narrower column there is no room for two parts of a name.
_LEAST = 8


def told_apart(names: Iterable[str], width: int) -> dict[str, str]:
    """Cut names to so many cells: at their ends where that keeps them apart, else `learning_rate 3e-5, t…seed 1`.

    Where there is no room for all that tells them apart, some look alike.
    """
    cut = {name: fit_cells(name, width) for name in names}
    if width < _LEAST or len(set(cut.values())) == len(cut):
        return cut
    for head in (width - 1, width // 2):
        found = cut | _without_middles(cut, head, width)
        if len(set(found.values())) == len(found):
            break
    return found


def _without_middles(names: Iterable[str], head: int, width: int) -> dict[str, str]:
    """Cut those that are equal in the first cells in the middle."""
    alike: dict[str, list[str]] = defaultdict(list)
    for name in names:
        alike[set_cell_size(name, head)].append(name)
    cut: dict[str, str] = {}
    for group in alike.values():
        if len(group) > 1:
            cut |= _without_the_middle(group, width)
    return cut


def _without_the_middle(names: list[str], width: int) -> dict[str, str]:
    """Cut names that begin alike: their beginning, `…`, and them from the place on at which they differ."""
    room = width - width // 2 - 1
    start = _place_of_difference(names, room)
    longest = min(room, max(cell_len(name[start:]) for name in names))
    tails = told_apart({name[start:] for name in names}, longest)
    return {name: f"{set_cell_size(name, width - 1 - longest)}…{tails[name[start:]]}" for name in names}


def _place_of_difference(names: list[str], room: int) -> int:
    """Where names begin to differ: with the words before it, if there is room for them."""
    first, last = min(names), max(names)  # what these two share, all share
    places = (place for place, (one, other) in enumerate(zip(first, last, strict=False)) if one != other)
    shared = first[: next(places, len(first))]
    for begin in (shared.rfind(", ") + 2, shared.rfind(" ") + 1):
        if begin > 1 and all(cell_len(name[begin:]) <= room for name in names):
            return begin
    return max(1, len(shared))
