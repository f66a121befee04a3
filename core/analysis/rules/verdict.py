"""The verdict on a run: what it reached, then the one to three sentences that matter most."""

from bertft_tui.core.analysis.rules.evidence import Evidence, figure
from bertft_tui.core.analysis.rules.fitting import overfitting, still_improving, training_set_limits
from bertft_tui.core.analysis.rules.guessing import at_chance, never_predicted
from bertft_tui.core.analysis.rules.rates import diverged, rate_too_high, rate_too_low
from bertft_tui.core.analysis.rules.rule import Advice, Finding, Rule
from bertft_tui.core.analysis.rules.settings import that_differ
from bertft_tui.core.analysis.rules.thresholds import ALONE, HINT, MOST, SILENCES, WEIGHTS
from bertft_tui.core.analysis.rules.trusting import evaluation_too_small, selected, single_seed


def result(evidence: Evidence) -> Finding | None:
    """What the run reached, between which bounds, and what needs no model at all."""
    best, run, interval = evidence.best, evidence.run, evidence.interval
    if best is None:
        return None
    texts = f"{run.eval_rows:,} texts" if run.eval_rows else ""
    known = f"95 % {interval.low:.3f} to {interval.high:.3f}, {texts}" if interval is not None else texts
    words = (
        f"Best {run.best_metric} {figure(best.value)}{f' ({known})' if known else ''} at {evidence.when(best.step)}"
    )
    if (majority := evidence.majority) is not None:
        words += f"; always answering {majority.label} scores {majority.share:.3f}"
    elif (guess := evidence.even_guess) is not None:
        words += f"; guessing among {len(run.labels)} labels scores {guess:.3f}"
    return Finding(f"{words}.", {})


#: In the order in which they are asked; what matters more is said first.
RULES: tuple[Rule, ...] = (
    Rule("result", result, early=True),
    Rule("diverged", diverged, early=True),
    Rule("learning rate too high", rate_too_high, early=True),
    Rule("at chance", at_chance),
    Rule("learning rate too low", rate_too_low),
    Rule("class never predicted", never_predicted),
    Rule("overfitting", overfitting, early=True),
    Rule("still improving", still_improving),
    Rule("training set limits", training_set_limits),
    Rule("evaluation too small", evaluation_too_small),
    Rule("selected on its evaluation", selected, early=True),
    Rule("single seed", single_seed),
)


def verdict(evidence: Evidence) -> tuple[Advice, ...]:
    """At most four sentences, what was reached first, then what matters most; nothing before there is anything."""
    found = {rule.name: finding for rule in RULES if (finding := _ask(rule, evidence)) is not None}
    silent = frozenset[str]().union(*(SILENCES.get(name, frozenset()) for name in found))
    if found.keys() - silent - ALONE:
        silent |= {HINT}
    said = [
        Advice(name, finding.sentence, WEIGHTS[name], that_differ(evidence.run.config, finding.changes))
        for name, finding in found.items()
        if name not in silent
    ]
    return tuple(sorted(said, key=lambda advice: -advice.weight)[:MOST])


def _ask(rule: Rule, evidence: Evidence) -> Finding | None:
    return rule.look(evidence) if rule.early or evidence.has_finished else None
