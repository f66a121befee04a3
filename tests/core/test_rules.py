"""The rules of a verdict: each speaks where it should, with its numbers and its advice, and is silent beside it."""

import math
import random
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from compared_runs import record
from judged_runs import Curve, changes_of, evaluated, every_step, falling, judged, said_by

from bertft_tui.core.analysis.rules.evidence import Evidence
from bertft_tui.core.store.records import Progress
from bertft_tui.core.store.status import RunStatus

WELL = {
    "loss": every_step(falling(end=0.25)),
    "eval_loss": evaluated([0.45, 0.33, 0.301, 0.30]),
    "eval_accuracy": evaluated([0.85, 0.885, 0.90, 0.899]),
}

RULES = {
    "diverged", "learning rate too high", "at chance", "learning rate too low", "class never predicted",
    "overfitting", "still improving", "training set limits", "evaluation too small",
}  # fmt: skip


def test_a_training_that_went_well_needs_no_advice() -> None:
    """What it reached, with its interval, and what that is the best of; no rule complains."""
    said = said_by(judged(WELL))
    assert not RULES & said.keys()
    assert said["result"] == (
        "Best accuracy 0.900 (95 % 0.880 to 0.917, 1,000 texts) at epoch 3; always answering “no” scores 0.500."
    )
    assert said["selected on its evaluation"] == (
        "The best accuracy is the best of 4 evaluations on the same 1,000 texts, which flatters it; no test split "
        "was set aside."
    )


def test_numbers_that_burst_want_a_tenth_of_the_rate() -> None:
    """The step, the rate, how far the loss had risen; the rate is cut, gradients are too, and the rate warms up."""
    loss = {step: 0.7 * 3 ** max(0, step - 4) for step in range(1, 9)}
    burst = judged({"loss": {**loss, 9: math.nan}}, not_finite_step=9, status=RunStatus.FAILED,
                   training__learning_rate=0.01, training__max_grad_norm=0.0, training__warmup_steps=0.0)  # fmt: skip
    assert said_by(burst)["diverged"] == (
        "At step 9 loss or gradient was NaN or infinite, at a learning rate of 0.01; the training loss had risen "
        "from 0.700 to 56.7 by then."
    )
    assert changes_of(burst, "diverged") == {
        "training.learning_rate": 0.001, "training.warmup_steps": 0.1, "training.max_grad_norm": 1.0,
    }  # fmt: skip


def test_numbers_that_overflow_want_more_bits() -> None:
    """Where the loss had not risen and the precision was low, that is what is changed, and else the rate by three."""
    calm = {"loss": dict.fromkeys(range(1, 9), 0.7)}
    low = judged(calm, not_finite_step=9, hardware__precision="fp16")
    assert changes_of(low, "diverged") == {"hardware.precision": "fp32"}
    high = judged(calm, not_finite_step=9, hardware__precision="fp32", training__warmup_steps=0.1)
    assert changes_of(high, "diverged") == {"training.learning_rate": 1e-5}


def test_a_loss_that_stayed_up_says_from_where_to_where() -> None:
    """The step at which the worker saw it, the loss around it and its lowest; nothing else is advised."""
    up = every_step(lambda done: 0.3 if done < 0.5 else 2.5, noise=0)
    evidence = judged({"loss": up, "eval_accuracy": evaluated([0.8, 0.5, 0.5, 0.5])}, diverged_step=120)
    assert said_by(evidence)["diverged"] == (
        "The training diverged: at step 120 the loss was about 2.500, after it had been down to 0.300, at a learning "
        "rate of 3e-5."
    )
    assert changes_of(evidence, "diverged") == {"training.learning_rate": 1e-5}
    assert said_by(evidence).keys() == {"result", "diverged"}


def test_a_loss_above_guessing_speaks_of_the_rate() -> None:
    """ln 2 is what guessing between two labels costs."""
    evidence = judged({"loss": every_step(lambda done: 0.69 if done < 0.1 else 0.95)})
    said = said_by(evidence)["learning rate too high"]
    assert said.startswith("A learning rate of 3e-5 is too high: the training loss began at 0.6")
    assert said.endswith("where guessing costs 0.693.")
    assert changes_of(evidence, "learning rate too high")["training.learning_rate"] == 3e-6


