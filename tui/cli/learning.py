"""What `learning-curve` prints."""

from collections import defaultdict
from collections.abc import Sequence

from bertft_tui.core.analysis.groups import recipe_of
from bertft_tui.core.analysis.learning_curve import (
    Basis,
    Foretold,
    LearningCurve,
    Point,
    expect,
    learning_curves,
    turned,
)
from bertft_tui.core.analysis.power_law import PowerLaw
from bertft_tui.core.errors import InputError
from bertft_tui.core.metric_names import direction_of
from bertft_tui.core.run_names import default_name
from bertft_tui.core.series import SEED, SIZE
from bertft_tui.core.store import history, queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.cli.output import print_json, print_table, say
from bertft_tui.tui.cli.selection import by_metric, known_texts, runs_matching, texts_measured_on
from bertft_tui.tui.cli.series_documents import curves_document
from bertft_tui.tui.format import NOTHING, count_of, duration, metric, number
from bertft_tui.tui.glyphs import ACCENT, METRIC, glyphs
from bertft_tui.tui.widgets.plot import Curve, Plot, draw

#: Cells and lines of the chart, and the points of its drawn law.
_WIDTH, _HEIGHT, _LAW = 72, 12, 120

#: Points that lie so far from their law in fewer cases than these are said to.
_ODD = 0.05

_ABOUT: dict[Basis, str] = {
    "texts": "of other texts and seeds",
    "seeds": "of other seeds on these texts",
    "scatter": "by how the points lie about the curve",
}


def print_curves(
    db: Database,
    names: Sequence[str],
    where: str,
    experiment: str | None,
    *,
    metric: str | None,
    at: int | None,
    as_json: bool,
) -> None:
    """Print the curves of the recipes of some runs, or of all that stand at several sizes.

    Raises UnknownRunError, FilterError, and InputError where there is none, or no such metric.
    """
    named = [queries.find_run(db, name) for name in names]
    matching = runs_matching(db, where, experiment)
    runs = _of_recipes(matching, named) if named else _at_several_sizes(matching)
    found = by_metric(runs, metric) if runs else {}
    curves = [curve for name, members in found.items() for curve in _curves(db, members, name)]
    if not named:
        curves = [curve for curve in curves if len(curve.points) > 1]
    if not curves:
        raise InputError(
            "No recipe at several sizes",
            f"{count_of(len(matching), 'run')} to choose from, no two of which have finished and differ in the "
            "number of their training rows, and at most in the seed besides.",
            "`bertft-tui run --sizes 250,500,1000` makes a curve.",
        )
    ahead = [_ahead(db, curve, at) for curve in curves]
    if as_json:
        print_json(curves_document(list(zip(curves, ahead, strict=True))))
        return
    for place, (curve, expected) in enumerate(zip(curves, ahead, strict=True)):
        if place:
            print()
        _print_curve(curve, expected, at)


def _of_recipes(runs: Sequence[RunRecord], named: Sequence[RunRecord]) -> list[RunRecord]:
    """The runs of the same recipes as those that were named."""
    recipes = {recipe_of(run, SIZE, SEED) for run in named}
    return [run for run in runs if recipe_of(run, SIZE, SEED) in recipes]


def _at_several_sizes(runs: Sequence[RunRecord]) -> list[RunRecord]:
    """The runs whose recipe was trained on several numbers of rows: nobody waits for the texts of the others."""
    sizes: dict[tuple[str, ...], set[int | None]] = defaultdict(set)
    for run in runs:
        sizes[recipe_of(run, SIZE, SEED)].add(run.train_rows)
    return [run for run in runs if len(sizes[recipe_of(run, SIZE, SEED)] - {None}) > 1]


def _curves(db: Database, runs: Sequence[RunRecord], name: str) -> tuple[LearningCurve, ...]:
    return learning_curves(runs, name, known_texts(db, runs), texts_measured_on(db, runs, name))


def _ahead(db: Database, curve: LearningCurve, at: int | None) -> Foretold | None:
    """What is foretold: at the rows that were asked for, else of the whole set; None where its rows are not known."""
    rows = at or curve.whole or _available(db, curve.runs)
    return expect(curve, rows) if rows else None


