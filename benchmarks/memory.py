"""What batches take of a GPU, and how near a forecast comes: `python -m benchmarks.memory FILE` (some minutes).

Each batch is tried as a run tries its longest one, then some are trained on. FILE gets what was measured; with
`--read` it is judged again and nothing is measured. Models have random weights, and the sizes of published ones.
"""

import argparse
import gc
import json
import re
import sys
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from transformers import (
    AutoModelForSequenceClassification,
    BertConfig,
    DebertaV2Config,
    DistilBertConfig,
    ModernBertConfig,
    PretrainedConfig,
    PrinterCallback,
    TrainerCallback,
)

from benchmarks.memory_forecasts import table
from bertft_tui.core import nvml
from bertft_tui.core.config import RunConfig
from bertft_tui.core.training.arguments import training_arguments
from bertft_tui.core.training.data.tokens import Padding, TokenRows, Tokens
from bertft_tui.core.training.device import Choice, settle_attention
from bertft_tui.core.training.known_memory import facts_of_model, key_of, shape_of
from bertft_tui.core.training.memory_probe import Memory, memory_of, try_batch
from bertft_tui.core.training.number_formats import Precision
from bertft_tui.core.training.quiet import quiet_libraries
from bertft_tui.core.training.task_trainer import TaskTrainer

#: Texts and tokens of the batches that are tried.
ROWS, TOKENS = (8, 16, 32, 64), (64, 128, 256, 512)

#: Steps that are trained with batches of one shape, and with texts as they come.
_STEPS, _MIXED_STEPS, _MIXED_ROWS = 4, 16, 32

_DEBERTA = {
    "vocab_size": 128_100,
    "relative_attention": True,
    "position_buckets": 256,
    "pos_att_type": ["p2c", "c2p"],
    "share_att_key": True,
    "norm_rel_ebd": "layer_norm",
    "position_biased_input": False,
    "type_vocab_size": 0,
}
_LARGE = {"hidden_size": 1024, "num_hidden_layers": 24, "num_attention_heads": 16, "intermediate_size": 4096}
_MINI = {"hidden_size": 384, "num_hidden_layers": 6, "num_attention_heads": 12, "intermediate_size": 1536}


class Setting(NamedTuple):
    """What the memory of a batch depends on beside its shape."""

    name: str
    config: PretrainedConfig
    precision: Precision
    passes: int = 1
    optim: str = "adamw_torch_fused"
    lora: bool = False
    attention: str = "sdpa"
    trained: tuple[tuple[int, int], ...] = ()  # shapes that are trained on, beside texts of all lengths


class Trained(NamedTuple):
    """What a short training took, in bytes; `longest` is the batch that its probe would try."""

    setting: str
    longest: tuple[int, int]
    mixed: bool
    tried: int  # what trying the longest batch took
    reserved: int
    allocated: int
    beside: int | None  # what the driver says is taken, without what torch has and others had before


def settings() -> list[Setting]:
    """Those that are measured, the most usual first."""
    shapes = ((8, 64), (32, 128), (32, 512))
    found = [Setting(f"BERT-base {each}", BertConfig(), each, trained=shapes) for each in _precisions()]
    found += [Setting(f"BERT-base {each}, two passes", BertConfig(), each, 2) for each in _precisions()]
    return [
        *found,
        Setting("BERT-base bf16, LoRA", BertConfig(), "bf16", lora=True),
        Setting("BERT-base bf16, eager attention", BertConfig(), "bf16", attention="eager"),
        Setting("MiniLM bf16", BertConfig(**_MINI), "bf16"),
        Setting("DistilBERT bf16", DistilBertConfig(), "bf16"),
        Setting("BERT-base bf16, AdamW not fused", BertConfig(), "bf16", optim="adamw_torch", trained=((8, 64),)),
        Setting("BERT-base bf16, SGD", BertConfig(), "bf16", optim="sgd"),
        Setting("DeBERTa-v3-base bf16", DebertaV2Config(**_DEBERTA), "bf16", attention="eager"),
        Setting("ModernBERT-base bf16", ModernBertConfig(), "bf16"),
        Setting("BERT-large bf16", BertConfig(**_LARGE), "bf16"),
    ]


