"""What `learning-curve` prints."""

from collections import defaultdict
from collections.abc import Sequence

from bertft_tui.core.analysis.groups import recipe_of
from bertft_tui.core.analysis.learning_curve import Foretold, LearningCurve, learning_curves
from bertft_tui.core.errors import InputError
from bertft_tui.core.series import SEED, SIZE
from bertft_tui.core.store import queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.cli.output import print_json, print_table, say
from bertft_tui.tui.cli.selection import by_metric, known_texts, runs_matching, texts_measured_on
from bertft_tui.tui.cli.series_documents import curves_document
from bertft_tui.tui.format import count_of
from bertft_tui.tui.learning_words import FIGURES, figures_of, plot_of, sentences_of, title_of
from bertft_tui.tui.recipes import foretold, of_recipes
from bertft_tui.tui.widgets.plot import draw

#: Cells and lines of the chart.
_WIDTH, _HEIGHT = 72, 12


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
    runs = of_recipes(matching, named) if named else _at_several_sizes(matching)
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
    ahead = [foretold(db, curve, at) for curve in curves]
    if as_json:
        print_json(curves_document(list(zip(curves, ahead, strict=True))))
        return
    for place, (curve, expected) in enumerate(zip(curves, ahead, strict=True)):
        if place:
            print()
        _print_curve(curve, expected, at)


def _at_several_sizes(runs: Sequence[RunRecord]) -> list[RunRecord]:
    """The runs whose recipe was trained on several numbers of rows: nobody waits for the texts of the others."""
    sizes: dict[tuple[str, ...], set[int | None]] = defaultdict(set)
    for run in runs:
        sizes[recipe_of(run, SIZE, SEED)].add(run.train_rows)
    return [run for run in runs if len(sizes[recipe_of(run, SIZE, SEED)] - {None}) > 1]


def _curves(db: Database, runs: Sequence[RunRecord], name: str) -> tuple[LearningCurve, ...]:
    return learning_curves(runs, name, known_texts(db, runs, name), texts_measured_on(db, runs, name))


def _print_curve(curve: LearningCurve, expected: Foretold | None, at: int | None) -> None:
    say(title_of(curve))
    if curve.points:
        print_table(FIGURES, [figures_of(curve, point) for point in curve.points], right=FIGURES)
    if curve.law is not None:
        _print_chart(curve, expected)
    for words in sentences_of(curve, expected, asked=at is not None):
        say(words)
    for run, why in curve.left_out:
        say(f"Left out: {run.id} ({run.name}) {why}.")


def _print_chart(curve: LearningCurve, expected: Foretold | None) -> None:
    """Draw points and law, up to what is foretold."""
    from rich.console import Console
    from rich.text import Text

    from bertft_tui.tui.widgets.strips import printed_style

    console = Console(highlight=False, soft_wrap=True)
    for row in draw(plot_of(curve, expected), min(_WIDTH, console.width), _HEIGHT):
        line = Text.assemble(*((text, printed_style(style)) for text, style in row))
        line.rstrip()
        console.print(line)
