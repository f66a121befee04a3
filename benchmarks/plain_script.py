"""What people write by hand, after the classic tutorial: `plain_script.py MODEL FOLDER OUTPUT SETTINGS`.

Reads train.csv and test.csv in FOLDER, pads every text to 512 tokens, trains with the Trainer's defaults and
evaluates; writes how long that took, the accuracy, when each step was done and what of a GPU it took at most as JSON.
SETTINGS: a JSON object with what is not a default.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from datasets import load_dataset
from transformers import (
    AutoModelForSequenceClassification,
    AutoTokenizer,
    Trainer,
    TrainerCallback,
    TrainingArguments,
    set_seed,
)


class Clock(TrainerCallback):  # type: ignore[misc]
    """Notes when training begins and when each step is done, in seconds since the epoch."""

    def __init__(self) -> None:
        self.begins = 0.0
        self.steps: list[float] = []

    def on_train_begin(self, *_: object, **__: object) -> None:
        """Training begins."""
        self.begins = time.time()

    def on_step_end(self, *_: object, **__: object) -> None:
        """A step is done; the Trainer has waited for its loss."""
        self.steps.append(time.time())


def accuracy(found: Any) -> dict[str, float]:
    """The share of texts whose class was found."""
    logits, labels = found
    return {"accuracy": float((np.argmax(logits, axis=-1) == labels).mean())}


def memory() -> dict[str, int]:
    """What tensors took of a GPU at most, and what was reserved for them, in bytes; nothing where there is none."""
    if not torch.cuda.is_available():
        return {}
    return {"allocated": torch.cuda.max_memory_allocated(), "reserved": torch.cuda.max_memory_reserved()}


def main(model_name: str, folder: str, output: str, settings: str) -> None:
    """Fine-tune and evaluate."""
    chosen = json.loads(settings)
    set_seed(chosen.get("seed", 42))
    max_length = chosen.pop("max_length", 512)
    files = {"train": f"{folder}/train.csv", "test": f"{folder}/test.csv"}
    data = load_dataset("csv", data_files=files, cache_dir=f"{output}-cache").class_encode_column("label")
    labels = data["train"].features["label"].num_classes
    tokenizer = AutoTokenizer.from_pretrained(model_name)
    model = AutoModelForSequenceClassification.from_pretrained(model_name, num_labels=labels)
    start = time.time()
    as_long = {"padding": "max_length", "truncation": True, "max_length": max_length}
    data = data.map(lambda rows: tokenizer(rows["text"], **as_long), batched=True)
    clock = Clock()
    trainer = Trainer(
        model=model,
        args=TrainingArguments(output_dir=f"{output}-checkpoints", report_to="none", **chosen),
        train_dataset=data["train"],
        eval_dataset=data["test"],
        compute_metrics=accuracy,
        callbacks=[clock],
    )
    trainer.train()
    scored = [log for log in trainer.state.log_history if "eval_accuracy" in log]
    found = scored[-1] if scored else trainer.evaluate()
    figures = {"seconds": time.time() - start, "accuracy": found["eval_accuracy"], **vars(clock), **memory()}
    Path(output).write_text(json.dumps(figures), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
