"""What must hold of the statistics, each counted over many evaluations of classifiers whose true quality is known."""

from collections.abc import Iterator

import numpy as np

from bertft_tui.core.analysis.bootstrap import interval_of
from bertft_tui.core.analysis.paired import Pair, adjusted, margin_of, mcnemar, pair
from simulations.lines import Check, Line
from simulations.series_checks import coverage_of_curves, false_alarms_of_seeds, several_groups
from simulations.worlds import World

#: Equal classifiers, of few and many classes.
_EQUAL = (
    World((50, 50), 0.80),
    World((80, 20), 0.80),
    World((150, 150), 0.88),
    World((120, 90, 45, 30, 15), 0.80),
    World((500, 500), 0.88),
    World((800, 200), 0.93),
    World((400, 300, 150, 100, 50), 0.88),
)

#: Those on which an experiment is as far from certain as its margin lets it be.
_AT_THE_MARGIN = (World((500, 500), 0.88, 0.01), World((2500, 2500), 0.88, 0.01), World((10000, 10000), 0.88, 0.01))

_UNEQUAL = (World((150, 150), 0.85, 0.04), World((500, 500), 0.88, 0.02), World((400, 300, 150, 100, 50), 0.88, 0.02))


def _paired(world: World, metric: str, margin: float | None, draw: np.random.Generator) -> Pair:
    base, run = world.evaluated(draw)
    found = pair(base, run, metric, margin)
    assert found is not None
    return found


def false_alarms(rounds: int) -> Iterator[Line]:
    """Two classifiers of the same quality are called better or worse as often as a test at 5 % may."""
    for metric in ("accuracy", "f1", "matthews_correlation", "loss"):
        for world in _EQUAL:
            draw = np.random.default_rng(1)
            alarms = sum(_paired(world, metric, None, draw).decision != "undecided" for _ in range(rounds))
            yield Line("false alarm", metric, world.words, world.n, alarms / rounds, rounds, 0.035, 0.065)


def coverage(rounds: int) -> Iterator[Line]:
    """The interval of one run's figure holds the true value."""
    for metric in ("accuracy", "f1", "matthews_correlation", "loss"):
        for world in _EQUAL:
            draw, (true, _) = np.random.default_rng(2), world.truth(metric)
            found = [interval_of(world.evaluated(draw)[0], metric) for _ in range(rounds)]
            hits = sum(each is not None and each.low <= true <= each.high for each in found)
            yield Line("interval", metric, world.words, world.n, hits / rounds, rounds, 0.93, 0.97)


def coverage_of_differences(rounds: int) -> Iterator[Line]:
    """The interval of a difference holds the true one, which is not 0."""
    for metric in ("accuracy", "f1"):
        for world in _UNEQUAL:
            draw, (mine, theirs) = np.random.default_rng(3), world.truth(metric)
            found = [_paired(world, metric, None, draw) for _ in range(rounds)]
            hits = sum(each.low <= theirs - mine <= each.high for each in found)
            yield Line("difference", metric, world.words, world.n, hits / rounds, rounds, 0.93, 0.97)


def wrong_ties(rounds: int) -> Iterator[Line]:
    """Where the true difference is the margin itself, a tie is said seldom, and never often."""
    for metric in ("accuracy", "f1"):
        for world in _AT_THE_MARGIN:
            draw = np.random.default_rng(4)
            ties = sum(_paired(world, metric, margin_of(metric), draw).decision == "tie" for _ in range(rounds))
            yield Line("wrong tie", metric, world.words, world.n, ties / rounds, rounds, 0.0, 0.05)


def several_at_once(rounds: int) -> Iterator[Line]:
    """Of five comparisons of equal runs, any at all comes to better or worse in 5 % of cases."""
    world, draw = World((500, 500), 0.88), np.random.default_rng(5)
    alarms = 0
    for _ in range(rounds):
        pairs = adjusted([_paired(world, "accuracy", None, draw) for _ in range(5)])
        alarms += any(each is not None and each.decision != "undecided" for each in pairs)
    yield Line("any of five", "accuracy", world.words, world.n, alarms / rounds, rounds, 0.0, 0.065)


def power_of_needed(rounds: int) -> Iterator[Line]:
    """With the number of texts that is called needed, four of five experiments decide."""
    small, draw = World((1000, 1000), 0.88, 0.01), np.random.default_rng(6)
    needed = _typical(small, draw).needed
    assert needed is not None
    large = World((needed // 2, needed - needed // 2), small.accuracy, small.gain)
    told = sum(_paired(large, "accuracy", None, draw).decision != "undecided" for _ in range(rounds))
    yield Line("needed decides", "accuracy", large.words, large.n, told / rounds, rounds, 0.75, 0.85)


def _typical(world: World, draw: np.random.Generator) -> Pair:
    """The comparison in which just as many texts differ as on average, told from ever more of them."""
    many = World(tuple(count * 200 for count in world.counts), world.accuracy, world.gain, world.alike)
    found = _paired(many, "accuracy", None, draw)
    only_base, only_run = (round((count or 0) / 200) for count in (found.only_base, found.only_run))
    base = np.repeat([True, True, False], [world.n - only_base - only_run, only_base, only_run])
    run = np.repeat([True, False, True], [world.n - only_base - only_run, only_base, only_run])
    return mcnemar(base, run, "accuracy", None)


#: Every check, and how many rounds it takes to tell 5 % from 6.5 %.
CHECKS: dict[str, Check] = {
    "false alarms": false_alarms,
    "intervals": coverage,
    "intervals of differences": coverage_of_differences,
    "wrong ties": wrong_ties,
    "several at once": several_at_once,
    "needed": power_of_needed,
    "false alarms of seeds": false_alarms_of_seeds,
    "several groups": several_groups,
    "learning curves": coverage_of_curves,
}
