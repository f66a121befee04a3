"""What people write by hand: a plain Trainer on two csv files. `plain_script.py MODEL TRAIN EVAL OUTPUT`."""

import json
import sys
from pathlib import Path

from datasets import load_dataset
from transformers import AutoModelForSequenceClassification, AutoTokenizer, Trainer, TrainingArguments, set_seed


def main(model_name: str, train: str, evaluation: str, output: str) -> None:
    """Fine-tune, evaluate at the end, and write the log as JSON."""
    set_seed(42)
    data = load_dataset("csv", data_files={"train": train, "test": evaluation}, cache_dir=output + "-cache")
    data = data.class_encode_column("label")
    tokenizer = AutoTokenizer.from_pretrained(model_name)
    data = data.map(lambda rows: tokenizer(rows["text"], truncation=True, max_length=24, padding="max_length"))
    model = AutoModelForSequenceClassification.from_pretrained(model_name, num_labels=3)
    arguments = TrainingArguments(
        output_dir=output + "-checkpoints",
        num_train_epochs=2,
        learning_rate=1e-3,
        logging_steps=1,
        save_strategy="no",
        use_cpu=True,
    )
    trainer = Trainer(model=model, args=arguments, train_dataset=data["train"], eval_dataset=data["test"])
    trainer.train()
    trainer.evaluate()
    Path(output).write_text(json.dumps(trainer.state.log_history))


if __name__ == "__main__":
    main(*sys.argv[1:])
