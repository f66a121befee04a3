"""Zoom, pan and cursor as plain functions, and what of a curve is drawn of a part."""

import math

from hypothesis import given
from hypothesis import strategies as st

from bertft_tui.core.store.records import Series
from bertft_tui.tui.axis import Axis
from bertft_tui.tui.chart_headings import nearest
from bertft_tui.tui.chart_moves import in_part, moved, panned, zoomed
from bertft_tui.tui.curves import ChartView
from bertft_tui.tui.panes.vitals import spark
from bertft_tui.tui.widgets.charts import arrange
from bertft_tui.tui.widgets.plot import Curve, Mark, Plot, Upright, draw

STEPS = st.lists(st.integers(0, 2_000_000), min_size=1, max_size=50, unique=True).map(sorted)


@given(STEPS, st.lists(st.sampled_from(["in", "out", "left", "right", "back", "on", "far"]), max_size=20))
def test_whatever_one_does_the_view_stays_on_the_run(steps: list[int], moves: list[str]) -> None:
    """The part lies in the whole and is not empty; the cursor stands on a point, or on the border of the part."""
    whole, view = (0, max(1, steps[-1])), ChartView()
    for move in moves:
        match move:
            case "in" | "out":
                view = zoomed(view, whole, 0.5 if move == "in" else 2)
            case "left" | "right":
                view = panned(view, whole, 0.25 if move == "right" else -0.25)
            case _:
                by = {"back": -1, "on": 1, "far": 10}[move]
                view = moved(view, in_part(steps, view.stretch), by, 40)
        if view.stretch is not None:
            low, high = view.stretch
            assert whole[0] <= low < high <= whole[1]
            if view.cursor is not None and move in ("left", "right"):
                assert low <= view.cursor <= high


@given(STEPS, st.integers(5, 200))
def test_the_cursor_reaches_both_ends(steps: list[int], places: int) -> None:
    """Moving on always comes nearer to the end, at most a column at a time, and rests there."""
    view = moved(ChartView(), steps, 1, places)
    assert view.cursor == steps[0]
    seen = [view.cursor]
    while (view := moved(view, steps, 1, places)).cursor != seen[-1]:
        seen.append(view.cursor or 0)
    assert seen == sorted(seen)
    assert seen[-1] == steps[-1]
    assert len(seen) <= 2 * places + 3
    assert moved(view, steps, -1, places).cursor in steps


@given(STEPS, st.sampled_from(["epoch", "step", "time"]))
def test_places_and_steps_belong_together(steps: list[int], kind: str) -> None:
    """From a step to its place on the axis and back; between points time is where it must have been."""
    series = Series("loss", tuple(steps), tuple(0.0 for _ in steps), tuple(step * 0.5 for step in steps))
    axis = Axis(kind, kind, 7.0, series)  # type: ignore[arg-type]
    for step, place in zip(steps, axis.places(series), strict=True):
        assert math.isclose(axis.at(step), place)
        assert math.isclose(axis.step_at(place), step, rel_tol=1e-9, abs_tol=1e-6)
    assert nearest(series, steps[0] - 1) == 0
    assert nearest(Series("none"), 3) is None


@given(
    st.lists(st.floats(width=32) | st.just(math.nan), max_size=30),
    st.floats(-5, 40),
    st.floats(0.001, 40),
    st.booleans(),
)
def test_a_part_of_any_curve_is_drawn(values: list[float], low: float, length: float, log: bool) -> None:
    """Marks and lines beside the part, values without a place: the drawing has its size."""
    curve = Curve(tuple(map(float, range(len(values)))), tuple(values), "x", points=True)
    marks = (Mark(3, "a", "m"), Mark(500, "b", "m", y=2.0), Mark(math.nan, "c", "m", top=True))
    plot = Plot((curve,), log, window=(low, low + length), marks=marks, uprights=(Upright(1, "|", "u", 2),))
    rows = draw(plot, 40, 9)
    assert len(rows) == 9
    assert all(sum(len(text) for text, _ in row) <= 40 for row in rows)


def test_a_line_goes_on_to_the_border() -> None:
    """Between two far points one looks at a line, not at nothing."""
    plot = Plot((Curve((0.0, 100.0), (0.0, 1.0), "x"),), window=(40.0, 60.0))
    text = ["".join(text for text, _ in row) for row in draw(plot, 40, 8)]
    assert all(any(ord(char) > 0x2800 for char in line) for line in text[:-1])
    assert text[0].startswith("    ") or "0.6" in "".join(text)


@given(st.integers(0, 250), st.integers(0, 80), st.integers(1, 4))
def test_charts_that_stand_beside_each_other_fit(width: int, height: int, most: int) -> None:
    """There is at least one, never more than asked for would need, and two columns only where two fit."""
    columns, rows = arrange(width, height, most)
    assert columns >= 1
    assert rows >= 1
    assert columns * rows < most + columns
    assert columns == 1 or width >= 76


@given(st.lists(st.tuples(st.floats(0, 1e7), st.none() | st.floats(0, 1e12)), max_size=20), st.integers(1, 80))
def test_a_line_of_vitals_has_its_width(places: list[tuple[float, float | None]], width: int) -> None:
    """Whatever was measured, and when: one character a cell, the highest full."""
    top = max((value for _, value in places if value is not None), default=0.0)
    end = max((seconds for seconds, _ in places), default=0.0)
    line = spark(places, end, top, width)
    assert len(line) == width
    assert top == 0 or "█" in line
