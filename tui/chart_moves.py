"""Zooming, panning and reading out: pure functions from one view of the charts to the next."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import replace

from bertft_tui.tui.curves import ChartView, Stretch

#: Fewer steps than this are not zoomed in on.
_LEAST = 4


def zoomed(view: ChartView, whole: Stretch, factor: float) -> ChartView:
    """Look at a part that is longer or shorter by a factor, about the cursor, else about its middle."""
    low, high = view.stretch or whole
    length = max(_LEAST, (high - low) * factor)
    if length >= whole[1] - whole[0]:
        return replace(view, stretch=None)
    middle = view.cursor if view.cursor is not None else (low + high) / 2
    share = (middle - low) / (high - low) if high > low else 0.5
    return replace(view, stretch=_fitted(middle - length * share, length, whole))


def panned(view: ChartView, whole: Stretch, share: float) -> ChartView:
    """Look at what stands beside; the cursor comes along when it would be out of sight."""
    if view.stretch is None:
        return view
    low, high = view.stretch
    low, high = stretch = _fitted(low + (high - low) * share, high - low, whole)
    cursor = None if view.cursor is None else min(max(view.cursor, low), high)
    return replace(view, stretch=stretch, cursor=cursor)


def _fitted(low: float, length: float, whole: Stretch) -> Stretch:
    """A part of the whole that begins at `low` if that is possible."""
    first = min(max(low, whole[0]), whole[1] - length)
    return max(whole[0], round(first)), min(whole[1], round(first + length))


def moved(
    view: ChartView, steps: Sequence[int], by: int, places: int, at: Callable[[float], float] = float
) -> ChartView:
    """Move the cursor to another point: by so many columns, of which a chart has `places`; at least by one point.

    `steps`: those of all points in sight, rising; `at`: where each stands on the x axis. A cursor comes at the end
    from which it is called.
    """
    if not steps:
        return view
    if view.cursor is None:
        return replace(view, cursor=steps[0] if by > 0 else steps[-1])
    low, high = (at(steps[0]), at(steps[-1])) if view.stretch is None else (at(view.stretch[0]), at(view.stretch[1]))
    column = (high - low) / max(1, places)
    wanted = at(view.cursor) + column * (by - (0.5 if by > 0 else -0.5))
    if by > 0:
        place = bisect_right(steps, view.cursor)
        place = bisect_left(steps, wanted, lo=place, key=at)
    else:
        place = bisect_left(steps, view.cursor) - 1
        place = bisect_right(steps, wanted, hi=max(0, place + 1), key=at) - 1
    return replace(view, cursor=steps[min(max(place, 0), len(steps) - 1)])


def in_part(steps: Sequence[int], stretch: Stretch | None) -> list[int]:
    """The steps of a part."""
    if stretch is None:
        return list(steps)
    return [step for step in steps if stretch[0] <= step <= stretch[1]]


def nearest_step(steps: Sequence[int], step: float) -> int | None:
    """The step of the point that is nearest to a place; None without points."""
    return min(steps, key=lambda each: abs(each - step), default=None)