def _available(db: Database, runs: Sequence[RunRecord]) -> int | None:
    """How many rows there are to train on, as the newest run that said so found."""
    for run in sorted(runs, key=lambda each: each.created_at, reverse=True):
        for event in history.events(db, run.id, kind="plan", limit=1):
            if type(found := event.fields.get("train_available")) is int and found > 0:
                return found
    return None


def _print_curve(curve: LearningCurve, expected: Foretold | None, at: int | None) -> None:
    config = (curve.runs or tuple(run for run, _ in curve.left_out))[0].config
    say(f"{default_name(config.with_settings({SIZE: 'all'}), but=(SEED,))}: {curve.metric}")
    if curve.points:
        figures = ("rows", "mean", "seeds", "deviation", "best", "worst")
        print_table(figures, map(_cells, curve.points), right=figures)
    if curve.law is not None:
        _print_chart(curve, curve.law, expected)
        say(_law_words(curve.law, curve.metric))
        if curve.misfit is not None and curve.misfit < _ODD:
            what = f"The points are no power law by their noise alone (p = {number(curve.misfit, 2)})"
            say(f"{what}: the interval is as much wider, and the law may not hold beyond them.")
    if expected is None:
        say(_sentence(curve.why) or "How many rows there are in all is not known: --at N foretells any number.")
    else:
        say(expected_words(curve, expected, asked=at is not None))
    for run, why in curve.left_out:
        say(f"Left out: {run.id} ({run.name}) {why}.")


def _cells(point: Point) -> tuple[str, ...]:
    spread = point.spread
    deviation = f"{glyphs().plus_minus}{metric(spread.std)}" if spread.std is not None else NOTHING
    return f"{point.rows:,}", metric(spread.mean), str(spread.n), deviation, metric(spread.best), metric(spread.worst)


def _law_words(law: PowerLaw, name: str) -> str:
    error = name if direction_of(name) == "down" else f"1 - {name}"
    if not law.scale:
        return f"{error} = {metric(law.floor)}: no gain from more rows is seen."
    floor = f"{metric(law.floor)} + " if law.floor else ""
    return f"{error} = {floor}{number(law.scale, 3)} × rows^-{law.exponent:.2f}"


def expected_words(curve: LearningCurve, expected: Foretold, *, asked: bool) -> str:
    """Say what a number of rows would bring: `At 25,000 rows about 0.921 (0.900 to 0.940), 8:03 on cuda:0.`"""
    measured = next((point for point in curve.points if point.rows == expected.rows), None)
    if measured is not None and not asked:
        words = count_of(measured.spread.n, "seed")
        return f"The whole set was measured: {metric(measured.spread.mean)} at {expected.rows:,} rows ({words})."
    if expected.value is None:
        return f"At {expected.rows:,} rows: {expected.why}."
    words = f"At {expected.rows:,} rows about {metric(expected.value)}"
    if expected.low is not None and expected.high is not None and curve.basis is not None:
        words += f" ({metric(expected.low)} to {metric(expected.high)})"
    if expected.seconds is not None:
        words += f", {duration(expected.seconds)} on {expected.device}"
    behind = f"95 % {_ABOUT[curve.basis]}" if curve.basis is not None else expected.why
    return f"{words}. {behind[:1].upper()}{behind[1:]}."


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _print_chart(curve: LearningCurve, law: PowerLaw, expected: Foretold | None) -> None:
    """Draw points and law, up to what is foretold."""
    from rich.console import Console
    from rich.text import Text

    from bertft_tui.tui.widgets.strips import rich_style

    end = max([curve.points[-1].rows, *([expected.rows] if expected and expected.value is not None else [])])
    begin = curve.points[0].rows
    xs = tuple(begin + (end - begin) * place / _LAW for place in range(_LAW + 1))
    points = [(float(point.rows), point.spread.mean) for point in curve.points]
    plot = Plot(
        curves=(
            Curve(xs, tuple(turned(law(x), curve.metric) for x in xs), METRIC),
            Curve(tuple(x for x, _ in points), tuple(y for _, y in points), ACCENT, points=True),
        )
    )
    console = Console(highlight=False, soft_wrap=True)
    for row in draw(plot, min(_WIDTH, console.width), _HEIGHT):
        line = Text.assemble(*((text, rich_style(style)) for text, style in row))
        line.rstrip()
        console.print(line)
