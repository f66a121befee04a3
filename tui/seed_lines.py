"""What compared runs come to as groups of seeds: cells for the comparison's table."""

from bertft_tui.core.analysis.comparison import Comparison
from bertft_tui.core.analysis.held_groups import HeldGroup
from bertft_tui.core.analysis.significance import Significance
from bertft_tui.core.metric_names import is_share
from bertft_tui.tui.difference_words import from_to, p_text, signed
from bertft_tui.tui.format import NOTHING, metric
from bertft_tui.tui.glyphs import glyphs


def seed_rows(comparison: Comparison, sure: Significance) -> list[tuple[str, list[str]]]:
    """Labels, each with a text for every run: the figures of its group, and what it is apart from the baseline's.

    Empty where no two runs differ in the seed alone.
    """
    if not sure.groups:
        return []
    held = [next(each for each in sure.groups if each.has(run.id)) for run in comparison.runs]
    unit = " (points)" if is_share(sure.metric) else ""
    tests = max(each.compared for each in held)
    rows = [
        ("  mean of seeds", [mean_words(each) for each in held]),
        ("  best, worst seed", [_ends(each) for each in held]),
        (f"  seeds vs {glyphs().baseline}{unit}", [_difference(each) for each in held]),
        ("  95 % of seeds", [_interval(each) for each in held]),
        (f"  t-test{f', Holm of {tests}' if tests > 1 else ''}", [_test(each) for each in held]),
        ("  no test of seeds", [_why(each) for each in held]),
    ]
    return [(label, texts) for label, texts in rows if any(texts)]


def mean_words(held: HeldGroup) -> str:
    """`0.874 ±0.004 of 5`; of one seed there is no deviation."""
    spread = held.group.spread
    if spread is None:
        return NOTHING
    if spread.std is None:
        return f"{metric(spread.mean)}, one seed"
    return f"{metric(spread.mean)} {glyphs().plus_minus}{metric(spread.std)} of {spread.n}"


def _ends(held: HeldGroup) -> str:
    spread = held.group.spread
    return f"{metric(spread.best)}, {metric(spread.worst)}" if spread is not None and spread.n > 1 else ""


def _difference(held: HeldGroup) -> str:
    if held.is_base:
        return "base"
    if held.why_not:
        return glyphs().unlike
    return signed(held.group.metric, held.against.difference) if held.against is not None else NOTHING


def _interval(held: HeldGroup) -> str:
    against = held.against
    if against is None or against.low is None or against.high is None:
        return ""
    return from_to(held.group.metric, against.low, against.high)


def _test(held: HeldGroup) -> str:
    """`p 0.013, paired t` or `Welch's t`: the corrected p-value, and which test it is from."""
    if held.p_adjusted is None or held.against is None or held.against.test is None:
        return ""
    return f"{p_text(held.p_adjusted)}, {held.against.test.removesuffix('-test')}"


def _why(held: HeldGroup) -> str:
    """Why there is no test, in the few words that a column has room for; nothing where there is one."""
    against = held.against
    if against is None or against.test is not None:
        return ""
    if min(against.n) < 2:
        return f"{against.n[0]} and {against.n[1]} seeds: each needs two"
    return against.why.partition(":")[0]
