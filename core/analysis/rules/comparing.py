"""The verdict on a run against a baseline: what the difference comes to, and how far it can be trusted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bertft_tui.core.analysis.groups import SeedGroup, compare_groups
from bertft_tui.core.analysis.paired import Pair
from bertft_tui.core.analysis.rules.evidence import figure
from bertft_tui.core.analysis.rules.rule import Advice, Finding
from bertft_tui.core.analysis.rules.settings import that_differ
from bertft_tui.core.analysis.rules.thresholds import DEARER, MORE_TRIES, MOST, TIMELESS
from bertft_tui.core.config import Change
from bertft_tui.core.metric_names import TEST, is_share
from bertft_tui.core.series import SEED
from bertft_tui.core.store.records import RunRecord
from bertft_tui.core.store.status import RunStatus

#: Settings that are named; of more there is a count.
_NAMED = 3


@dataclass(frozen=True)
class Contrast:
    """A run and its baseline by one metric, and what is known of both.

    why_not: why there is no test. seeds: of the baseline's recipe and of the run's, all runs that were found.
    """

    base: RunRecord
    run: RunRecord
    metric: str  # by its full name
    pair: Pair | None
    why_not: tuple[str, ...]
    seeds: tuple[SeedGroup, SeedGroup]

    @property
    def changes(self) -> tuple[Change, ...]:
        """The settings that differ, the seed left out where others do."""
        every = tuple(self.base.config.diff(self.run.config))
        return tuple(change for change in every if change.field != SEED) or every

    @property
    def lead(self) -> str:
        """What the run is to the baseline, in a few words."""
        changes = self.changes
        return "; ".join(map(str, changes)) if 0 < len(changes) <= 2 else f"“{self.run.name}”"

    @property
    def name(self) -> str:
        """The metric without `eval_`; `test_` stays, since it says on which texts."""
        return self.metric.removeprefix("eval_")

    def values(self) -> tuple[float | None, float | None]:
        """The best values, the baseline's first."""
        both = (each.metrics.get(self.metric) for each in (self.base, self.run))
        first, second = (None if summary is None else summary.best for summary in both)
        return first, second

    def amount(self, difference: float) -> str:
        """A difference with its sign: `+1.9 points`, `−0.012`."""
        points = is_share(self.metric)
        text = f"{100 * difference:+.1f}" if points else f"{difference:+.3g}"
        return text.replace("-", "−") + (" points" if points else "")


def difference(contrast: Contrast) -> Finding | None:
    """Whether the run is better, or why nobody can say."""
    pair, (mine, theirs) = contrast.pair, contrast.values()
    if pair is None:
        if mine is None or theirs is None or not contrast.why_not:
            return None
        words = f"{contrast.name} {figure(theirs)} against {figure(mine)} says nothing by itself"
        return Finding(f"{words}: {'; '.join(contrast.why_not)}.", {})
    low, high = (contrast.amount(end).removesuffix(" points") for end in (pair.low, pair.high))
    told = f"{contrast.amount(pair.difference)} of {contrast.name} (95 % {low} to {high}, {_chance(pair.p_adjusted)}"
    told += f", the same {pair.n:,} texts)"
    match pair.decision:
        case "tie":
            within = contrast.amount(pair.margin or 0.0).removeprefix("+")
            return Finding(f"{contrast.lead} makes no difference that matters: {told}, surely within {within}.", {})
        case "undecided":
            return Finding(
                f"{contrast.lead} is not told from the baseline: {told}{_needed(pair)}.", _more_texts(contrast)
            )
        case decision:
            return Finding(f"{contrast.lead} is {decision} than the baseline: {told}.", {})


def _chance(p_value: float) -> str:
    return "p <0.001" if p_value < 0.001 else f"p {p_value:.2g}"


def _needed(pair: Pair) -> str:
    """How many texts would tell; nothing where no number would."""
    return f"; about {_two_digits(pair.needed):,} texts would tell, should it stay so" if pair.needed else ""


def _two_digits(count: int) -> int:
    return round(count, 2 - len(str(count)))


def _more_texts(contrast: Contrast) -> Mapping[str, Any]:
    """So many evaluation texts as would tell, where a number of them is set and they are not ten times as many.

    Of a test split all texts were taken.
    """
    pair, size = contrast.pair, contrast.run.config.data.eval_size
    if pair is None or pair.needed is None or size == "all" or pair.needed > 10 * pair.n:
        return {}
    if contrast.metric.startswith(TEST):
        return {}
    return {"data.eval_size": _two_digits(pair.needed)}


