"""What came from what, in words."""

from collections.abc import Sequence

from bertft_tui.core.analysis.lineage import Branch, Step, Tree
from bertft_tui.core.metric_names import evaluation_name, is_share
from bertft_tui.tui.difference_words import decision_words, half_width, signed
from bertft_tui.tui.format import NOTHING, count_of
from bertft_tui.tui.metric_choice import best_text, mark_of, mark_words

#: What stands where a child has its parent's settings.
NO_CHANGE = "no setting changed"


def metric_name(branch: Branch, chosen: str | None) -> str:
    """The full name of the metric that a run is looked at by: the chosen one, else its own."""
    return chosen or evaluation_name(branch.run.best_metric)


def value_words(branch: Branch, chosen: str | None) -> str:
    """`accuracy 0.871 ±.020`; of a run without a value its status."""
    name = metric_name(branch, chosen)
    summary = branch.run.metrics.get(name)
    if summary is None:
        return str(branch.run.status)
    return f"{name.removeprefix('eval_')} {best_text(summary)} {half_width(branch.interval)}".rstrip()


def label_of(branch: Branch) -> str:
    """What a run is called in its tree: its name, and behind it what was changed; a note where its parent is gone."""
    if branch.step is None:
        return branch.run.name + (f" ({branch.note})" if branch.note else "")
    change = branch.step.change or NO_CHANGE
    return change if branch.run.name == change else f"{branch.run.name}: {change}"


def stem(branch: Branch) -> str:
    """The lines that lead from the parents to a run."""
    return trunk(branch, 1) + ("└─ " if branch.last[-1] else "├─ ") if branch.last else ""


def trunk(branch: Branch, but: int = 0) -> str:
    """The lines that pass a run on their way down, all but the last so many."""
    return "".join("   " if last else "│  " for last in branch.last[: len(branch.last) - but])


def effect_words(step: Step) -> str:
    """Say what a step brought: `undecided (+0.8 points, 95 % −0.6 to 2.2; about 2,400 texts would tell)`."""
    if step.why_not:
        return f"not comparable: {step.why_not}"
    if step.pair is not None:
        return decision_words(step.pair)
    if step.difference is None:
        return NOTHING
    return f"{signed(step.metric, step.difference)}{' points' if is_share(step.metric) else ''}, not tested"


def notes_of(found: Sequence[Tree], chosen: str | None) -> list[str]:
    """What is to be known of all steps: how they were tested, which were not, and what the marks mean."""
    branches = [branch for tree in found for branch in tree]
    steps = [branch.step for branch in branches if branch.step is not None]
    notes = []
    if tested := max((step.pair.compared for step in steps if step.pair is not None), default=0):
        together = f"; those against one parent (up to {tested}) are together wrong in 5 % of cases at most (Holm)"
        notes.append(f"Paired tests on the same texts{together if tested > 1 else ''}.")
    untested = sum(step.pair is None and step.difference is not None and not step.why_not for step in steps)
    if untested:
        what = count_of(untested, "difference")
        notes.append(f"{what} not tested: a run has no predictions of these texts, or they make no such metric.")
    if any(mark_of(branch.run.metrics.get(metric_name(branch, chosen))) for branch in branches):
        notes.append(f"{mark_words()}: the best of several evaluations on the same rows flatters.")
    return notes
