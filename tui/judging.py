"""What is read of a run for a verdict on it, and the verdict in words."""

from collections.abc import Iterable, Mapping, Sequence

from bertft_tui.core.analysis.comparison import compare
from bertft_tui.core.analysis.groups import SeedGroup, by_seed
from bertft_tui.core.analysis.kept import Kept
from bertft_tui.core.analysis.paired import Pair
from bertft_tui.core.analysis.rules.comparing import Contrast, verdict_against
from bertft_tui.core.analysis.rules.evidence import Evidence
from bertft_tui.core.analysis.rules.rule import Advice
from bertft_tui.core.analysis.rules.verdict import verdict
from bertft_tui.core.analysis.significance import held_against
from bertft_tui.core.config import Change
from bertft_tui.core.metric_names import evaluation_name
from bertft_tui.core.store import history, queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.fingerprints import alike
from bertft_tui.core.store.records import RunRecord, Series
from bertft_tui.core.store.status import RunStatus
from bertft_tui.core.store.thinning import thinned
from bertft_tui.tui.interests.curves import MAX_POINTS
from bertft_tui.tui.known_runs import MAX_RUNS

#: What stands before the settings that an advice changes.
ADVISES = "try"


def judged_by(run: RunRecord) -> tuple[str, ...]:
    """The curves that a verdict on a run needs."""
    return tuple(dict.fromkeys(("loss", "eval_loss", evaluation_name(run.best_metric))))


def judge(
    db: Database, run: RunRecord, curves: Mapping[str, Series], others: Sequence[RunRecord] | None = None
) -> tuple[Advice, ...]:
    """The verdict on a run; `others`: among which are all other seeds of it. None where they may not be all."""
    counts = history.label_counts(db, run.id)
    labels, predicted = (counts.labels, counts.predicted) if counts is not None else ((), ())
    seeds = None if others is None else 1 + sum(_is_another_seed(run, each) for each in others)
    return verdict(Evidence(run, curves, labels, predicted, seeds))


def read_and_judge(db: Database, run: RunRecord) -> tuple[Advice, ...]:
    """The verdict on a run, all that it needs read from the store."""
    curves = {name: thinned(db, run.id, name, MAX_POINTS).series for name in judged_by(run)}
    return judge(db, run, curves, seeds_of(db, [run]) if queries.count_shown(db) < MAX_RUNS else None)


def seeds_of(db: Database, runs: Sequence[RunRecord]) -> list[RunRecord]:
    """Those of the newest runs that differ from one of these in the seed alone, or in nothing."""
    return queries.records(db, alike(db, [run.id for run in runs], MAX_RUNS))


def judge_against(
    base: RunRecord,
    run: RunRecord,
    metric: str,
    kept: Mapping[str, Kept],
    *,
    others: Iterable[RunRecord],
    corrected: Pair | None = None,
) -> tuple[Advice, ...]:
    """The verdict on a run against a baseline by one metric. `others`: among which there may be other seeds of both.

    `corrected`: the test of the two, where it was made together with others.
    """
    comparison = compare((base, run), base.id, kept, (metric,))
    found, why_not = held_against(comparison, 1, kept, metric)
    known = tuple(others)
    seeds = _of_recipe(base, metric, known), _of_recipe(run, metric, known)
    return verdict_against(Contrast(base, run, metric, corrected or found, why_not, seeds))


def _of_recipe(run: RunRecord, metric: str, others: Iterable[RunRecord]) -> SeedGroup:
    """A run and all finished ones that differ in the seed alone, or in nothing."""
    finished = (each for each in others if each.status is RunStatus.FINISHED and each.id != run.id)
    members = (run, *(each for each in finished if _is_same_recipe(run, each)))
    return SeedGroup(members, metric, by_seed(members, metric))


def _is_same_recipe(run: RunRecord, other: RunRecord) -> bool:
    mine, its = run.config, other.config  # all are looked at, and two texts tell most of them apart at once
    if mine.data.dataset != its.data.dataset or mine.model.name_or_path != its.model.name_or_path:
        return False
    if (mine.model, mine.data) != (its.model, its.data):
        return False
    return mine == its or _is_another_seed(run, other)


def changes_of(run: RunRecord, advice: Advice) -> tuple[Change, ...]:
    """What an advice changes in the settings of a run."""
    now = run.config.flat()
    return tuple(Change(key, now[key], value) for key, value in advice.changes.items())


def change_words(run: RunRecord, advice: Advice) -> str:
    """What an advice changes, in a line: `learning_rate 0.01 → 0.001; warmup_steps 0 → 0.1`."""
    return "; ".join(map(str, changes_of(run, advice)))


def _is_another_seed(run: RunRecord, other: RunRecord) -> bool:
    """Whether a run differs in its seed and in nothing else."""
    mine, theirs = run.config, other.config
    if mine.training.seed == theirs.training.seed or (mine.model, mine.data) != (theirs.model, theirs.data):
        return False
    return [change.name for change in mine.diff(theirs)] == ["seed"]
