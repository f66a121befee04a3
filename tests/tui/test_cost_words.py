"""The scatter of costs: which runs stand at its edge, and that whatever is drawn has a place."""

from compared_runs import record
from fuzzing import examples
from hypothesis import given
from hypothesis import strategies as st

from bertft_tui.core.analysis.cost import Contest, contests_of
from bertft_tui.tui.cost_words import chart_heading, plot_of
from bertft_tui.tui.glyphs import glyphs
from bertft_tui.tui.widgets.plot import draw


def contest(values: list[float], metric: str = "eval_accuracy") -> Contest:
    """Runs with these values, each a minute longer than the one before."""
    runs = [
        record(f"r{place}", {metric: value}, duration_seconds=60.0 * (place + 1))
        for place, value in enumerate(values)
    ]
    (found,) = contests_of(runs, metric)
    return found


def test_who_is_far_off() -> None:
    """A run far below the front is at the bottom, of a loss one far above at the top; none where all are near."""
    accuracy = plot_of(contest([0.79, 0.95, 0.9, 0.25]))
    assert [(mark.shape, mark.y) for mark in accuracy.marks][-1] == (glyphs().down, None)
    assert not accuracy.marks[-1].top
    assert 0.25 not in {y for curve in accuracy.curves for y in curve.ys}
    loss = plot_of(contest([0.4, 0.2, 0.3, 7.0], "eval_loss"))
    assert (loss.marks[-1].shape, loss.marks[-1].top) == (glyphs().up, True)
    assert "far off" not in "".join(text for text, _ in chart_heading(contest([0.79, 0.95, 0.9])))


def test_the_highlighted_one_lies_on_top() -> None:
    """It has a line of its own, and its mark is drawn last."""
    plot = plot_of(contest([0.8, 0.9, 0.85]), "r2")
    assert [upright.x for upright in plot.uprights] == [180.0]
    assert (plot.marks[-1].x, plot.marks[-1].y) == (180.0, 0.85)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
@examples(60)
def test_the_front_is_always_drawn(values: list[float]) -> None:
    """No run of the front is far off, and each has its mark at its value."""
    found = contest(values)
    plot = plot_of(found)
    marked = {mark.y for mark in plot.marks if mark.shape == glyphs().best}
    assert marked == {cost.value for cost in found.front}
    assert len(draw(plot, 60, 10)) == 10