def _precisions() -> tuple[Precision, ...]:
    return ("bf16", "fp32", "fp16") if torch.cuda.is_available() else ("fp32",)


class Measurements:
    """All that was measured, and the file that keeps it."""

    def __init__(self, file: Path, memory: Memory) -> None:
        self._file, self.memory = file, memory
        self._context = _used()  # before torch has opened the device
        self.known: dict[str, int] = {}
        self.padded: dict[str, int] = {}
        self.trained: list[Trained] = []

    def beside(self) -> int | None:
        """Bytes that the driver says are taken, but for those that torch has and others had."""
        now = _used()
        if now is None or self._context is None or not torch.cuda.is_available():
            return None
        return now - self._context - torch.cuda.memory_reserved()

    def save(self) -> None:
        """Write what there is so far."""
        found = {
            "device": self.memory.name,
            "torch": torch.__version__,
            "known": self.known,
            "padded": self.padded,
            "trained": [each._asdict() for each in self.trained],
        }
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.write_text(json.dumps(found, indent=1), encoding="utf-8")


def _used() -> int | None:
    with nvml.opened() as trouble:
        gpus = [] if trouble else nvml.every_gpu()
        return gpus[0].memory().used_bytes if gpus else None


class _Trainer(TaskTrainer):
    """A Trainer that keeps no checkpoint."""

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        """Nobody wants it."""


