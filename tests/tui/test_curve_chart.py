"""The chart as text: shapes, scales, and what is odd."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from snapshots import assert_matches

from bertft_tui.core.analysis.smoothing import LEVELS, level_after, smooth
from bertft_tui.tui.glyphs import glyphs
from bertft_tui.tui.widgets.plot import Curve, Plot, draw
from bertft_tui.tui.widgets.scale import Scale, fit

LOSSES = tuple(1.6 * math.exp(-step / 20) + 0.06 * math.sin(step * 2.3) + 0.1 for step in range(76))
EPOCHS = tuple((step + 1) / 38 for step in range(76))
TRAINING = (
    Curve(EPOCHS, LOSSES, "dim"),
    Curve(EPOCHS, smooth(LOSSES, 0.8), "bright"),
    Curve((1.0, 2.0), (0.5, 0.2), "points", points=True),
)


def text_of(plot: Plot, width: int, height: int) -> str:
    """A plot without its colours."""
    return "\n".join("".join(text for text, _ in row) for row in draw(plot, width, height))


@pytest.mark.parametrize(
    ("name", "plot", "size"),
    [
        ("chart-training", Plot(TRAINING), (60, 12)),
        ("chart-log", Plot(TRAINING, log_y=True), (60, 12)),
        ("chart-small", Plot(TRAINING), (12, 4)),
        ("chart-half-way", Plot((Curve(EPOCHS[:38], LOSSES[:38], "x"),), x_end=2.0), (60, 10)),
        ("chart-nan", Plot((Curve((1, 2, 3, 4, 5), (0.5, 0.4, math.nan, 0.6, 0.5), "x"),)), (40, 8)),
        ("chart-diverged", Plot((Curve((1, 2, 3, 4, 5), (0.5, 0.4, 2.0, 2.1, 2.2), "x"),), diverged=4), (40, 8)),
        ("chart-constant", Plot((Curve((1, 2, 3), (5.0, 5.0, 5.0), "x"),)), (40, 6)),
        ("chart-one-point", Plot((Curve((3,), (0.7,), "x"),)), (40, 6)),
        ("chart-steps", Plot((Curve(tuple(range(0, 5000, 50)), tuple(range(100)), "x"),)), (60, 8)),
    ],
)
def test_charts_look_as_they_did(name: str, plot: Plot, size: tuple[int, int]) -> None:
    """A chart is what somebody looked at and found right."""
    assert_matches(name, text_of(plot, *size))


def test_charts_without_braille(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the terminal asks for ASCII, a chart is ASCII."""
    monkeypatch.setenv("BERTFT_ASCII", "1")
    drawn = text_of(Plot(TRAINING), 60, 12)
    assert drawn.isascii()
    assert glyphs().point in drawn
    assert_matches("chart-ascii", drawn)


VALUES = st.lists(st.floats(width=64) | st.just(math.nan), max_size=40)


@given(VALUES, st.integers(12, 90), st.integers(4, 30), st.booleans(), st.booleans())
def test_any_values_at_any_size_fit(values: list[float], width: int, height: int, log_y: bool, points: bool) -> None:
    """NaN, infinities, 1e308, nothing at all: the drawing has the asked height and is never too wide."""
    plot = Plot((Curve(tuple(float(x) for x in range(len(values))), tuple(values), "x", points),), log_y)
    rows = draw(plot, width, height)
    assert len(rows) == height
    assert all(sum(cell_len(text) for text, _ in row) <= width for row in rows)


def test_later_curves_lie_on_top() -> None:
    """Where two curves meet, the colour is the later one's."""
    flat = [Curve((0, 1), (1, 1), colour) for colour in ("under", "over")]
    colours = {colour for row in draw(Plot(tuple(flat)), 30, 6) for _, colour in row}
    assert "over" in colours
    assert "under" not in colours


