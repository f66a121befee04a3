"""What `lineage` prints."""

from collections.abc import Sequence
from functools import lru_cache

from bertft_tui.core.analysis.comparability import label_places
from bertft_tui.core.analysis.lineage import Branch, Step, Tree, tree_with, trees
from bertft_tui.core.analysis.paired import Pair, margin_of, pair
from bertft_tui.core.analysis.pairing import in_step
from bertft_tui.core.metric_names import evaluation_name, is_share
from bertft_tui.core.store import history, queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.predictions import Predictions
from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.cli.output import print_json, say
from bertft_tui.tui.cli.selection import evaluated_metric, known_texts, runs_matching
from bertft_tui.tui.cli.series_documents import lineage_document
from bertft_tui.tui.format import NOTHING, count_of, number
from bertft_tui.tui.metric_choice import best_text, mark_of, mark_words

#: Predictions that are kept at hand: a parent is asked for with each of its children.
_AT_HAND = 64


def print_lineage(db: Database, name: str | None, *, metric: str | None, as_json: bool) -> None:
    """Print the tree of a run, or all trees of more than one run.

    Raises UnknownRunError, and InputError for a metric that none of them has.
    """
    meant = queries.find_run(db, name) if name is not None else None
    runs = runs_matching(db)
    if meant is not None and all(run.id != meant.id for run in runs):
        runs.append(meant)  # one in the trash that is named is shown all the same
    found = trees(runs)
    if meant is not None:
        found = (tree_with(found, meant.id),)
    shown = [branch.run for tree in found if meant is not None or len(tree) > 1 for branch in tree]
    chosen = evaluated_metric(shown, metric) if metric is not None else None
    found = trees(shown, chosen, known_texts(db, shown), _Tester(db))
    if as_json:
        print_json(lineage_document(found))
        return
    if not found:
        alone = (
            f"{count_of(len(runs), 'run')}, none of them made from another: `bertft-tui run --from RUN` does that."
        )
        say(alone)
    for place, tree in enumerate(found):
        if place:
            print()
        _print_tree(tree, chosen)
    _print_notes(found, chosen)


class _Tester:
    """Tests a child against its parent by what both predicted, as far as the store has kept that."""

    def __init__(self, db: Database) -> None:
        self._kept = lru_cache(maxsize=_AT_HAND)(lambda run_id: history.predictions(db, run_id))

    def __call__(self, parent: RunRecord, child: RunRecord, metric: str) -> Pair | None:
        """Return the test; None where one of both has no predictions, or they do not make such a metric."""
        base: Predictions | None = self._kept(parent.id)
        said: Predictions | None = self._kept(child.id)
        if base is None or said is None or not metric.startswith("eval_"):
            return None
        together = in_step(base, said, label_places(parent.labels, child.labels))
        return None if together is None else pair(*together, metric, margin_of(metric))


def _print_tree(tree: Tree, chosen: str | None) -> None:
    for branch in tree:
        run, metric = branch.run, chosen or evaluation_name(branch.run.best_metric)
        summary = run.metrics.get(metric)
        value = f"{metric.removeprefix('eval_')} {best_text(summary)}" if summary is not None else str(run.status)
        if branch.step is None:
            say(f"{run.id}  {run.name}: {value}" + (f" ({branch.note})" if branch.note else ""))
            continue
        change = branch.step.change or "no setting changed"
        name = "" if run.name == change else f"  {run.name}:"
        say(f"{_stem(branch)}{run.id}{name}  {change}: {effect_words(branch.step)} ({value})")


def _stem(branch: Branch) -> str:
    """The lines that lead from the parents to a run."""
    before = "".join("   " if last else "│  " for last in branch.last[:-1])
    return before + ("└─ " if branch.last[-1] else "├─ ")


def effect_words(step: Step) -> str:
    """Say what a step brought: `+0.8, undecided (about 2,400 texts would tell)`."""
    if step.why_not:
        return f"not comparable, {step.why_not}"
    difference = step.pair.difference if step.pair is not None else step.difference
    if difference is None:
        return NOTHING
    amount = f"{difference * 100:+.1f}" if is_share(step.metric) else f"{difference:+.2g}"
    return ", ".join(filter(None, [amount.replace("-", "−"), _verdict(step.pair)]))


def _verdict(tested: Pair | None) -> str:
    if tested is None:
        return "not tested"
    if tested.needed is None:
        return tested.decision
    return f"{tested.decision} (about {number(float(f'{tested.needed:.2g}'))} texts would tell)"


def _print_notes(found: Sequence[Tree], chosen: str | None) -> None:
    steps = [branch.step for tree in found for branch in tree if branch.step is not None]
    notes = []
    if any(is_share(step.metric) for step in steps):
        notes.append("Differences of shares are in points.")
    if tested := max((step.pair.compared for step in steps if step.pair is not None), default=0):
        words = f"all tests of a tree together (up to {tested}) are wrong in 5 % of cases at most (Holm)"
        notes.append(f"Paired tests on the same texts; {words}.")
    untested = sum(step.pair is None and step.difference is not None and not step.why_not for step in steps)
    if untested:
        what = count_of(untested, "difference")
        notes.append(f"{what} not tested: a run has no predictions of these texts, or they make no such metric.")
    marks = [branch.run.metrics.get(chosen or evaluation_name(branch.run.best_metric)) for t in found for branch in t]
    if any(map(mark_of, marks)):
        notes.append(f"{mark_words()}: the best of several evaluations on the same rows flatters.")
    if notes:
        print()
        for note in notes:
            say(note)
