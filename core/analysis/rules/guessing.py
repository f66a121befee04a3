"""Rules about answers that need no model: always the same one, or never a certain one."""

from typing import Any

from bertft_tui.core.analysis.rules.curves import course
from bertft_tui.core.analysis.rules.evidence import Evidence
from bertft_tui.core.analysis.rules.rule import Finding
from bertft_tui.core.analysis.rules.settings import longer, rate_divided, usual_rates
from bertft_tui.core.analysis.rules.thresholds import FEWEST_OF_CLASS, RARE

#: Labels that are named.
_NAMED = 3


def at_chance(evidence: Evidence) -> Finding | None:
    """The best value cannot be told from always giving the commonest answer."""
    best, interval, majority = evidence.best, evidence.interval, evidence.majority
    if best is None or interval is None or majority is None or interval.low > majority.share:
        return None
    words = (
        f"This is the level of guessing: {evidence.run.best_metric} {best.value:.3f} (95 % {interval.low:.3f} to "
        f"{interval.high:.3f}), and always answering {majority.label} scores {majority.share:.3f}."
    )
    return Finding(words, _to_learn(evidence))


def never_predicted(evidence: Evidence) -> Finding | None:
    """Some classes of the evaluation texts are not predicted once."""
    counts = list(zip(evidence.labels, evidence.predicted, strict=False))
    missed = [label for label, (there, said) in enumerate(counts) if there >= FEWEST_OF_CLASS and not said]
    if not missed:
        return None
    total, texts = sum(evidence.labels), sum(evidence.labels[label] for label in missed)
    names = ", ".join(evidence.name_of(label) for label in missed[:_NAMED]) + ", …" * (len(missed) > _NAMED)
    which = f"{len(missed)} of {len(counts)} labels were" if len(missed) > 1 else "One label was"
    words = f"{which} never predicted ({names}), though {texts:,} of {total:,} evaluation texts have {_it(missed)}."
    return Finding(words, _to_see(evidence, missed))


def _it(missed: list[int]) -> str:
    return "it" if len(missed) == 1 else "one of them"


def _to_learn(evidence: Evidence) -> dict[str, Any]:
    """A tenth of a rate that is above the usual or let the loss rise, else more epochs."""
    config, found, usual = evidence.run.config, course(evidence), usual_rates(evidence.run.config)
    is_high = usual is not None and config.training.learning_rate > usual[1]
    has_risen = found is not None and (found.has_risen or found.is_above(evidence.guess))
    return rate_divided(config, 10) if is_high or has_risen else longer(config)


def _to_see(evidence: Evidence, missed: list[int]) -> dict[str, Any]:
    """Weights for rare classes; where none of them is rare they would change nothing."""
    alike = sum(evidence.labels) / len(evidence.labels)
    is_rare = any(evidence.labels[label] < RARE * alike for label in missed)
    if is_rare and evidence.run.config.training.class_weights == "none":
        return {"training.class_weights": "balanced"}
    return {}
