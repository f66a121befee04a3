"""What `report` prints: what a run makes of each class, and whether it is as sure as it should be."""

from bertft_tui.core.analysis.calibration import FEWEST, Bin, Calibration, calibration
from bertft_tui.core.analysis.classes import ClassReport, class_report
from bertft_tui.core.analysis.intervals import Interval
from bertft_tui.core.store import queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.kept_predictions import kept_predictions
from bertft_tui.tui.cli.output import print_json, print_table, say
from bertft_tui.tui.cli.report_document import chose_checkpoint, report_document
from bertft_tui.tui.format import NOTHING, clean, count_of, metric, number, percent
from bertft_tui.tui.glyphs import glyphs
from bertft_tui.tui.metric_choice import SELECTED

#: Classes whose whole matrix is printed; of more, what is taken for what most often.
_MATRIX = 12

#: Confusions that are listed.
_LISTED = 10

#: Characters of a class in the head of the matrix.
_NAME = 16

#: Cells of a bar that is full.
_BAR = 20


def print_report(db: Database, name: str, *, as_json: bool) -> None:
    """Print the report of a run. Raises UnknownRunError, InputError for a run without predictions, or of numbers."""
    run = queries.find_run(db, name)
    said = kept_predictions(db, run)
    classes, sure = class_report(said, run.labels), calibration(said, run.labels)
    if as_json:
        print_json(report_document(run, said, classes, sure))
        return
    share = f"{metric(classes.right / classes.n)}, 95 % {_interval(classes.interval)}"
    say(
        f"{run.id}  {run.name}: step {said.step}, {classes.right:,} of {count_of(classes.n, 'text')} right ({share})."
    )
    if chose_checkpoint(run):
        say(f"These rows chose the checkpoint ({SELECTED}): all figures flatter a little.")
    _print_confusion(classes)
    _print_classes(classes)
    _print_reliability(sure, several=classes.confusion is None)
    _print_temperature(sure)


def _interval(found: Interval) -> str:
    """Where the true value lies 95 times out of 100."""
    return f"{metric(found.low)} to {metric(found.high)}"


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
    mistakes = sorted(
        (-count, true, predicted)
        for true, row in enumerate(counts)
        for predicted, count in enumerate(row)
        if count and true != predicted
    )
    if len(labels) > _MATRIX and mistakes:
        _heading(f"What is taken for what most often, of {count_of(len(mistakes), 'pair')} of classes")
        names = [each.label for each in classes.scores]
        listed = [
            (names[true], names[given], f"{-count:,}", _share(shares[true][given]))
            for count, true, given in mistakes[:_LISTED]
        ]
        print_table(("true", "predicted", "texts", "of the class"), listed, right=("texts", "of the class"))


def _cell(count: int, share: float) -> str:
    """A count with its share of the true class."""
    return f"{count:,} {_share(share):>5}" if count else NOTHING


def _share(share: float) -> str:
    """A share of a class; only all of it is 100 %."""
    return ">99 %" if 0.995 <= share < 1 else percent(share)


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
    words = "how probable it says a label is, and how often it is there"
    _heading(f"Calibration: {words if several else 'how sure it says it is, and how often it is right'}")
    filled = [each for each in sure.bins if each.count]
    heads = ("probability", "decisions", "mean", "true", "", "95 %")
    print_table(heads, map(_bin_row, filled), right=("decisions", "mean", "true"))
    scale = "0 to 1" if several else "0 to 2"
    parts = [
        f"ECE {metric(sure.scores.ece)} (0 is best, {len(sure.bins)} bins)",
        f"Brier score {metric(sure.scores.brier)} ({scale})",
        f"negative log-likelihood {metric(sure.scores.nll)}",
    ]
    say(f"{', '.join(parts)}; {_measured(sure)}.")


def _measured(sure: Calibration) -> str:
    words = count_of(sure.n, "text")
    if sure.decisions != sure.n:
        words = f"{count_of(sure.decisions, 'decision')} on {words}"
    return f"{words}, {sure.left_out:,} without probabilities left out" if sure.left_out else words


def _bin_row(each: Bin) -> tuple[str, ...]:
    return (
        f"{each.low:.1f} to {each.high:.1f}",
        f"{each.count:,}",
        metric(each.confidence),
        metric(each.observed),
        glyphs().bar[0] * round(_BAR * (each.observed or 0)),
        _interval(each.interval) if each.interval is not None else "",
    )


def _print_temperature(sure: Calibration) -> None:
    warm = sure.temperature
    if warm is None:
        say(f"No temperature is fitted on fewer than {FEWEST} texts.")
        return
    before, after = sure.scores, warm.after
    way = "less sure" if warm.value > 1 else "surer"
    bound = ", the last one that is tried," if warm.at_bound else ""
    holds = "" if after.nll < before.nll else "; it is no gain on texts that it was not fitted on"
    say(
        f"Dividing its logits by a temperature of {number(warm.value, 3)}{bound} makes it {way}: ECE "
        f"{metric(before.ece)} → {metric(after.ece)}, negative log-likelihood {metric(before.nll)} → "
        f"{metric(after.nll)}, each text judged by one that was fitted on others ({warm.folds} folds of "
        f"{count_of(sure.n, 'text')}){holds}."
    )
