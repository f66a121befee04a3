"""What `lineage` prints."""

from collections.abc import Sequence
from functools import lru_cache

from bertft_tui.core.analysis.kept import Kept, sure_of
from bertft_tui.core.analysis.lineage import Tree, tester_of, tree_with, trees
from bertft_tui.core.store import queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.cli.output import print_json, say
from bertft_tui.tui.cli.selection import evaluated_metric, known_texts, runs_matching
from bertft_tui.tui.cli.series_documents import lineage_document
from bertft_tui.tui.format import count_of
from bertft_tui.tui.kept import kept_in_store
from bertft_tui.tui.lineage_words import effect_words, label_of, notes_of, stem, value_words

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
    by_id = lru_cache(maxsize=_AT_HAND)(lambda run_id: kept_in_store(db, run_id))

    def kept(run: RunRecord) -> Kept:
        return by_id(run.id)

    texts = known_texts(db, shown, chosen)
    found = trees(shown, chosen, texts, tester_of(kept), sure_of(kept))
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


def _print_tree(tree: Tree, chosen: str | None) -> None:
    for branch in tree:
        run, value = branch.run, value_words(branch, chosen)
        if branch.step is None:
            say(f"{run.id}  {label_of(branch)}: {value}")
        else:
            say(f"{stem(branch)}{run.id}  {label_of(branch)}: {effect_words(branch.step)} ({value})")


def _print_notes(found: Sequence[Tree], chosen: str | None) -> None:
    notes = notes_of(found, chosen)
    if notes:
        print()
        for note in notes:
            say(note)
