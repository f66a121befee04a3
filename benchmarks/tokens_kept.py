"""What it takes to make the tokens of many texts, and to read them again as the next run does."""

import csv
import os
import time
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pyarrow as pa

from benchmarks.corpora import write_corpus
from benchmarks.figures import figures, milliseconds
from bertft_tui.core.packaged import DEMO
from bertft_tui.core.paths import token_cache
from bertft_tui.core.sections import DataSection, ModelSection
from bertft_tui.core.training.data.tokenizing import tokenize
from bertft_tui.core.training.data.tokens import Tokens
from bertft_tui.core.training.model.inspection import inspect_model
from bertft_tui.core.training.model.tokenizer import load_tokenizer

_TURNS = 3

#: More than there are articles: all are taken.
_ALL = 10_000


def measure(folder: Path, texts: int = _ALL, turns: int = _TURNS) -> dict[str, Any]:
    """Tokenize whole articles at 512 tokens and read them again; return seconds of each, and how many there were."""
    model, data = ModelSection(name_or_path=DEMO), DataSection(dataset=DEMO, max_length=512)
    tokenizer = load_tokenizer(inspect_model(model, data.max_length), model)
    articles = pa.table({"text": _articles(folder / "articles", texts)})
    made, read = [], []
    with patch.dict(os.environ, {"BERTFT_RUNTIME_DIR": str(folder / "runtime")}):

        def timed() -> tuple[float, Tokens]:
            began = time.perf_counter()
            tokens = tokenize(articles, tokenizer, data, lambda: None, str)
            return time.perf_counter() - began, tokens

        for _ in range(turns):
            for kept in token_cache().glob("*"):
                kept.unlink()
            made.append(timed()[0])
            seconds, tokens = timed()
            read.append(seconds)
    return {"texts": len(articles), "tokens": int(tokens.lengths.sum()), "made": made, "read": read}


def _articles(folder: Path, texts: int) -> list[str]:
    write_corpus(folder, "news", texts, texts)
    found: list[str] = []
    for part in ("train", "test"):
        with (folder / f"{part}.csv").open(encoding="utf-8", newline="") as file:
            found += [row["text"] for row in csv.DictReader(file)]
    return found


def sentence(found: dict[str, Any]) -> str:
    """Say it for the page."""
    times = figures([made / read for made, read in zip(found["made"], found["read"], strict=True)])
    return (
        f"Tokens are made once: those of {found['texts']:,} news articles ({found['tokens']:,} tokens) in "
        f"{milliseconds(figures(found['made']).median)}, and the next run reads them in "
        f"{milliseconds(figures(found['read']).median)}: {times.median:.0f} times as fast ({times.lowest:.0f} to "
        f"{times.highest:.0f})."
    )
