"""Which metric table and charts show: `auto` is, for each run, the one that chooses its best checkpoint."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bertft_tui.core.metric_names import BEST_METRICS, TEST, direction_of, evaluation_name
from bertft_tui.tui.format import metric
from bertft_tui.tui.glyphs import glyphs

if TYPE_CHECKING:
    from bertft_tui.core.store.records import MetricSummary, RunRecord

AUTO = "auto"

#: What stands beside a best value that was measured on the rows that chose the checkpoint.
SELECTED = "selected on this set"


def best_text(summary: "MetricSummary") -> str:
    """Write a metric's best value, with the mark behind it when the rows that it was measured on also chose it."""
    return f"{metric(summary.best)}{mark_of(summary)}"


def mark_of(summary: "MetricSummary | None") -> str:
    """The mark of a best value that was measured on the rows that chose it; else nothing."""
    return glyphs().selected if summary is not None and summary.is_selected else ""


def legend(runs: "Sequence[RunRecord]", choice: str) -> str:
    """Say what the mark means when one of the runs has it; else nothing."""
    marks = (mark_of(run.metrics.get(evaluation_name(metric_of(run, choice)))) for run in runs)
    return mark_words() if any(marks) else ""


def mark_words() -> str:
    """The mark and what it means: `† selected on this set`."""
    return f"{glyphs().selected} {SELECTED}"


def metric_of(run: "RunRecord", choice: str) -> str:
    """Return the name of the metric to show for a run."""
    return run.best_metric if choice == AUTO else choice


def is_of_test(choice: str) -> bool:
    """Whether a metric was chosen that was measured on the test split: texts and classes are then those of it."""
    return choice.startswith(TEST)


def choices(runs: "Sequence[RunRecord]") -> list[str]:
    """Return what there is to choose from: `auto`, then what any run reports beside its own."""
    own = {run.best_metric for run in runs}
    reported = {name for run in runs for name in run.metrics}
    names = [*BEST_METRICS, *(f"{TEST}{name}" for name in BEST_METRICS)]
    others = [name for name in names if evaluation_name(name) in reported and own != {name}]
    return [AUTO, *others]


def following(runs: "Sequence[RunRecord]", choice: str) -> str:
    """Return the choice after this one."""
    offered = choices(runs)
    return offered[(offered.index(choice) + 1) % len(offered)] if choice in offered else AUTO


def choice_title(runs: "Sequence[RunRecord]", choice: str) -> str:
    """Name the choice as the header does; runs of several tasks have no one name for `auto`."""
    own = {run.best_metric for run in runs} or {"accuracy"}
    if choice == AUTO and len(own) > 1:
        return "best metric"
    return metric_title(own.pop() if choice == AUTO else choice)


def metric_title(name: str) -> str:
    """Return a metric with the direction in which it is better."""
    return f"{name} {glyphs().up if direction_of(name) == 'up' else glyphs().down}"