def several_settings(contrast: Contrast) -> Finding | None:
    """A difference that may come from any of several settings."""
    changes, pair = contrast.changes, contrast.pair
    if pair is None or pair.decision not in ("better", "worse") or len(changes) < 2:
        return None
    names = ", ".join(change.name for change in changes[:_NAMED]) + (", …" if len(changes) > _NAMED else "")
    return Finding(f"They differ in {len(changes)} settings ({names}): which of them it was is not known.", {})


def seeds(contrast: Contrast) -> Finding | None:
    """Whether the difference is more than what seeds alone bring."""
    base, run = contrast.seeds
    if recipe_is_same(contrast) or not base.values or not run.values:
        return None
    if min(len(base.values), len(run.values)) > 1:
        return _over_seeds(contrast)
    first, second = base.spread, run.spread
    assert first is not None
    assert second is not None
    known, whose = (first, "the baseline's recipe") if first.std is not None else (second, "this recipe")
    if known.std is None:
        changes = {SEED: (contrast.run.config.training.seed + 1) % 2**32}
        return Finding("Each recipe was run with 1 seed: how much another one changes is not known.", changes)
    moved = contrast.amount(known.std).removeprefix("+")
    words = f"Seeds alone move {whose} by {moved} (standard deviation of {known.n})"
    return Finding(f"{words}; the other has 1 seed.", {})


def recipe_is_same(contrast: Contrast) -> bool:
    """Whether both differ in the seed alone, or in nothing."""
    return all(change.field == SEED for change in contrast.changes)


def _over_seeds(contrast: Contrast) -> Finding | None:
    base, run = contrast.seeds
    first, second, apart = base.spread, run.spread, compare_groups(base.values, run.values)
    if first is None or second is None or apart is None:
        return None
    words = (
        f"Over seeds {figure(second.mean)} ±{figure(second.std or 0.0)} (n {second.n}) against "
        f"{figure(first.mean)} ±{figure(first.std or 0.0)} (n {first.n})"
    )
    if apart.p_value is None or apart.low is None or apart.high is None:
        return Finding(f"{words}: {apart.why}.", {})
    low, high = (contrast.amount(end).removesuffix(" points") for end in (apart.low, apart.high))
    amount = contrast.amount(apart.difference)
    return Finding(f"{words}: {amount} (95 % {low} to {high}, {apart.test}, {_chance(apart.p_value)}).", {})


def more_tries(contrast: Contrast) -> Finding | None:
    """One best value is the best of many more evaluations than the other."""
    both = [each.metrics.get(contrast.metric) for each in (contrast.base, contrast.run)]
    mine, theirs = (each.count if each is not None else 0 for each in both)
    if min(mine, theirs) < 1 or max(mine, theirs) < MORE_TRIES * min(mine, theirs):
        return None
    words = f"Its {contrast.name} is the best of {theirs} evaluations, the baseline's of {mine}"
    return Finding(f"{words}: the more there are, the more the best flatters.", {})


def cost(contrast: Contrast) -> Finding | None:
    """One took much longer on the same device, and what differs can be why: another setting, or more steps."""
    if all(change.field in TIMELESS for change in contrast.changes) and _steps_are_same(contrast):
        return None
    base, run = contrast.base, contrast.run
    both_done = {base.status, run.status} == {RunStatus.FINISHED}
    if not both_done or base.device != run.device or min(base.duration_seconds, run.duration_seconds) <= 0:
        return None
    ratio = run.duration_seconds / base.duration_seconds
    if 1 / DEARER < ratio < DEARER:
        return None
    times = f"{run.duration_seconds:,.0f} s against {base.duration_seconds:,.0f} s"
    return Finding(f"It took {ratio:.2g} times as long: {times} on {run.device}.", {})


def _steps_are_same(contrast: Contrast) -> bool:
    """Whether neither ended earlier than the other."""
    return contrast.base.progress.step == contrast.run.progress.step


#: In the order in which they are said.
RULES: dict[str, Callable[[Contrast], Finding | None]] = {
    "difference": difference,
    "several settings": several_settings,
    "seeds": seeds,
    "more tries": more_tries,
    "cost": cost,
}


def verdict_against(contrast: Contrast) -> tuple[Advice, ...]:
    """At most four sentences on a run against its baseline; none before both have a value."""
    found = [(name, rule(contrast)) for name, rule in RULES.items()]
    if found[0][1] is None:
        return ()
    said = [
        Advice(name, finding.sentence, 100.0 - place, that_differ(contrast.run.config, finding.changes))
        for place, (name, finding) in enumerate(found)
        if finding is not None
    ]
    return tuple(said[:MOST])
