"""What came from what, and what each step brought."""

import time
from dataclasses import dataclass

from bertft_tui.core.analysis.kept import Kept, sure_of
from bertft_tui.core.analysis.lineage import Tree, tester_of, tree_with, trees
from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.interests.evaluated import kept_of
from bertft_tui.tui.interests.interest import Source
from bertft_tui.tui.interests.many import AmongMany, Found, runs_of

#: Runs that are shown at most, as many whole trees as come to that; the first one in any case.
MOST_SHOWN = 300


@dataclass(frozen=True)
class Families(Found):
    """The tree of a run first, then those of more than one run; `left_out`: how many have no room."""

    trees: tuple[Tree, ...] = ()
    left_out: int = 0


@dataclass(frozen=True)
class FamilyOf(AmongMany[Families]):
    """The tree of a run, and all others of more than one. `metric`: by its full name; None: each run's own."""

    run_id: str
    metric: str | None

    def read(self, source: Source, before: Families | None) -> Families:
        """Put runs into trees, then test the steps of those that are shown."""
        began = time.perf_counter()
        source.known.need((self.run_id,))
        run = source.known.by_id.get(self.run_id)
        others = [each for each in runs_of(source) if each.id != self.run_id]
        found = trees([run, *others] if run is not None else others)
        own = tree_with(found, self.run_id) if run is not None else None
        wanted = [tree for tree in found if tree is not own and len(tree) > 1]
        shown = [own] if own is not None else []
        for tree in wanted:
            if sum(map(len, shown)) + len(tree) > MOST_SHOWN:
                break
            shown.append(tree)
        left_out = len(wanted) + (own is not None) - len(shown)
        tested = tuple(tested_tree for tree in shown for tested_tree in self._tested(source, tree))
        return Families(tested, left_out, took=time.perf_counter() - began)

    def _tested(self, source: Source, tree: Tree) -> tuple[Tree, ...]:
        """A tree again, with the tests of its steps: it falls into no others, since it is whole."""
        runs = [branch.run for branch in tree]
        texts = {run.id: kept_of(source, run).texts_for(self.metric) for run in runs}

        def kept(run: RunRecord) -> Kept:
            return kept_of(source, run)

        return trees(runs, self.metric, texts, tester_of(kept), sure_of(kept))