def test_a_rise_speaks_of_the_rate_where_no_guess_is_known() -> None:
    """Of numbers; a loss that came down far again wants a third of the rate, not a tenth."""
    curve = every_step(lambda done: 1.0 + (math.sin(math.pi * min(1.0, 2 * done)) if done < 0.5 else -0.7))
    evidence = judged({"loss": curve}, problem_type="regression", labels=("score",))
    assert "rose from" in said_by(evidence)["learning rate too high"]
    assert changes_of(evidence, "learning rate too high")["training.learning_rate"] == 1e-5


@pytest.mark.parametrize(
    ("rate", "rule", "wanted"),
    [
        (5e-4, "learning rate too high", {"training.learning_rate": 5e-5}),
        (1e-6, "learning rate too low", {"training.learning_rate": 1e-5}),
        (2e-5, "learning rate too low", {"training.learning_rate": 5e-5}),
        (5e-5, "learning rate too low", {"training.num_train_epochs": 8.0}),
    ],
)
def test_a_loss_that_stays_is_the_fault_of_the_rate(rate: float, rule: str, wanted: Mapping[str, Any]) -> None:
    """Above the usual rates it is too high, below or among them too low; at the highest usual one more steps help."""
    evidence = judged({"loss": every_step(lambda done: 0.69 - 0.02 * done)}, training__learning_rate=rate)
    assert changes_of(evidence, rule) == wanted
    assert len({"learning rate too high", "learning rate too low"} & said_by(evidence).keys()) == 1
    assert "0.6" in said_by(evidence)[rule]


def test_the_usual_rates_of_a_head_alone_are_others() -> None:
    """0.002 is no high rate where only the head learns."""
    stays = {"loss": every_step(lambda done: 0.69 - 0.02 * done)}
    assert "learning rate too low" in said_by(
        judged(stays, training__learning_rate=0.002, model__freeze_layers="all")
    )
    assert not RULES & said_by(judged(stays, training__optim="sgd", training__learning_rate=0.1)).keys()


def test_the_level_of_guessing_is_said() -> None:
    """The interval holds what the commonest answer scores; a high rate is cut, with another there are more epochs."""
    curves = {"loss": every_step(falling(end=0.4)), "eval_accuracy": evaluated([0.70, 0.715])}
    evidence = judged(curves, known_labels=(700, 300), known_predicted=(990, 10))
    assert said_by(evidence)["at chance"] == (
        "This is the level of guessing: accuracy 0.715 (95 % 0.686 to 0.742), and always answering “no” scores 0.700."
    )
    assert changes_of(evidence, "at chance") == {"training.num_train_epochs": 8.0}
    high = judged(curves, known_labels=(700, 300), training__learning_rate=1e-3)
    assert changes_of(high, "at chance") == {"training.learning_rate": 1e-4}
    above = judged({**curves, "eval_accuracy": evaluated([0.70, 0.74])}, known_labels=(700, 300))
    assert "at chance" not in said_by(above)


def test_a_class_that_is_never_predicted_is_named() -> None:
    """With how many texts have it; weights help where it is rare, and nothing does where all are alike."""
    rare = judged(WELL, known_labels=(920, 80), known_predicted=(1000, 0))
    assert said_by(rare)["class never predicted"] == (
        "One label was never predicted (“yes”), though 80 of 1,000 evaluation texts have it."
    )
    assert changes_of(rare, "class never predicted") == {"training.class_weights": "balanced"}
    alike = judged(WELL, known_predicted=(1000, 0))
    assert changes_of(alike, "class never predicted") == {}
    several = judged(
        WELL, labels=("a", "b", "c", "d", "e"), known_labels=(200,) * 5, known_predicted=(1000, 0, 0, 0, 0)
    )
    assert (
        "4 of 5 labels were never predicted (“b”, “c”, “d”, …), though 800"
        in said_by(several)["class never predicted"]
    )
    few = judged(WELL, known_labels=(996, 4), known_predicted=(1000, 0))
    assert "class never predicted" not in said_by(few)


OVERFIT = {
    "loss": every_step(falling(end=0.03), noise=0.005),
    "eval_loss": evaluated([0.32, 0.29, 0.36, 0.44]),
    "eval_accuracy": evaluated([0.86, 0.88, 0.882, 0.881]),
}


