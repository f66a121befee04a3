"""NaN and divergence: seen where they begin, told once, and by choice the end of the run with nothing spoilt."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from tiny_bert import texts, write_csv
from training_runs import Prompter, attempt, events, make_run, points

from bertft_tui.core.checkpoint_folders import all_checkpoints, step_of
from bertft_tui.core.config import RunConfig
from bertft_tui.core.metric_names import guess_loss
from bertft_tui.core.paths import RunDirectory
from bertft_tui.core.training import checkpoints
from bertft_tui.core.training.divergence import FP16_PATIENCE, LossWatch, NumberWatch
from bertft_tui.core.training.task_trainer import all_finite


@pytest.fixture
def overflowing(tmp_path: Path, config: RunConfig) -> RunConfig:
    """A regression with one label whose square no float holds, evaluated and saved at every second step."""
    rows = [(text, str(number / 40)) for number, (text, _) in enumerate(texts(40, seed=1))]
    rows[30] = (rows[30][0], "1e25")
    folder = tmp_path / "numbers"
    folder.mkdir()
    write_csv(folder / "train.csv", rows)
    write_csv(folder / "test.csv", rows[:8])
    settings = {
        "data.dataset": str(folder),
        "data.problem_type": "regression",
        "training.train_sampling_strategy": "sequential",
        "training.per_device_train_batch_size": 4,
        "training.num_train_epochs": 1,
        "training.eval_strategy": "steps",
        "training.eval_steps": 2,
    }
    return config.with_settings(settings)


def _broken(found: dict[tuple[str, int], float]) -> list[int]:
    return [step for (name, step), value in found.items() if name == "loss" and not math.isfinite(value)]


def _warned(run: RunDirectory) -> list[dict[str, Any]]:
    return [each.fields for each in events(run, "warning") if each.fields["title"] == "The training diverges"]


@pytest.mark.parametrize("on_nan", ["stop", "retry"])
def test_the_run_ends_where_the_loss_is_no_number(tmp_path: Path, overflowing: RunConfig, on_nan: str) -> None:
    """The point itself is kept, nothing is saved from that step on, and the error says step, rate and precision."""
    run = make_run(tmp_path / "run", overflowing.with_settings({"training.on_nan": on_nan}))
    assert attempt(run) == "failed"
    (step,) = _broken(points(run))
    assert step > 2
    failed = events(run, "failed")[0].fields
    assert (failed["reason"], failed["step"], failed["precision"]) == ("not_finite", step, "fp32")
    error = events(run, "error")[0].fields
    assert error["title"] == "The loss is not a number"
    assert error["message"].startswith(
        f"At step {step} (epoch {step / 10:.2f}) the training loss was NaN or infinite"
    )
    assert "learning_rate" in error["hint"]
    kept = checkpoints.find(run.checkpoints).newest
    assert kept is not None
    assert step_of(kept) == (step - 1) // 2 * 2


def test_the_retry_computes_in_fp32(tmp_path: Path, overflowing: RunConfig) -> None:
    """In bf16 the closing event names it; the next attempt goes on from the checkpoint before, in fp32."""
    settings = {"hardware.precision": "bf16", "training.on_nan": "retry"}
    run = make_run(tmp_path / "run", overflowing.with_settings(settings))
    assert attempt(run) == "failed"
    assert events(run, "failed")[0].fields["precision"] == "bf16"
    assert "hardware.precision = fp32" in events(run, "error")[0].fields["hint"]
    assert attempt(run, 2, adjustments={"hardware.precision": "fp32"}) == "failed"
    plan = events(run, "plan")[-1].fields
    assert (plan["precision"], plan["start_step"] % 2, plan["start_step"] > 0) == ("fp32", 0, True)
    titles = [event.fields["title"] for event in events(run, "warning")]
    assert "Another number format" in titles
    assert events(run, "failed")[-1].fields["precision"] == "fp32"


def test_a_run_may_continue(tmp_path: Path, overflowing: RunConfig) -> None:
    """By choice it goes on to its end, and a single warning names the first such step."""
    run = make_run(tmp_path / "run", overflowing.with_settings({"training.on_nan": "continue"}))
    assert attempt(run) == "finished"
    step, *_ = _broken(points(run))
    (warning,) = [event.fields for event in events(run, "warning") if "not a number" in event.fields["title"]]
    assert warning["not_finite_step"] == step


def test_seen_with_few_points(tmp_path: Path, overflowing: RunConfig) -> None:
    """With a point every fifth step the loss of the steps between is in it; the message says so."""
    settings = {"training.logging_steps": 5, "training.eval_steps": 10}
    run = make_run(tmp_path / "run", overflowing.with_settings(settings))
    assert attempt(run) == "failed"
    message = events(run, "error")[0].fields["message"]
    step = events(run, "failed")[0].fields["step"]
    assert step % 5 == 0
    assert f"At step {step} (epoch {step / 10:.2f}) or up to 4 steps before" in message


def test_spoilt_weights_are_not_saved(
    tmp_path: Path, overflowing: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stop between two points, after weights became no numbers, saves nothing: the run ends as failed."""
    monkeypatch.setattr("bertft_tui.core.training.journal_callback._PACE", 0.0)  # a progress event for every step
    path = Path(overflowing.data.dataset) / "train.csv"
    path.write_text(path.read_text().replace("1e25", "3e38"))
    settings = {"training.logging_steps": 100, "training.eval_strategy": "no", "training.max_grad_norm": 0.0}
    run = make_run(tmp_path / "run", overflowing.with_settings(settings))
    assert attempt(run, 1, Prompter(run, run.stop_request, "progress", step=9)) == "failed"
    message = events(run, "error")[0].fields["message"]
    assert message.startswith("At step 9 (epoch 0.90) a weight was NaN or infinite.")
    assert all_checkpoints(run.checkpoints) == []


