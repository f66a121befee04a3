"""The groups of seeds among compared runs, each held against the baseline's."""

from dataclasses import dataclass

from bertft_tui.core.analysis.comparison import Comparison
from bertft_tui.core.analysis.groups import GroupDifference, SeedGroup, compare_groups, seed_groups
from bertft_tui.core.analysis.paired import holm


@dataclass(frozen=True)
class HeldGroup:
    """One recipe with its seeds; `against`: what it is apart from the baseline's, None for the baseline's own.

    `p_adjusted` is corrected for all `compared` tests of the comparison by Holm's method; None without a test.
    """

    group: SeedGroup
    is_base: bool = False
    against: GroupDifference | None = None
    p_adjusted: float | None = None
    compared: int = 0
    why_not: str = ""  # why it may not be held against the baseline's; empty where it may

    def has(self, run_id: str) -> bool:
        """Whether a run is one of its seeds."""
        return any(run.id == run_id for run in self.group.runs)


def held_groups(comparison: Comparison, metric: str) -> tuple[HeldGroup, ...]:
    """Hold groups of seeds against the one of the baseline, by a metric (its full name), in the order of the runs.

    Empty where no two of the runs differ in the seed alone. Runs that may not be held against the baseline, because
    they were measured on other texts, are groups of their own, without a test.
    """
    reasons = dict(zip([run.id for run in comparison.runs], comparison.obstacles_to(metric), strict=True))
    groups = [
        *seed_groups([run for run in comparison.runs if not reasons[run.id]], metric),
        *seed_groups([run for run in comparison.runs if reasons[run.id]], metric),
    ]
    if all(len(group.values) < 2 for group in groups):
        return ()
    base = _with(groups, comparison.runs[comparison.baseline].id)
    held = [_held(group, base, reasons[group.runs[0].id]) for group in groups]
    p_values = [each.against.p_value if each.against is not None else None for each in held]
    together, compared = holm(p_values), sum(value is not None for value in p_values)
    return tuple(
        HeldGroup(each.group, each.is_base, each.against, value, compared, each.why_not)
        for each, value in zip(held, together, strict=True)
    )


def _with(groups: list[SeedGroup], run_id: str) -> SeedGroup:
    return next(group for group in groups if any(run.id == run_id for run in group.runs))


def _held(group: SeedGroup, base: SeedGroup, reasons: tuple[str, ...]) -> HeldGroup:
    if group is base:
        return HeldGroup(group, is_base=True)
    if reasons:
        return HeldGroup(group, why_not="; ".join(reasons))
    return HeldGroup(group, against=compare_groups(base.values, group.values))