def test_overfitting_says_since_when() -> None:
    """Both ends of both losses, and the epochs until the lowest are advised; more epochs are not."""
    evidence = judged(OVERFIT)
    said = said_by(evidence)["overfitting"]
    assert said.startswith(
        "It overfits since epoch 2: the evaluation loss rose from 0.290 there to 0.440 at epoch 4, while the "
        "training loss fell from 0."
    )
    assert changes_of(evidence, "overfitting") == {"training.num_train_epochs": 2.0}
    assert changes_of(judged(OVERFIT, training__max_steps=160), "overfitting") == {"training.max_steps": 80}
    assert "still improving" not in said_by(evidence)


@pytest.mark.parametrize(
    "other",
    [
        {"eval_loss": evaluated([0.32, 0.29, 0.30, 0.31])},  # hardly
        {"loss": every_step(lambda done: 0.3 + 0.2 * done)},  # the training loss rises too
        {"eval_accuracy": evaluated([0.86, 0.85, 0.87, 0.91])},  # more are right all the same
        {"eval_loss": evaluated([0.29, 0.56, 0.41, 0.39])},  # thrown back, and on its way down again
        {"eval_loss": {0: 0.1, **evaluated([0.5, 0.3, 0.29, 0.285])}},  # the lowest is that of an untrained model
    ],
)
def test_a_loss_that_rises_is_not_always_overfitting(other: dict[str, Curve]) -> None:
    """Neither when it matters little, nor when training rises too, nor when more and more answers are right."""
    assert "overfitting" not in said_by(judged({**OVERFIT, **other}))


def test_a_score_that_still_rises_wants_more_epochs() -> None:
    """From an epoch before to the end, more than chance; the epochs are doubled, or the steps."""
    curves = {**WELL, "eval_accuracy": evaluated([0.80, 0.84, 0.86, 0.89])}
    evidence = judged(curves)
    assert said_by(evidence)["still improving"] == (
        "It still improved at the end: accuracy went from 0.860 at epoch 3 to 0.890 at epoch 4; on 1,000 texts 0.021 "
        "may be chance."
    )
    assert changes_of(evidence, "still improving") == {"training.num_train_epochs": 8.0}
    assert changes_of(judged(curves, training__max_steps=160), "still improving") == {"training.max_steps": 320}
    assert "still improving" not in said_by(judged({**WELL, "eval_accuracy": evaluated([0.80, 0.84, 0.86, 0.878])}))
    assert "still improving" not in said_by(judged(curves, status=RunStatus.STOPPED))
    assert "still improving" not in said_by(judged({**WELL, "eval_accuracy": evaluated([0.9, 0.93, 0.95, 0.985])}))


def test_a_loss_that_still_falls_wants_more_epochs() -> None:
    """The evaluation's where it tells; else a line through the last half of the training loss."""
    falls = judged({**WELL, "eval_loss": evaluated([0.6, 0.52, 0.45, 0.37])})
    assert said_by(falls)["still improving"] == (
        "The evaluation loss still fell at the end: from 0.450 at epoch 3 to 0.370 at epoch 4."
    )
    steep = every_step(lambda done: 0.69 - 0.25 * done, steps=14, noise=0.01)
    short = judged({"loss": steep, "eval_loss": {14: 0.45}, "eval_accuracy": {14: 0.8}})
    assert "a line through the last half of its 14 steps goes from 0.5" in said_by(short)["still improving"]
    flat = judged(
        {"loss": every_step(lambda done: 0.5, steps=14), "eval_loss": {14: 0.45}, "eval_accuracy": {14: 0.8}}
    )
    assert "still improving" not in said_by(flat)


def test_texts_that_are_learnt_by_heart_want_more_of_them() -> None:
    """Both losses and how many texts; twice as many are advised where a number chose them."""
    curves = {**WELL, "loss": every_step(falling(end=0.04), noise=0.005)}
    evidence = judged(curves, data__train_size=320)
    assert said_by(evidence)["training set limits"] == (
        "The training set limits more than the model: on its 320 texts the loss is 0.041 at the end, on the "
        "evaluation texts 0.301."
    )
    assert changes_of(evidence, "training set limits") == {"data.train_size": 640}
    assert "training set limits" not in said_by(judged(curves, data__train_size="all"))
    assert "training set limits" not in said_by(judged(WELL, data__train_size=320))
    assert "training set limits" not in said_by(
        judged({**curves, "eval_accuracy": evaluated([0.9, 0.93, 0.99, 0.985])}, data__train_size=320)
    )


