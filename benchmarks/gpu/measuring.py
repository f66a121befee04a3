"""Trainings of a BERT-base on a GPU, one after the other: about six minutes.

First on texts of one length each, then on texts as long as film reviews; the latter as often as the time allows.
What a machine cannot do is left out, and said.
"""

import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import torch
from transformers import BertConfig

from benchmarks.gpu import texts
from benchmarks.gpu.flops import matmul_peaks, training_flops
from benchmarks.gpu.trainings import Bench, Timed, opened
from benchmarks.page import CannotMeasure
from benchmarks.training import say
from bertft_tui.core.paths import RunDirectory
from bertft_tui.core.scheduling.devices import Device, inventory

#: Texts of a step: as the Trainer's default has it, and more for a GPU to do at once.
USUAL, MANY = 8, 64

_AT_ONCE = {"training.per_device_train_batch_size": "auto", "training.train_batch_size": MANY}
_COMPILED = {"hardware.torch_compile": True}

#: The ways to train, beside the script.
SCRIPT = "script"
WAYS: dict[str, dict[str, Any]] = {
    "run": {},
    "compiled": _COMPILED,
    "at once": _AT_ONCE,
    "at once, compiled": _AT_ONCE | _COMPILED,
}


class Part(NamedTuple):
    """A run that differs in one thing from `against`, the name of another."""

    settings: Mapping[str, Any]
    against: str = ""
    cudnn: bool | None = None


_DYNAMIC = {"data.padding": "dynamic"}

PARTS = {
    "defaults": Part({}),
    "dynamic": Part(_DYNAMIC, "defaults"),
    "padded": Part({"data.padding": "max_length"}, "defaults"),
    "tf32": Part(_DYNAMIC | {"hardware.precision": "tf32"}, "dynamic"),
    "fp32": Part(_DYNAMIC | {"hardware.precision": "fp32"}, "dynamic"),
    "cudnn": Part(_DYNAMIC, "dynamic", cudnn=True),
    "pageable": Part({"hardware.dataloader_pin_memory": False}, "defaults"),
    "all tokens": Part({"model.last_layer": "all_tokens"}, "defaults"),
    "occurring": Part({"model.trained_embeddings": "occurring"}, "defaults"),
    "workers": Part({"hardware.dataloader_num_workers": 2}, "defaults"),
}


class Amount(NamedTuple):
    """How much is measured. After `seconds` nothing is measured a second time."""

    lengths: tuple[int, ...] = (128, 512)
    limit: int = 512  # of tokens
    steps: int = 32  # on texts of one length
    warm: int = 8  # of these, the first ones that are not counted
    train: int = 600
    evaluation: int = 600
    part: int = 240  # texts to train on, to see what each part gains
    turns: int = 3
    seconds: float = 330.0
    matrix: int = 8192
    ways: tuple[str, ...] = (SCRIPT, *WAYS)
    parts: tuple[str, ...] = tuple(PARTS)


class Lab(NamedTuple):
    """What all trainings have in common."""

    bench: Bench
    folder: Path
    model: Path
    amount: Amount


def measure(folder: Path, amount: Amount | None = None, config: Any = None) -> dict[str, Any]:
    """Measure on the first GPU. Raises CannotMeasure where torch has none."""
    device = inventory()[0]
    if not (device.name.startswith("cuda") and torch.cuda.is_available()):
        raise CannotMeasure("torch finds no CUDA device")
    return measure_on(device, folder, amount or Amount(), config or BertConfig())


def measure_on(device: Device, folder: Path, amount: Amount, config: Any) -> dict[str, Any]:
    """Measure on a device, with models of a configuration."""
    began = time.monotonic()
    model = folder / "model"
    tokenizer = texts.write_model(model, config)
    with opened(device, folder) as bench:
        lab = Lab(bench, folder, model, amount)
        train, test, part = (
            texts.reviews(rows, seed) for seed, rows in enumerate((amount.train, amount.evaluation, amount.part), 1)
        )
        texts.write_texts(folder / "reviews", train, test)
        texts.write_texts(folder / "part", part, test[:USUAL])
        tokens = texts.token_counts(tokenizer, train, amount.limit)
        return {
            "amount": amount._asdict(),
            "device": {"title": device.title, "bytes": device.total_bytes},
            "peaks": matmul_peaks("cuda:0" if device.name.startswith("cuda") else device.name, amount.matrix),
            "even": {str(length): _even(lab, tokenizer, config, length) for length in amount.lengths},
            "reviews": {"tokens": tokens, "flops": training_flops(tokens, config)},
            "turns": _turns(lab, began),
        }