def test_a_weight_that_is_no_number_is_found() -> None:
    """One among many is enough; frozen weights are not looked at."""
    model = torch.nn.Linear(8, 3)
    assert all_finite(model)
    with torch.no_grad():
        model.weight[1, 2] = math.inf
    assert not all_finite(model)
    assert all_finite(model.requires_grad_(False))


def test_fp16_may_leave_steps_out() -> None:
    """Its loss scaling meets infinite gradients by design: only ten in a row count, a NaN loss at once."""
    watch = NumberWatch("fp16")
    fine, infinite = {"loss": 0.5, "grad_norm": 1.0}, {"loss": 0.5, "grad_norm": math.inf}
    for logs in [infinite] * (FP16_PATIENCE - 1) + [fine] + [infinite] * (FP16_PATIENCE - 1):
        assert watch.add(logs) is None
    assert watch.add(infinite) == "grad_norm"
    assert NumberWatch("fp16").add({"loss": math.nan}) == "loss"
    assert NumberWatch("bf16").add(infinite) == "grad_norm"
    assert NumberWatch("fp32").add({"eval_loss": math.inf}) == "eval_loss"
    assert NumberWatch("fp32").add({"eval_accuracy": 0.5, "train_runtime": 3.0}) is None


def _fast(config: RunConfig, rate: float, **more: Any) -> RunConfig:
    """Eight epochs at a learning rate."""
    settings: dict[str, Any] = {"training.num_train_epochs": 8, "training.learning_rate": rate}
    return config.with_settings(settings | {"training.eval_strategy": "no"} | more)


@pytest.mark.parametrize(("rate", "told"), [(1e-3, 0), (1e-2, 0), (1.0, 1)])
def test_divergence_on_real_trainings(tmp_path: Path, config: RunConfig, rate: float, told: int) -> None:
    """A learning rate of 1 is told once; 1e-2, whose loss jumps up and down, and 1e-3 are not."""
    run = make_run(tmp_path / "run", _fast(config, rate))
    assert attempt(run) == "finished"
    found = _warned(run)
    assert len(found) == told
    if told:
        assert "had been down to 1." in found[0]["message"]
        assert f"At step {found[0]['diverged_step']} " in found[0]["message"]


