"""A model of random weights, and texts of given lengths out of the words of the packaged BBC News articles.

What a training takes depends on neither the values of weights nor what a text says. The tokenizer is the packaged
MiniLM's, with the vocabulary of bert-base-uncased, so that a word is of as many tokens as English has.
"""

import csv
import math
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModel, AutoTokenizer

from bertft_tui.core.packaged import demo_corpus_directory, demo_model_directory

#: Words of the 50,000 reviews of the Large Movie Review Dataset as `keras.datasets.imdb` has them; the mean (234.76)
#: is that of https://machinelearningmastery.com/predict-sentiment-movie-reviews-using-deep-learning/.
REVIEW_MEAN, REVIEW_MEDIAN = 235, 176

#: More words than a text ever has: BERT cuts it at 512 tokens.
_MOST_WORDS = 2_500


def write_model(folder: Path, config: Any) -> Any:
    """Save a model of random weights with its tokenizer; return the tokenizer."""
    tokenizer = AutoTokenizer.from_pretrained(demo_model_directory())
    tokenizer.save_pretrained(folder)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        AutoModel.from_config(config).save_pretrained(folder)
    return tokenizer


def even_texts(tokenizer: Any, tokens: int, rows: int, seed: int = 1) -> list[str]:
    """Texts of so many tokens each, with those that every text begins and ends with."""
    long = _passages([tokens] * rows, seed)
    found = tokenizer(long, truncation=True, max_length=tokens, return_offsets_mapping=True)
    return [text[: offsets[-2][1]] for text, offsets in zip(long, found["offset_mapping"], strict=True)]


def reviews(rows: int, seed: int) -> list[str]:
    """Texts whose lengths are spread as those of film reviews: log-normal, of the same mean and median."""
    draw = random.Random(seed)
    spread = math.sqrt(2 * math.log(REVIEW_MEAN / REVIEW_MEDIAN))
    lengths = [round(draw.lognormvariate(math.log(REVIEW_MEDIAN), spread)) for _ in range(rows)]
    return _passages([min(max(length, 5), _MOST_WORDS) for length in lengths], seed)


def token_counts(tokenizer: Any, texts: Sequence[str], limit: int) -> list[int]:
    """Tokens of each text, cut at the limit."""
    return [len(ids) for ids in tokenizer(list(texts), truncation=True, max_length=limit)["input_ids"]]


def write_texts(folder: Path, train: Sequence[str], test: Sequence[str]) -> Path:
    """Write train.csv and test.csv, with two classes in turn; return the folder."""
    folder.mkdir(parents=True)
    for part, texts in (("train", train), ("test", test)):
        rows = [(text, "one" if number % 2 else "other") for number, text in enumerate(texts)]
        with (folder / f"{part}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("text", "label"), *rows])
    return folder


def _passages(lengths: Sequence[int], seed: int) -> list[str]:
    """Passages of so many words, each from somewhere in the articles."""
    files = sorted(demo_corpus_directory().glob("*/*.txt"))
    words = [word for file in files for word in file.read_text(encoding="utf-8", errors="replace").split()]
    draw = random.Random(seed)
    starts = [draw.randrange(len(words) - length) for length in lengths]
    return [" ".join(words[start : start + length]) for start, length in zip(starts, lengths, strict=True)]
