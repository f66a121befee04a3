"""What people write by hand, up to its first step: `launch_script.py MODEL FOLDER OUTPUT MAX_LENGTH`.

A plain Trainer on train.csv in FOLDER; prints when training began and when its first step was done, in seconds since
the epoch, and ends.
"""

import sys
import time

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
    """Says when training begins, and ends with its first step."""

    def on_train_begin(self, *_: object, **__: object) -> None:
        """Training begins."""
        print(time.time(), flush=True)

    def on_step_end(self, *_: object, **__: object) -> None:
        """The first step is done."""
        print(time.time(), flush=True)
        sys.exit()


def main(model_name: str, folder: str, output: str, max_length: str) -> None:
    """Fine-tune until the first step is done."""
    set_seed(42)
    data = load_dataset("csv", data_files=f"{folder}/train.csv", cache_dir=f"{output}-cache")["train"]
    data = data.class_encode_column("label")
    tokenizer = AutoTokenizer.from_pretrained(model_name)
    data = data.map(lambda rows: tokenizer(rows["text"], truncation=True, max_length=int(max_length)), batched=True)
    labels = data.features["label"].num_classes
    trainer = Trainer(
        model=AutoModelForSequenceClassification.from_pretrained(model_name, num_labels=labels),
        args=TrainingArguments(output_dir=output, report_to="none"),
        train_dataset=data,
        processing_class=tokenizer,
        callbacks=[Clock()],
    )
    trainer.train()


if __name__ == "__main__":
    main(*sys.argv[1:])
