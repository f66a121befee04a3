"""A run equals what a plain script does, and a run that was stopped equals one that was not."""

import json
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from training_runs import PLAIN, Prompter, attempt, events, make_run, points, weights

from bertft_tui.core.config import RunConfig

_LAST = 12

_VARIANTS: dict[str, dict[str, Any]] = {
    "random": {"training.train_sampling_strategy": "random", "training.eval_sampling_strategy": "sequential"},
    "group_by_length": {"training.eval_sampling_strategy": "length"},
    "packed": {"data.padding": "packed"},
    "bf16": {"hardware.precision": "bf16"},
    "batch_rebalance": {"training.train_sampling_strategy": "batch_rebalance"},
    "accumulation": {"training.per_device_train_batch_size": 3, "training.gradient_accumulation_steps": 3},
    "every 5 steps": {
        "training.eval_strategy": "steps",
        "training.eval_steps": 5,
        "training.logging_steps": 4,
        "training.eval_on_start": True,
    },
    "at the end": {"training.eval_strategy": "no"},
}

#: Stopped at fewer moments, in one run: they add a state of their own, or batches from other processes.
_MORE_VARIANTS: dict[str, dict[str, Any]] = {
    "data-loader processes": {"hardware.dataloader_num_workers": 2},
    "adafactor, cosine": {"training.optim": "adafactor", "training.lr_scheduler_type": "cosine"},
}

#: Also stopped elsewhere: the first in a real process that is killed, the second is the plainest of all.
_LONG = dict.fromkeys(("batch_rebalance", "random", "at the end"), pytest.mark.long)


def test_plain_script(tmp_path: Path, config: RunConfig, csv_folder: Path, tiny_model: Path) -> None:
    """With all that is fast switched off, losses and evaluation are those of a plain Trainer script, to 1e-6."""
    output = tmp_path / "plain.json"
    script = Path(__file__).with_name("plain_script.py")
    arguments = [str(tiny_model), str(csv_folder / "train.csv"), str(csv_folder / "test.csv"), str(output)]
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path / "hf")}
    subprocess.run([sys.executable, str(script), *arguments], check=True, capture_output=True, env=environment)
    plain = {
        (name, log["step"]): value
        for log in json.loads(output.read_text())
        for name, value in log.items()
        if name in ("loss", "grad_norm", "learning_rate", "eval_loss", "train_loss")
    }
    run = make_run(tmp_path / "run", config.with_settings(PLAIN | {"training.eval_on_start": True}))
    assert attempt(run) == "finished"
    ours = points(run)
    assert len([key for key in plain if key[0] == "loss"]) == _LAST
    for key, value in plain.items():
        assert ours[key] == pytest.approx(value, abs=1e-6), key


@pytest.mark.parametrize("variant", [pytest.param(name, marks=_LONG.get(name, ())) for name in _VARIANTS])
def test_stop_and_resume(tmp_path: Path, config: RunConfig, variant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped at any step or inside an evaluation and resumed, a run has the same weights and points, bit for bit."""
    monkeypatch.setattr("bertft_tui.core.training.journal_callback._PACE", 0.0)  # a progress event for every step
    config = config.with_settings(_VARIANTS[variant])
    whole = make_run(tmp_path / "whole", config)
    assert attempt(whole) == "finished"
    last = events(whole, "plan")[0].fields["max_steps"]
    evaluations = sorted({step for name, step in points(whole) if name == "eval_loss" and step > 0})
    moments = [{"step": step} for step in (1, 3, last // 2, last)]
    moments += [{"step": step, "done": done} for step, done in zip(evaluations, (1, 2, 3), strict=False)]
    for number, moment in enumerate(moments):
        run = make_run(tmp_path / str(number), config)
        assert attempt(run, 1, Prompter(run, run.stop_request, "progress", **moment)) == "stopped", moment
        assert events(run, "checkpoint")[-1].fields["step"] == moment["step"]
        assert not run.stop_request.exists()
        assert attempt(run, 2) == "finished", moment
        assert points(run) == points(whole), moment
        assert weights(run, last) == weights(whole, last), moment


@pytest.mark.parametrize("variant", ["random", *_MORE_VARIANTS])
def test_stopped_again(tmp_path: Path, config: RunConfig, variant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that is stopped three times, once in an evaluation that was owed, still equals one that was not."""
    monkeypatch.setattr("bertft_tui.core.training.journal_callback._PACE", 0.0)
    config = config.with_settings((_VARIANTS | _MORE_VARIANTS)[variant])
    whole, run = make_run(tmp_path / "whole", config), make_run(tmp_path / "run", config)
    assert attempt(whole) == "finished"
    for number, moment in enumerate(({"step": 6}, {"step": 6, "done": 2}, {"step": 8}), start=1):
        assert attempt(run, number, Prompter(run, run.stop_request, "progress", **moment)) == "stopped"
    assert attempt(run, 4) == "finished"
    assert points(run) == points(whole)
    assert weights(run, _LAST) == weights(whole, _LAST)


def test_accumulation(tmp_path: Path, config: RunConfig) -> None:
    """Without dropout, batches of 8 and 4 accumulated batches of 2 give the same losses and gradient norms."""
    settings = {
        "data.train_size": 40,
        "data.padding": "max_length",
        "model.attention_dropout": 0.0,
        "model.hidden_dropout": 0.0,
    }
    results = []
    for batch, accumulation in ((8, 1), (2, 4)):
        sizes = {
            "training.per_device_train_batch_size": batch,
            "training.gradient_accumulation_steps": accumulation,
        }
        run = make_run(tmp_path / str(batch), config.with_settings(settings | sizes))
        assert attempt(run) == "finished"
        results.append(points(run))
    eight, two = results
    assert eight.keys() == two.keys()
    for (name, step), value in eight.items():
        tolerance = {"loss": 1e-5, "grad_norm": 1e-4}.get(name)
        if tolerance:
            assert two[name, step] == pytest.approx(value, abs=tolerance), (name, step)


def test_accumulation_with_dropout(tmp_path: Path, config: RunConfig) -> None:
    """With dropout the masks differ, and the mean loss of an epoch agrees within 5 %."""
    means = []
    for batch, accumulation in ((8, 1), (2, 4)):
        sizes = {
            "training.per_device_train_batch_size": batch,
            "training.gradient_accumulation_steps": accumulation,
        }
        run = make_run(tmp_path / str(batch), config.with_settings({"data.train_size": 40} | sizes))
        assert attempt(run) == "finished"
        losses = [value for (name, step), value in points(run).items() if name == "loss" and step <= 5]
        means.append(math.fsum(losses) / len(losses))
    assert means[1] == pytest.approx(means[0], rel=0.05)