def test_a_wide_interval_wants_more_texts() -> None:
    """Half its width in points; four times the texts halve it."""
    evidence = judged(WELL, eval_rows=100, data__eval_size=100)
    assert said_by(evidence)["evaluation too small"] == (
        "100 evaluation texts tell accuracy to ±6.0 points only; four times as many would tell it to about ±3.0."
    )
    assert changes_of(evidence, "evaluation too small") == {"data.eval_size": 400}
    assert changes_of(judged(WELL, eval_rows=100), "evaluation too small") == {}
    assert "evaluation too small" not in said_by(judged(WELL, eval_rows=200))


def test_what_chose_itself_flatters_until_it_was_tested() -> None:
    """A split called test becomes one; one evaluation chooses nothing, a score on the test split settles it."""
    on_test = judged(WELL, data__eval_split="test")
    assert changes_of(on_test, "selected on its evaluation") == {"data.eval_split": None, "data.test_split": "test"}
    unscored = judged(WELL, data__eval_split="validation", data__test_split="test")
    assert said_by(unscored)["selected on its evaluation"].endswith("; its test split has not been scored yet.")
    once = judged({**WELL, "eval_accuracy": {160: 0.9}})
    tested = judged({**WELL, "test_accuracy": {120: 0.88}})
    for evidence in (once, tested):
        assert "selected on its evaluation" not in said_by(evidence)


def test_a_single_seed_is_a_hint_for_want_of_others() -> None:
    """The next seed is advised where no other rule advises anything, and where it is known that there is one."""
    alone = judged(WELL, known_seeds=1, training__seed=7)
    assert "Only 1 seed of this recipe was tried (7)" in said_by(alone)["single seed"]
    assert changes_of(alone, "single seed") == {"training.seed": 8}
    for evidence in (judged(WELL), judged(WELL, known_seeds=None), judged(OVERFIT, known_seeds=1)):
        assert "single seed" not in said_by(evidence)


@pytest.mark.parametrize("noise", [lambda draw: draw.gauss(0.69, 0.15), lambda draw: draw.expovariate(1 / 0.69)])
def test_noise_is_rarely_taken_for_a_rise(noise: Callable[[random.Random], float]) -> None:
    """Of 300 trainings of each task with a loss that is noise alone, even or skewed, at most 3 in 100 alarm."""
    alarms = 0
    for seed in range(300):
        draw = random.Random(seed)
        steps = draw.choice([30, 60, 200])
        loss = {step: noise(draw) for step in range(1, steps + 1)}
        for fields in ({"problem_type": "regression", "labels": ("score",)}, {}):
            evidence = judged({"loss": loss}, status=RunStatus.STOPPED, **fields)
            alarms += "learning rate too high" in said_by(evidence)
    assert alarms <= 18


def test_two_checkpoints_that_are_alike_rarely_seem_to_improve() -> None:
    """Each is right with 0.85, with a correlation of 0.6 on the same text: at most 3 in 100 pairs are an alarm."""
    alarms, draw = 0, random.Random(5)
    for _ in range(300):
        first = [draw.random() < 0.85 for _ in range(200)]
        second = [right if draw.random() < 0.6 else draw.random() < 0.85 for right in first]
        scores = evaluated([sum(first) / 200, sum(second) / 200])
        alarms += "still improving" in said_by(judged({"eval_accuracy": scores}, eval_rows=200))
    assert alarms <= 9


def test_what_has_not_begun_has_no_verdict() -> None:
    """A run that waits, or failed before its first step; one under way is judged by what will not change any more."""
    waiting = Evidence(record("waits", status=RunStatus.QUEUED, progress=Progress(), labels=(), eval_rows=None))
    assert said_by(waiting) == {}
    under_way = said_by(judged(OVERFIT, status=RunStatus.RUNNING, known_labels=(), known_predicted=()))
    assert under_way.keys() == {"result", "overfitting", "selected on its evaluation"}
    assert under_way["result"].endswith("; guessing among 2 labels scores 0.500.")
