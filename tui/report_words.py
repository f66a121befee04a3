"""What is said of a run's classes and of how sure it is: the same words on screen and on the command line."""

from bertft_tui.core.analysis.calibration import FEWEST, Calibration
from bertft_tui.core.analysis.classes import ClassReport
from bertft_tui.core.analysis.intervals import Interval
from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.format import count_of, metric, number, percent
from bertft_tui.tui.metric_choice import SELECTED

#: Said where the rows that figures are about were not new to the choice of the checkpoint.
FLATTERS = f"These rows chose the checkpoint ({SELECTED}): all figures flatter a little."


def chose_checkpoint(run: RunRecord) -> bool:
    """Whether the rows that a run's predictions are about chose its checkpoint among several, which flatters."""
    return any(summary.is_selected for summary in run.metrics.values())


def right_words(step: int, classes: ClassReport) -> str:
    """How many texts the checkpoint of a step gets right, and how sure that share is."""
    share = f"{metric(classes.right / classes.n)}, 95 % {interval_words(classes.interval)}"
    return f"step {step}, {classes.right:,} of {count_of(classes.n, 'text')} right ({share})."


def interval_words(found: Interval) -> str:
    """Where the true value lies 95 times out of 100."""
    return f"{metric(found.low)} to {metric(found.high)}"


def share_words(share: float) -> str:
    """A share of a class; only all of it is 100 %."""
    return ">99 %" if 0.995 <= share < 1 else percent(share)


def calibration_title(*, several: bool) -> str:
    """What reliability bars are about. `several`: any number of labels for each text."""
    words = "how probable it says a label is, and how often it is there"
    return f"Calibration: {words if several else 'how sure it says it is, and how often it is right'}"


def score_words(sure: Calibration, *, several: bool) -> str:
    """ECE, Brier score and negative log-likelihood with their scales, and what they were measured on."""
    scale = "0 to 1" if several else "0 to 2"
    parts = [
        f"ECE {metric(sure.scores.ece)} (0 is best, {len(sure.bins)} bins)",
        f"Brier score {metric(sure.scores.brier)} ({scale})",
        f"negative log-likelihood {metric(sure.scores.nll)}",
    ]
    return f"{', '.join(parts)}; {_measured(sure)}."


def _measured(sure: Calibration) -> str:
    words = count_of(sure.n, "text")
    if sure.decisions != sure.n:
        words = f"{count_of(sure.decisions, 'decision')} on {words}"
    return f"{words}, {sure.left_out:,} without probabilities left out" if sure.left_out else words


def temperature_words(sure: Calibration, *, tested: bool = False) -> str:
    """What dividing the logits by a temperature would bring, and how that is known. `tested`: of the test split."""
    warm = sure.temperature
    if warm is None:
        return f"No temperature is fitted on fewer than {FEWEST} texts."
    before, after = sure.scores, warm.after
    way = "less sure" if warm.value > 1 else "surer"
    bound = ", the last one that is tried," if warm.at_bound else ""
    holds = "" if sure.is_mended else "; it is no gain on texts that it was not fitted on"
    done = "takes the one that fits the evaluation rows" if tested else "does it"
    offered = f" `bertft-tui predict --temperature fitted` {done}." if sure.is_mended else ""
    return (
        f"Dividing its logits by a temperature of {number(warm.value, 3)}{bound} makes it {way}: ECE "
        f"{metric(before.ece)} → {metric(after.ece)}, negative log-likelihood {metric(before.nll)} → "
        f"{metric(after.nll)}, each text judged by one that was fitted on others ({warm.folds} folds of "
        f"{count_of(sure.n, 'text')}){holds}.{offered}"
    )