class _Trying(TrainerCallback):  # type: ignore[misc]
    """Tries batches when training begins, and measures what follows."""

    def __init__(self, setting: Setting, shapes: Sequence[tuple[int, int]], into: Measurements) -> None:
        self.setting, self._shapes, self._into = setting, shapes, into
        self.trainer: _Trainer | None = None
        self.took: tuple[int, int, int | None] = (0, 0, None)

    def on_train_begin(self, *_: Any, **__: Any) -> None:
        """Try each shape, without padding and with; then begin to measure."""
        assert self.trainer is not None
        for rows, tokens in self._shapes:
            for found, lengths in ((self._into.known, tokens), (self._into.padded, tokens // 2)):
                texts = _texts([tokens] + [lengths] * (rows - 1), self.setting.config.vocab_size)
                try:
                    peak = try_batch(self.trainer, texts.__getitems__(range(rows)), self._into.memory)
                except torch.OutOfMemoryError:
                    gc.collect()
                    continue
                found[key(self.setting, self.trainer.model, (rows, tokens), self._into.memory)] = peak
        self._into.memory.start()

    def on_step_end(self, *_: Any, **__: Any) -> None:
        """Keep the highest figures: the last may be of a device that is already empty."""
        if torch.cuda.is_available():
            allocated = torch.cuda.max_memory_allocated()
            self.took = self._into.memory.peak(), allocated, self._into.beside()


def key(setting: Setting, model: Any, shape: tuple[int, int], memory: Memory) -> str:
    """What a run would write into the file of what batches took."""
    facts = facts_of_model(model, setting.precision, setting.optim, first_alone=False)
    return key_of(facts, shape_of(*shape, setting.passes), memory.name, memory.total, torch.__version__)


def _texts(lengths: Sequence[int], vocabulary: int) -> TokenRows:
    """Rows of random tokens, padded to the longest of a batch."""
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
    ids = np.random.default_rng(1).integers(5, min(vocabulary, 30_000), starts[-1])
    return TokenRows(Tokens({"input_ids": ids}, starts), np.arange(len(lengths)) % 2, Padding())


def _model(setting: Setting) -> Any:
    torch.manual_seed(1)
    setting.config._attn_implementation = setting.attention
    model = AutoModelForSequenceClassification.from_config(setting.config)
    model.accepts_loss_kwargs = False
    if not setting.lora:
        return model
    from peft import LoraConfig, get_peft_model

    layers = r".*encoder.*\b(query|key|value|dense)"  # as a run with model.lora_r chooses them
    return get_peft_model(model, LoraConfig(r=8, target_modules=layers, modules_to_save=["pooler", "classifier"]))


def _train(setting: Setting, lengths: Sequence[int], rows: int, trying: _Trying, device: str) -> None:
    """Train on texts of these lengths, in their order."""
    config = RunConfig().with_settings(
        {
            "training.per_device_train_batch_size": rows,
            "training.gradient_accumulation_steps": setting.passes,
            "training.optim": setting.optim,
            "training.train_sampling_strategy": "sequential",
            "training.eval_strategy": "no",
            "training.num_train_epochs": 1,
        }
    )
    model = _model(setting)
    choice = Choice(device, device, setting.precision, "")
    trainer = _Trainer(
        precision=setting.precision,
        model=model,
        args=training_arguments(config, choice, Path("unused")),
        train_dataset=_texts(lengths, setting.config.vocab_size),
        callbacks=[trying],
    )
    trainer.remove_callback(PrinterCallback)
    trying.trainer = trainer
    trainer.train()
    trying.trainer = None
    del trainer, model
    gc.collect()


def measure(setting: Setting, shapes: Sequence[tuple[int, int]], into: Measurements, device: str) -> None:
    """Try the shapes; train on texts of all lengths, then on those shapes that the setting names."""
    generator = torch.Generator().manual_seed(1)
    longest = max(tokens for _, tokens in shapes)
    drawn = torch.randn(_MIXED_STEPS * _MIXED_ROWS * setting.passes, generator=generator)
    mixed = (drawn * 0.8 + 5.3).exp().clamp(8, longest).int().tolist()
    rows = max(rows for rows, _ in shapes if rows <= _MIXED_ROWS)
    trained = [(mixed, (rows, longest), tuple(shapes))]
    trained += [([tokens] * rows * _STEPS * setting.passes, (rows, tokens), ()) for rows, tokens in setting.trained]
    for lengths, shape, tried in trained:
        trying = _Trying(setting, tried, into)
        _train(setting, lengths, shape[0], trying, device)
        with torch.device("meta"):
            outline = _model(setting)
        peak = into.known.get(key(setting, outline, shape, into.memory), 0)
        into.trained.append(Trained(setting.name, shape, bool(tried), peak, *trying.took))
        into.memory.release()


def main(words: list[str]) -> int:
    """Measure and say what came of it. Exit code 1 when a forecast was further off than it may be."""
    parser = argparse.ArgumentParser(description="Measures what batches take of a GPU's memory.")
    parser.add_argument("file", type=Path, help="what was measured (JSON)")
    parser.add_argument("--read", action="store_true", help="judge what the file says")
    parser.add_argument("--only", default="", metavar="REGEX", help="settings whose names it is found in")
    asked = parser.parse_args(words)
    if not asked.read:
        memory = memory_of(torch.device("cuda:0")) if torch.cuda.is_available() else None
        if memory is None:
            sys.exit("There is no CUDA device.")
        measure_all(Measurements(asked.file, memory), "cuda:0", asked.only)
    text, within = table(json.loads(asked.file.read_text(encoding="utf-8")))
    print(text)
    return 0 if within else 1


def measure_all(into: Measurements, device: str, only: str = "") -> None:
    """Measure every setting that is asked for; the file has those that are done."""
    quiet_libraries()
    settle_attention("dynamic")
    shapes = [(rows, tokens) for rows in ROWS for tokens in TOKENS]
    for setting in (each for each in settings() if re.search(only, each.name)):
        began = time.monotonic()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            measure(setting, shapes, into, device)
        into.save()
        print(f"{setting.name}: {time.monotonic() - began:.1f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