@given(st.floats(-1e3, 1e3), st.floats(1e-4, 1e6), st.integers(1, 12))
def test_ticks_are_inside_few_and_rising(low: float, span: float, count: int) -> None:
    """Ticks lie on the axis, in order, and there are about as many as asked for."""
    scale = Scale(low, low + span)
    values = [value for value, _ in scale.ticks(count)]
    assert values == sorted(values)
    assert len(values) <= count + 1
    assert all(low - span * 1e-6 <= value <= low + span * (1 + 1e-6) for value in values)


def test_a_log_axis_leaves_out_what_has_no_logarithm() -> None:
    """Zero and below have no place on a logarithmic axis."""
    scale = fit([0.0, -1.0, 0.1, 10.0], log=True)
    assert math.isnan(scale.fraction(0.0))
    assert 0 < scale.fraction(1.0) < 1


@pytest.mark.parametrize(
    ("values", "most", "high"),
    [([1.0, 1.0], 1.0, 1.0), ([0.5, 0.99], 1.0, 1.0), ([0.5, 0.7], 1.0, 0.708), ([1, 3], 1.0, 3)],
)
def test_an_axis_ends_where_no_value_can_be(values: list[float], most: float, high: float) -> None:
    """No room above what a metric cannot exceed; a value that does is shown all the same."""
    assert fit(values, most=most).high == pytest.approx(high)


def test_smoothing_begins_at_the_first_value_and_passes_over_nan() -> None:
    """The average is corrected for its start, and a NaN neither ends nor moves it."""
    smoothed = smooth((2.0, math.nan, 2.0), 0.9)
    assert smoothed[0] == pytest.approx(2.0)
    assert math.isnan(smoothed[1])
    assert smoothed[2] == pytest.approx(2.0)
    assert smooth((1.0, 3.0), 0.0) == (1.0, 3.0)


def test_smoothing_levels_stop_at_their_ends() -> None:
    """`+` and `-` go through the levels and stay at the ends."""
    assert level_after(LEVELS[0], -1) == LEVELS[0]
    assert level_after(LEVELS[-1], 1) == LEVELS[-1]
    assert level_after(0.8, 1) == 0.9


def colours_of(plot: Plot) -> list[str]:
    """The colours of a plot's cells that have something of a curve, from left to right."""
    rows = draw(plot, 40, 6)[:-1]
    return [colour for row in rows for text, colour in row[1:] for char in text if char != " "]


def test_curves_that_are_alike_do_not_hide_each_other() -> None:
    """Where they coincide the last has every second cell and the others take turns; its label comes first."""
    flat = [Curve((0.0, 1.0), (0.5, 0.5), colour) for colour in "abc"]
    assert set(colours_of(Plot(tuple(flat)))) == {"c"}
    shared = colours_of(Plot(tuple(flat), alike=True))
    assert shared[::2] == ["c"] * len(shared[::2]) or shared[1::2] == ["c"] * len(shared[1::2])
    assert shared.count("a") == pytest.approx(shared.count("b"), abs=1)
    apart = Plot((flat[0], Curve((0.0, 1.0), (0.9, 0.9), "b")), alike=True)
    assert sorted(colours_of(apart)) == sorted(colours_of(replace(apart, alike=False)))
    labelled = Plot(tuple(replace(curve, label=curve.colour) for curve in flat), alike=True)
    assert text_of(labelled, 40, 3).splitlines()[0].rstrip()[-1] in "abc"


def test_points_in_one_place_are_drawn_as_several() -> None:
    """What is alone keeps its shape; with lines or NaN in it a cell is no point of several."""
    first = Curve((0.0, 1.0, 2.0), (0.2, 0.5, math.nan), "a", points=True)
    second = Curve((0.0, 1.0, 2.0), (0.8, 0.5, math.nan), "b", points=True)
    drawn = text_of(Plot((first, second), alike=True), 40, 8)
    assert (drawn.count("●"), drawn.count("◉"), drawn.count("×")) == (2, 1, 1)
    assert "◉" not in text_of(Plot((first,), alike=True), 40, 8)
