"""A pass of the longest batch before the first step: what does not fit shows within seconds, not after an hour.

The pass draws from the training generators and gives them back, leaves no gradient and moves no weight, so the losses
are those of a run without it. What a batch took is remembered, and one that is known to fit is not tried again.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

import torch
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from bertft_tui.core.training.data.batches import longest_first
from bertft_tui.core.training.data.tokens import TokenRows
from bertft_tui.core.training.failures import memory_named
from bertft_tui.core.training.known_memory import IN_A_STEP, KEPT, facts_of_model, key_of, read_known, shape_of
from bertft_tui.core.training.packing import longest_of
from bertft_tui.core.training.randomness import forked_random_state
from bertft_tui.core.training.recipe import Recipe
from bertft_tui.core.training.task_trainer import TaskTrainer
from bertft_tui.core.training.trainer import RunTrainer
from bertft_tui.core.whole_file import write_whole

#: Batches that are remembered; the oldest give way.
_MOST_KNOWN = 300


class Memory(Protocol):
    """The memory of one device."""

    name: str  # of the device: "NVIDIA H100 80GB HBM3"
    total: int  # bytes

    def free(self) -> int:
        """Bytes that this process may have in all."""

    def start(self) -> None:
        """Begin to measure."""

    def peak(self) -> int:
        """Bytes that this process had at most since then."""

    def release(self) -> None:
        """Give back what lies unused."""


class CudaMemory:
    """The memory of a CUDA device, as torch counts it: what it has reserved, not only what is in use."""

    def __init__(self, device: torch.device) -> None:
        properties = torch.cuda.get_device_properties(device)
        self.name, self.total = str(properties.name), int(properties.total_memory)
        self._device = device

    def free(self) -> int:
        """Bytes that this process may have in all."""
        return int(torch.cuda.mem_get_info(self._device)[0] + torch.cuda.memory_reserved(self._device))

    def start(self) -> None:
        """Begin to measure."""
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats(self._device)

    def peak(self) -> int:
        """Bytes that this process had at most since then."""
        return int(torch.cuda.max_memory_reserved(self._device))

    def release(self) -> None:
        """Give back what lies unused."""
        torch.cuda.empty_cache()


def memory_of(device: torch.device) -> Memory | None:
    """Return the memory of a device that is probed; None for the others, which have the machine's."""
    return CudaMemory(device) if device.type == "cuda" else None


class ProbeCallback(TrainerCallback):  # type: ignore[misc]
    """Tries the longest batch when training begins. `known`: the file of what batches took."""

    def __init__(self, trainer: RunTrainer, memory: Memory, known: Path, recipe: Recipe) -> None:
        self._trainer = trainer
        self._memory = memory
        self._known = known
        self._recipe = recipe

    def on_train_begin(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        """Say what the longest batch takes. Raises AttemptFailed when it does not fit."""
        if state.global_step >= state.max_steps:
            return
        trainer, reporter = self._trainer, self._trainer.reporter
        batch = longest_batch(trainer)
        key = self._key(*batch["input_ids"].shape)
        peak = read_known(self._known).get(key)
        known = peak is not None and peak <= self._memory.free()
        if not known:
            reporter.tell("trying the longest batch…")
            with memory_named("probe", trainer.load), forked_random_state():
                peak = try_batch(trainer, batch, self._memory)
            remember(self._known, key, peak)
            reporter.tell("")
        texts = {"rows": len(batch["labels"]), "tokens": longest_of(batch)}
        reporter.journal.write("memory", **texts, peak=peak, total=self._memory.total, known=known)

    def _key(self, rows: int, tokens: int) -> str:
        """All that the memory of a batch depends on."""
        precision, first_alone = self._recipe.place.precision, self._recipe.first_token_alone
        optimizer = _optimizer_name(self._trainer)
        facts = facts_of_model(self._trainer.model, precision, optimizer, first_alone=first_alone)
        shape = shape_of(rows, tokens, self._trainer.args.gradient_accumulation_steps)
        return key_of(facts, shape, self._memory.name, self._memory.total, torch.__version__)


def longest_batch(trainer: TaskTrainer) -> dict[str, Any]:
    """Make the batch that needs the most memory out of the training rows."""
    rows: TokenRows = trainer.train_dataset
    return rows.__getitems__(longest_first(rows.lengths)[: trainer.args.per_device_train_batch_size].tolist())


def try_batch(trainer: TaskTrainer, batch: Mapping[str, Any], memory: Memory) -> int:
    """Pass a batch forwards and backwards as a step does, beside what the optimizer will keep; return the peak.

    With accumulation there are gradients when the second pass begins, so there is a second one.
    """
    device, model = trainer.args.device, trainer.model_wrapped
    learning = sum(weight.numel() for weight in trainer.model.parameters() if weight.requires_grad)
    name = _optimizer_name(trainer)
    memory.start()
    try:
        kept = 0 if trainer.optimizer.state else KEPT.get(name, 0)
        held = torch.empty(kept * learning, dtype=torch.uint8, device=device)
        for _ in range(min(2, trainer.args.gradient_accumulation_steps)):
            trainer.training_step(model, dict(batch))
        torch.empty(IN_A_STEP.get(name, 0) * learning, dtype=torch.uint8, device=device)
        del held
        return memory.peak()
    finally:
        model.zero_grad()
        memory.release()


def _optimizer_name(trainer: TaskTrainer) -> str:
    return str(getattr(trainer.args.optim, "value", trainer.args.optim))


def remember(path: Path, key: str, peak: int) -> None:
    """Keep what a batch took; a cache that cannot be written costs the next run a few seconds and no more."""
    known = {name: value for name, value in read_known(path).items() if name != key} | {key: peak}
    newest = dict(list(known.items())[-_MOST_KNOWN:])
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(path, json.dumps(newest, indent=1).encode(), shared=True)