def _even(lab: Lab, tokenizer: Any, config: Any, tokens: int) -> dict[str, Any]:
    """Train on texts of one length in every way; model flops of one text, and what each way took."""
    amount, name = lab.amount, f"even-{tokens}"
    rows = texts.even_texts(tokenizer, tokens, amount.steps * MANY)
    assert set(texts.token_counts(tokenizer, rows, amount.limit)) == {tokens}
    texts.write_texts(lab.folder / name, rows, rows[:USUAL])
    found = {}
    for way in amount.ways:
        settings = {"max_steps": amount.steps}
        timed = _attempted(f"{tokens} tokens, {way}", partial(_train, lab, name, way, f"{name}-{way}", settings))
        if timed is not None:
            found[way] = timed
    return {"flops": training_flops([tokens], config), "ways": found}


def _turns(lab: Lab, began: float) -> dict[str, list[Timed]]:
    """Train on reviews, everything once, then again as often as there is time."""
    found: dict[str, list[Timed]] = {}
    cannot = set()
    for turn in range(lab.amount.turns):
        for name, training in _trainings(lab, turn):
            if turn and time.monotonic() - began > lab.amount.seconds:
                return found
            if name in cannot:
                continue
            if (timed := _attempted(f"{name}, turn {turn + 1}", training)) is None:
                cannot.add(name)
            else:
                found.setdefault(name, []).append(timed)
    return found


def _trainings(lab: Lab, turn: int) -> Iterator[tuple[str, Callable[[], Timed]]]:
    amount = lab.amount
    for way in amount.ways:
        yield way, partial(_train, lab, "reviews", way, f"reviews-{turn}-{way}", {"num_train_epochs": 2})
    epochs = {"training.num_train_epochs": 2}
    for name in amount.parts:
        part = PARTS[name]
        directory = RunDirectory(lab.folder / f"part-{turn}-{name}")
        settings = _settings(lab, "part") | epochs | part.settings
        yield f"part {name}", partial(lab.bench.run, directory, settings, cudnn=part.cudnn)
    for start, run in (("cold", lab.bench.cold_run), ("warm", lab.bench.run)):  # of what is known to fit by now
        directory = RunDirectory(lab.folder / f"{start}-{turn}")
        yield f"{start} start", partial(run, directory, _settings(lab, "part") | epochs)


def _train(lab: Lab, data: str, way: str, name: str, arguments: Mapping[str, Any]) -> Timed:
    """Train in one way. `arguments`: what is set of the Trainer's, by script and run alike."""
    if way == SCRIPT:
        settings = {**arguments, "max_length": lab.amount.limit}
        return lab.bench.script(lab.model, lab.folder / data, lab.folder / f"{name}.json", settings)
    settings = {f"training.{key}": value for key, value in arguments.items()}
    return lab.bench.run(RunDirectory(lab.folder / name), _settings(lab, data) | settings | WAYS[way])


def _settings(lab: Lab, data: str) -> dict[str, Any]:
    """Those of all runs: like the script they tokenize anew, and evaluate once, at the end."""
    return {
        "model.name_or_path": str(lab.model),
        "data.dataset": str(lab.folder / data),
        "data.eval_split": "test",
        "data.max_length": lab.amount.limit,
        "data.load_from_cache_file": False,
        "training.eval_strategy": "no",
        "hardware.device": lab.bench.device.name,
    }


def _attempted(what: str, training: Callable[[], Timed]) -> Timed | None:
    """What a training took; None where it failed, which is said: another machine may be able to."""
    try:
        timed = training()
    except (RuntimeError, subprocess.CalledProcessError) as error:
        say(f"{what}: left out, {error}")
        return None
    say(f"{what}: {timed.seconds:.1f} s")
    return timed