def test_divergence_may_end_the_run(tmp_path: Path, config: RunConfig) -> None:
    """By choice it ends where another one is warned; its checkpoints stay, and a resume meets it again."""
    chosen = {"training.on_divergence": "stop", "training.eval_strategy": "steps", "training.eval_steps": 9}
    warned, run = (
        make_run(tmp_path / "warned", _fast(config, 1.0)),
        make_run(tmp_path / "run", _fast(config, 1.0, **chosen)),
    )
    assert attempt(warned) == "finished"
    (step,) = [
        event.fields["diverged_step"] for event in events(warned, "warning") if "diverged_step" in event.fields
    ]
    assert attempt(run) == "failed"
    assert events(run, "failed")[0].fields == {"reason": "diverged", "step": step}
    error = events(run, "error")[0].fields
    assert error["title"] == "The training diverges"
    assert f"At step {step} " in error["message"]
    assert "training.learning_rate" in error["hint"]
    kept = checkpoints.find(run.checkpoints).newest
    assert kept is not None
    assert step_of(kept) == (step - 1) // 9 * 9
    assert attempt(run, 2) == "failed"
    assert events(run, "failed")[1].fields == {"reason": "diverged", "step": step}


def _as_older_versions_saved(run: RunDirectory) -> None:
    """Give the newest checkpoint the whole log, and nothing that was seen in it."""
    checkpoint = checkpoints.find(run.checkpoints).newest
    assert checkpoint is not None
    file = checkpoint / "trainer_state.json"
    state = json.loads(file.read_text())
    del state["stateful_callbacks"]["HealthCallback"]
    logged = [{**event.fields["values"], "step": event.fields["step"]} for event in events(run, "metrics")]
    file.write_text(json.dumps(state | {"log_history": logged}))
    checkpoints.write_manifest(checkpoint)


@pytest.mark.parametrize("before", [lambda run: None, _as_older_versions_saved])
def test_a_resumed_run_has_seen_what_came_before(
    tmp_path: Path, config: RunConfig, before: Callable[[RunDirectory], None]
) -> None:
    """Stopped where the loss is on its way up, a run warns at the same step and with the same figures."""
    settings: dict[str, Any] = {"training.num_train_epochs": 8, "training.learning_rate": 1.0}
    whole = make_run(tmp_path / "whole", config.with_settings(settings))
    assert attempt(whole) == "finished"
    (told,) = _warned(whole)
    step = int(told["message"].split()[2])
    run = make_run(tmp_path / "run", config.with_settings(settings))
    assert attempt(run, 1, Prompter(run, run.stop_request, "metrics", step=step - 2)) == "stopped"
    before(run)
    assert attempt(run, 2) == "finished"
    assert _warned(run) == [told]
    assert points(run) == points(whole)


def test_the_log_in_a_checkpoint_has_evaluations_only(tmp_path: Path, config: RunConfig) -> None:
    """What is logged at every step stands in the journal; no checkpoint is written longer for it."""
    run = make_run(tmp_path / "run", config)
    assert attempt(run, 1, Prompter(run, run.stop_request, "metrics", step=9)) == "stopped"
    _as_older_versions_saved(run)
    assert attempt(run, 2) == "finished"
    state = json.loads((run.checkpoints / "checkpoint-12" / "trainer_state.json").read_text())
    assert [log["step"] for log in state["log_history"]] == [6, 12]
    assert all("eval_loss" in log for log in state["log_history"])


def test_what_counts_as_diverged() -> None:
    """A loss that falls to 0.01 and comes back to 0.05 is noise; one that stays far above guessing is not."""
    guess = guess_loss("single_label_classification", 3)
    calm = LossWatch(guess)
    assert not any(calm.add(loss) for loss in [1.1] * 10 + [0.01] * 200 + [0.05] * 200)
    spikes = LossWatch(guess)
    assert not any(spikes.add(30.0 if step % 40 == 39 else 0.5) for step in range(400))
    risen = LossWatch(guess)
    assert any(risen.add(loss) for loss in [1.1] * 10 + [0.5] * 50 + [9.0] * 60)
    numbers = LossWatch(guess_loss("regression", 1))
    assert not any(numbers.add(loss) for loss in [400.0] * 5 + [1.0] * 100 + [30.0] * 100)
    assert guess_loss("multi_label_classification", 9) == pytest.approx(math.log(2))
