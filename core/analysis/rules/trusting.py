"""Rules about how far the figures can be trusted: on few texts, on texts that chose them, from one seed."""

from typing import Any

from bertft_tui.core.analysis.rules.evidence import Evidence
from bertft_tui.core.analysis.rules.rule import Finding
from bertft_tui.core.analysis.rules.thresholds import TOO_WIDE
from bertft_tui.core.config import RunConfig
from bertft_tui.core.metric_names import TEST, evaluation_name


def evaluation_too_small(evidence: Evidence) -> Finding | None:
    """The interval is so wide that most differences cannot be seen."""
    interval, run = evidence.interval, evidence.run
    if interval is None or (half := interval.half_width) <= TOO_WIDE:
        return None
    size = run.config.data.eval_size
    more = {} if size == "all" else {"data.eval_size": 4 * size}
    words = (
        f"{run.eval_rows:,} evaluation texts tell {run.best_metric} to ±{100 * half:.1f} points only; four times as "
        f"many would tell it to about ±{50 * half:.1f}."
    )
    return Finding(words, more)


def selected(evidence: Evidence) -> Finding | None:
    """The best value is the best of several on the texts that chose it."""
    run = evidence.run
    summary = run.metrics.get(evaluation_name(run.best_metric))
    if summary is None or not summary.is_selected or f"{TEST}{run.best_metric}" in run.metrics:
        return None
    on = f"the same {run.eval_rows:,} texts" if run.eval_rows else "the same texts"
    words = f"The best {run.best_metric} is the best of {summary.count} evaluations on {on}, which flatters it"
    if run.config.data.test_split is not None:
        return Finding(f"{words}; its test split has not been scored yet.", {})
    return Finding(f"{words}; no test split was set aside.", _with_test_split(run.config))


def single_seed(evidence: Evidence) -> Finding | None:
    """No other run differs in nothing but its seed."""
    training = evidence.run.config.training
    if evidence.seeds != 1:
        return None
    words = f"Only 1 seed of this recipe was tried ({training.seed}): what another one would change is not known."
    return Finding(words, {"training.seed": (training.seed + 1) % 2**32})


def _with_test_split(config: RunConfig) -> dict[str, Any]:
    """Let a test split be one: what was evaluated on it is carved out of the training split instead."""
    split = config.data.eval_split
    return {"data.eval_split": None, "data.test_split": split} if split is not None and TEST[:-1] in split else {}
