"""Texts of three lengths out of the packaged BBC News articles: sentences, whole articles, and 512 tokens each.

They are the same each time. A text is of the class of its article, and no article has texts in both parts.
"""

import csv
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bertft_tui.core.packaged import demo_corpus_directory

#: Characters that surely are more than 512 tokens of English.
_LONG = 4_500

#: Characters that are left of a text whatever its share.
_FEWEST = 40

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"'])")

#: Words of a sentence that is taken: shorter ones are headings and exclamations.
_SHORTEST, _LONGEST = 6, 40


class Text(NamedTuple):
    """A text and its class."""

    text: str
    label: str


class Kind(NamedTuple):
    """Texts of one length. `tokens`: what a person would call them."""

    name: str
    tokens: str


KINDS = (
    Kind("sentences", "single sentences"),
    Kind("news", "whole news articles, cut at 512 tokens"),
    Kind("long", "texts of 512 tokens and more, cut there"),
)


def write_corpus(folder: Path, kind: str, train: int, evaluation: int, share: float = 1.0) -> None:
    """Write train.csv and test.csv: so many rows of a kind, of all classes alike; of each text its first share."""
    draw = random.Random(1)
    parts: dict[str, list[Text]] = {"train": [], "test": []}
    labels = sorted(path for path in demo_corpus_directory().iterdir() if path.is_dir())
    for place, label in enumerate(labels):
        articles = _articles(label)
        draw.shuffle(articles)
        half = len(articles) // 2
        for part, size, chosen in (("train", train, articles[:half]), ("test", evaluation, articles[half:])):
            wanted = size // len(labels) + (place < size % len(labels))
            texts = list(_texts(kind, chosen))
            draw.shuffle(texts)
            parts[part] += [Text(text[: max(_FEWEST, int(share * len(text)))], label.name) for text in texts[:wanted]]
    folder.mkdir(parents=True, exist_ok=True)
    for part, rows in parts.items():
        draw.shuffle(rows)
        with (folder / f"{part}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([Text._fields, *rows])


def _articles(folder: Path) -> list[str]:
    """The different articles of a class, each on one line."""
    texts = (path.read_text(encoding="utf-8", errors="replace") for path in sorted(folder.glob("*.txt")))
    return list(dict.fromkeys(" ".join(text.split()) for text in texts))


def _texts(kind: str, articles: list[str]) -> Iterator[str]:
    if kind == "news":
        yield from articles
    elif kind == "sentences":
        for article in articles:
            for sentence in _SENTENCE.split(article):
                if _SHORTEST <= len(sentence.split()) <= _LONGEST:
                    yield sentence
    else:
        joined = ""
        for article in articles:
            joined = f"{joined} {article}".strip()
            if len(joined) >= _LONG:
                yield joined
                joined = ""
