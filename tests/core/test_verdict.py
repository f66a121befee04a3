"""The verdict as a whole: whatever a run did, a few sentences with numbers, and advice that can be followed."""

import math
import re
from typing import Any

from fuzzing import examples
from hypothesis import given
from hypothesis import strategies as st
from judged_runs import Curve, judged

from bertft_tui.core.analysis.rules.thresholds import ALONE, HINT, MOST, SILENCES, WEIGHTS
from bertft_tui.core.analysis.rules.verdict import RULES, verdict
from bertft_tui.core.config import RunConfig
from bertft_tui.core.store.status import RunStatus

ANY = st.floats(-1e6, 1e6) | st.sampled_from([math.nan, math.inf, 0.0, 1e-9]) | st.floats(0, 2)
SETTINGS: dict[str, st.SearchStrategy[Any]] = {
    "training__learning_rate": st.sampled_from([1e-9, 1e-5, 5e-5, 1e-3, 10.0]),
    "training__num_train_epochs": st.sampled_from([0.1, 1.0, 3.0, 10_000.0]),
    "training__max_steps": st.sampled_from([-1, 1, 60, 1_000_000_000]),
    "training__warmup_steps": st.sampled_from([0.0, 0.1, 100.0]),
    "training__max_grad_norm": st.sampled_from([0.0, 1.0]),
    "training__seed": st.sampled_from([0, 2**32 - 1]),
    "training__class_weights": st.sampled_from(["none", "balanced"]),
    "training__optim": st.sampled_from(["adamw_torch", "sgd"]),
    "data__train_size": st.sampled_from(["all", 1, 400]),
    "data__eval_size": st.sampled_from(["all", 1, 200]),
    "data__eval_split": st.sampled_from([None, "test", "validation"]),
    "hardware__precision": st.sampled_from(["auto", "fp16", "fp32"]),
    "status": st.sampled_from(list(RunStatus)),
    "not_finite_step": st.none() | st.integers(0, 160),
    "diverged_step": st.none() | st.integers(0, 160),
    "eval_rows": st.none() | st.integers(0, 5000),
    "train_rows": st.none() | st.integers(1, 5000),
    "problem_type": st.sampled_from(
        [None, "single_label_classification", "multi_label_classification", "regression"]
    ),
    "known_seeds": st.sampled_from([None, 1, 3]),
}


@st.composite
def curves(draw: st.DrawFn, longest: int) -> Curve:
    """Any curve; evaluations may come before the first step."""
    values = draw(st.lists(ANY, min_size=1, max_size=longest))
    first = draw(st.sampled_from([0, 1, 40]))
    every = draw(st.sampled_from([1, 4, 40]))
    return {first + every * place: value for place, value in enumerate(values)}


@examples(120)
@given(
    st.fixed_dictionaries(
        {},
        optional={"loss": curves(60), "eval_loss": curves(8), "eval_accuracy": curves(8), "eval_f1_micro": curves(8)},
    ),
    st.fixed_dictionaries({}, optional=SETTINGS),
    st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), max_size=6),
)
def test_every_sentence_has_a_number_and_every_advice_can_be_followed(
    drawn: dict[str, Curve], fields: dict[str, Any], counts: list[tuple[int, int]]
) -> None:
    """Whatever was measured: at most four sentences, the weightier first; each change is valid, and is one."""
    labels, predicted = zip(*counts, strict=True) if counts else ((), ())
    evidence = judged(drawn, known_labels=labels, known_predicted=predicted, **fields)
    said = verdict(evidence)
    assert len(said) <= MOST
    assert [advice.weight for advice in said] == sorted((advice.weight for advice in said), reverse=True)
    assert len({advice.rule for advice in said}) == len(said)
    config: RunConfig = evidence.run.config
    for advice in said:
        assert re.search(r"\d", advice.sentence), advice.sentence
        assert advice.sentence.endswith(".")
        assert not {"nan", "inf"} & set(re.findall(r"\w+", advice.sentence)), advice.sentence
        changed = {change.field for change in config.diff(config.with_settings(dict(advice.changes)))}
        assert changed == advice.changes.keys()


def test_the_tables_name_the_rules_that_there_are() -> None:
    """Each rule has a weight, and what silences or is silenced is a rule; the result is never silenced."""
    names = {rule.name for rule in RULES}
    assert names == WEIGHTS.keys()
    silenced = frozenset[str]().union(*SILENCES.values())
    assert SILENCES.keys() | silenced | ALONE | {HINT} <= names
    assert "result" not in silenced
    for name, others in SILENCES.items():
        assert all(WEIGHTS[other] < WEIGHTS[name] for other in others)
