"""What `report` prints: what a run makes of each class, and whether it is as sure as it should be."""

from bertft_tui.core.analysis.calibration import Bin, Calibration, calibration
from bertft_tui.core.analysis.classes import ClassReport, class_report
from bertft_tui.core.store import queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.kept_predictions import kept_predictions
from bertft_tui.tui.cli.output import print_json, print_table, say
from bertft_tui.tui.cli.report_document import report_document
from bertft_tui.tui.format import NOTHING, clean, count_of, metric
from bertft_tui.tui.glyphs import glyphs
from bertft_tui.tui.report_words import (
    FLATTERS,
    calibration_title,
    chose_checkpoint,
    interval_words,
    right_words,
    score_words,
    share_words,
    temperature_words,
)

#: Classes whose whole matrix is printed; of more, what is taken for what most often.
_MATRIX = 12

#: Confusions that are listed.
_LISTED = 10

#: Characters of a class in the head of the matrix.
_NAME = 16

#: Cells of a bar that is full.
_BAR = 20


def print_report(db: Database, name: str, *, tested: bool, as_json: bool) -> None:
    """Print the report of a run on its evaluation texts; `tested`: on its test split.

    Raises UnknownRunError, InputError for a run without predictions, or of numbers.
    """
    run = queries.find_run(db, name)
    said = kept_predictions(db, run, tested=tested)
    classes, sure = class_report(said, run.labels), calibration(said, run.labels)
    if as_json:
        print_json(report_document(run, said, classes, sure, tested=tested))
        return
    say(f"{run.id}  {run.name}: {right_words(said.step, classes)}")
    if chose_checkpoint(run) and not tested:
        say(FLATTERS)
    _print_confusion(classes)
    _print_classes(classes)
    _print_reliability(sure, several=classes.confusion is None)
    say(temperature_words(sure, tested=tested))


def _heading(text: str) -> None:
    print()
    say(text)


def _print_confusion(classes: ClassReport) -> None:
    if classes.confusion is None or classes.by_row is None:
        return
    counts, shares = classes.confusion.tolist(), classes.by_row.tolist()
    labels = [clean(each.label, limit=_NAME) for each in classes.scores]
    if len(labels) <= _MATRIX:
        _heading("What is taken for what: a line for each true class, a column for each predicted one")
        heads = [f"{number + 1} {label}" for number, label in enumerate(labels)]
        rows = [
            [head, *(_cell(*cell) for cell in zip(*pair, strict=True))]
            for head, pair in zip(heads, zip(counts, shares, strict=True), strict=True)
        ]
        print_table(["true", *heads], rows, right=heads)
    mistakes = classes.confusions
    if len(labels) > _MATRIX and mistakes:
        _heading(f"What is taken for what most often, of {count_of(len(mistakes), 'pair')} of classes")
        listed = [
            (each.true, each.predicted, f"{each.count:,}", share_words(each.share)) for each in mistakes[:_LISTED]
        ]
        print_table(("true", "predicted", "texts", "of the class"), listed, right=("texts", "of the class"))


def _cell(count: int, share: float) -> str:
    """A count with its share of the true class."""
    return f"{count:,} {share_words(share):>5}" if count else NOTHING


def _print_classes(classes: ClassReport) -> None:
    _heading("Each class" if classes.confusion is not None else "Each label")
    rows = [
        (
            each.label,
            metric(each.precision),
            metric(each.recall),
            metric(each.f1),
            f"{each.support:,}",
            f"{each.predicted:,}",
        )
        for each in classes.scores
    ]
    figures = ("precision", "recall", "f1", "texts", "predicted")
    print_table(("label", *figures), rows, right=figures)


def _print_reliability(sure: Calibration, *, several: bool) -> None:
    _heading(calibration_title(several=several))
    filled = [each for each in sure.bins if each.count]
    heads = ("probability", "decisions", "mean", "true", "", "95 %")
    print_table(heads, map(_bin_row, filled), right=("decisions", "mean", "true"))
    say(score_words(sure, several=several))


def _bin_row(each: Bin) -> tuple[str, ...]:
    return (
        f"{each.low:.1f} to {each.high:.1f}",
        f"{each.count:,}",
        metric(each.confidence),
        metric(each.observed),
        glyphs().bar[0] * round(_BAR * (each.observed or 0)),
        interval_words(each.interval) if each.interval is not None else "",
    )
