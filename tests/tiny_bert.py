"""A BERT of random weights with a vocabulary of its own, and texts it can learn: for trainings of a second."""

import csv
import random
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import BertConfig

TOPICS = {
    "food": ["bread", "cheese", "apple", "soup", "kitchen", "taste", "salt", "butter"],
    "sport": ["ball", "team", "goal", "match", "referee", "league", "score", "win"],
    "weather": ["rain", "cloud", "storm", "sunny", "wind", "cold", "degree", "snow"],
}
FILLERS = ["the", "a", "this", "that", "very", "some", "today", "again", "never", "often"]


def texts(rows: int, seed: int = 0) -> list[tuple[str, str]]:
    """Return (text, label) pairs, the labels in turn, the lengths between 4 and 14 words."""
    draw = random.Random(seed)
    labels = sorted(TOPICS)
    pairs = []
    for number in range(rows):
        label = labels[number % len(labels)]
        words = draw.choices(TOPICS[label], k=draw.randint(2, 6)) + draw.choices(FILLERS, k=draw.randint(2, 8))
        draw.shuffle(words)
        pairs.append((" ".join(words), label))
    return pairs


def write_csv(path: Path, rows: list[tuple[str, str]]) -> Path:
    """Write the pairs as a csv file with the columns text and label."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "label"])
        writer.writerows(rows)
    return path


def make_tiny_bert(folder: Path, config: "BertConfig | None" = None) -> Path:
    """Save config, tokenizer and random weights (safetensors) of a two-layer BERT; return the folder.

    Another `config` makes a larger one with the same tokenizer.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the libraries' own, on import
        import torch
        from transformers import BertConfig, BertModel, BertTokenizerFast

    words = sorted({word for topic in TOPICS.values() for word in topic} | set(FILLERS))
    vocabulary = folder / "vocab.txt"
    folder.mkdir(parents=True)
    vocabulary.write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *words]) + "\n")
    tokenizer = BertTokenizerFast(vocab=str(vocabulary))
    tokenizer.save_pretrained(folder)
    config = config or BertConfig(
        vocab_size=len(words) + 5,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
    )
    with torch.random.fork_rng():
        torch.manual_seed(0)
        BertModel(config).save_pretrained(folder)
    return folder
