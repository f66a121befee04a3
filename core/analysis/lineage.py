"""What came from what: runs as trees of parents and children, with what each step changed and brought."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bertft_tui.core.analysis.comparability import EvaluatedTexts, label_places, why_not
from bertft_tui.core.analysis.comparison import best_of
from bertft_tui.core.analysis.intervals import Interval, interval_of_best
from bertft_tui.core.analysis.kept import Kept, Sure
from bertft_tui.core.analysis.paired import Pair, adjusted, margin_of
from bertft_tui.core.analysis.significance import pair_of_runs
from bertft_tui.core.metric_names import evaluation_name
from bertft_tui.core.store.records import RunRecord

#: Tests a child (second) against its parent (first) by a metric (its full name); None where that cannot be done.
Tester = Callable[[RunRecord, RunRecord, str], Pair | None]


@dataclass(frozen=True)
class Step:
    """The way from a parent to its child: what was changed, and what came of it by a metric."""

    parent: RunRecord
    change: str  # "learning_rate 5e-5 → 2e-5"; empty where no setting was changed
    metric: str  # by its full name
    difference: float | None  # the child's best value less the parent's; None where one has none
    pair: Pair | None  # the test of that difference, corrected for all children of the parent
    why_not: str  # why the difference says nothing of the change: other texts; empty where it does


@dataclass(frozen=True)
class Branch:
    """A run in its tree. `last`: for it and each run above but the root, whether no sibling comes behind."""

    run: RunRecord
    last: tuple[bool, ...] = ()
    step: Step | None = None
    interval: Interval | None = None  # of its best value by the metric; None where nobody knows
    note: str = ""  # why a root that says it has a parent stands alone

    @property
    def depth(self) -> int:
        """How many runs stand above it."""
        return len(self.last)


#: Runs in the order in which they are shown: each behind its parent, the oldest of siblings first.
Tree = tuple[Branch, ...]


def trees(
    runs: Sequence[RunRecord],
    metric: str | None = None,
    texts: Mapping[str, EvaluatedTexts | None] | None = None,
    tester: Tester | None = None,
    sure: Sure = interval_of_best,
) -> tuple[Tree, ...]:
    """Put runs into trees by what they were made from, the tree with the newest root first.

    A run whose parent is not among them is a root, and so is the oldest one of a ring, which only a damaged store
    has. `metric` by its full name; None: what chooses each child's best checkpoint. `texts`: what is known of those
    that it was measured on, by a run's id. `sure`: how sure each best value is.
    """
    known = {run.id: run for run in runs}
    children: dict[str, list[RunRecord]] = defaultdict(list)
    oldest_first = sorted(known.values(), key=lambda run: (run.created_at, run.id))
    for run in oldest_first:
        if run.parent in known:
            children[run.parent].append(run)
    roots = [run for run in oldest_first if run.parent not in known]
    seen: set[str] = set()

    def branch_of(run: RunRecord, above: Branch | None = None, last: bool = False, note: str = "") -> Branch:
        interval = sure(run, metric or evaluation_name(run.best_metric))
        if above is None:
            return Branch(run, interval=interval, note=note)
        return Branch(run, (*above.last, last), _step(above.run, run, metric, texts or {}, tester), interval)

    found = [_tree(branch_of(root, note=_orphan(root)), children, seen, branch_of) for root in roots]
    for run in oldest_first:
        if run.id not in seen:
            note = f"its parents come back to itself ({run.parent})"
            found.append(_tree(branch_of(run, note=note), children, seen, branch_of))
    return tuple(sorted(found, key=lambda tree: tree[0].run.created_at, reverse=True))


def tree_with(found: Sequence[Tree], run_id: str) -> Tree:
    """Return the tree that a run stands in. Raises KeyError."""
    for tree in found:
        if any(branch.run.id == run_id for branch in tree):
            return tree
    raise KeyError(run_id)


def tester_of(kept: Callable[[RunRecord], Kept]) -> Tester:
    """Return what tests a child against its parent by what is `kept` of both on the same texts."""

    def test(parent: RunRecord, child: RunRecord, metric: str) -> Pair | None:
        base, run = kept(parent).said_for(metric), kept(child).said_for(metric)
        if base is None or run is None:
            return None
        return pair_of_runs(base, run, label_places(parent.labels, child.labels), metric, margin_of(metric))

    return test


def _tree(
    root: Branch,
    children: Mapping[str, Sequence[RunRecord]],
    seen: set[str],
    branch_of: Callable[[RunRecord, Branch, bool], Branch],
) -> Tree:
    """Return the tree of a root. What was made from one run is held against it together, as a comparison does it."""
    branches = list(_grow(root, children, seen, branch_of))
    places: dict[str, list[int]] = defaultdict(list)  # by the parent's id
    for place, branch in enumerate(branches):
        if branch.step is not None:
            places[branch.step.parent.id].append(place)
    for siblings in places.values():
        steps = [branches[place].step for place in siblings]
        pairs = adjusted([step.pair if step else None for step in steps])
        for place, step, pair in zip(siblings, steps, pairs, strict=True):
            branches[place] = replace(branches[place], step=replace(step, pair=pair) if step else None)
    return tuple(branches)


def _grow(
    root: Branch,
    children: Mapping[str, Sequence[RunRecord]],
    seen: set[str],
    branch_of: Callable[[RunRecord, Branch, bool], Branch],
) -> Iterator[Branch]:
    """Yield a root and all that came from it; no recursion, since a chain of runs may be long."""
    seen.add(root.run.id)
    waiting = [root]
    while waiting:
        branch = waiting.pop()
        yield branch
        below = [child for child in children.get(branch.run.id, ()) if child.id not in seen]
        seen.update(child.id for child in below)
        for child in reversed(below):
            waiting.append(branch_of(child, branch, child is below[-1]))


def _orphan(run: RunRecord) -> str:
    return f"made from {run.parent}, which is not here" if run.parent is not None else ""


def _step(
    parent: RunRecord,
    child: RunRecord,
    metric: str | None,
    texts: Mapping[str, EvaluatedTexts | None],
    tester: Tester | None,
) -> Step:
    name = metric or evaluation_name(child.best_metric)
    before, after = best_of(name, parent), best_of(name, child)
    difference = after - before if before is not None and after is not None else None
    reason = why_not(parent, child, name, texts)
    tested = tester(parent, child, name) if tester is not None and difference is not None and not reason else None
    return Step(parent, child.change_note or "", name, difference, tested, reason)
