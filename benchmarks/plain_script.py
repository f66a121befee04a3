"""What people write by hand, after the classic tutorial: `plain_script.py MODEL FOLDER OUTPUT SETTINGS`.

Reads train.csv and test.csv in FOLDER, pads every text to 512 tokens, trains with the Trainer's defaults and
evaluates; writes how long that took and the accuracy as JSON. SETTINGS: a JSON object with what is not a default.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from datasets import load_dataset
from transformers import AutoModelForSequenceClassification, AutoTokenizer, Trainer, TrainingArguments, set_seed


def accuracy(found: Any) -> dict[str, float]:
    """The share of texts whose class was found."""
    logits, labels = found
    return {"accuracy": float((np.argmax(logits, axis=-1) == labels).mean())}


def main(model_name: str, folder: str, output: str, settings: str) -> None:
    """Fine-tune and evaluate."""
    chosen = json.loads(settings)
    set_seed(chosen.get("seed", 42))
    files = {"train": f"{folder}/train.csv", "test": f"{folder}/test.csv"}
    data = load_dataset("csv", data_files=files, cache_dir=f"{output}-cache").class_encode_column("label")
    labels = data["train"].features["label"].num_classes
    tokenizer = AutoTokenizer.from_pretrained(model_name)
    model = AutoModelForSequenceClassification.from_pretrained(model_name, num_labels=labels)
    start = time.time()
    data = data.map(lambda rows: tokenizer(rows["text"], padding="max_length", truncation=True), batched=True)
    trainer = Trainer(
        model=model,
        args=TrainingArguments(output_dir=f"{output}-checkpoints", report_to="none", **chosen),
        train_dataset=data["train"],
        eval_dataset=data["test"],
        compute_metrics=accuracy,
    )
    trainer.train()
    found = trainer.evaluate()
    figures = {"seconds": time.time() - start, "accuracy": found["eval_accuracy"]}
    Path(output).write_text(json.dumps(figures), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
