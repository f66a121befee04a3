"""Tokens kept from one run to the next, found again by all that they depend on: the texts, the tokenizer, the limit.

A cache: any of its files may be deleted at any time, and what cannot be read or written is made again.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import pyarrow as pa
import tokenizers
from transformers import PreTrainedTokenizerBase

from bertft_tui.core.paths import token_cache
from bertft_tui.core.sections import DataSection
from bertft_tui.core.training.data.tokens import Tokens
from bertft_tui.core.whole_file import whole_file

#: Changes when the files or what they are found by become others.
_FORMAT = 1

#: Bytes of all files; those that were not used for the longest time give way.
_MOST_BYTES = 2_000_000_000

#: Fewer texts are tokenized sooner than looked up.
_FEWEST = 100

_STARTS = "starts"


def key_of(texts: pa.Table, tokenizer: PreTrainedTokenizerBase, data: DataSection) -> str | None:
    """Return what tokens are found by; None where they are not kept: few texts, or a tokenizer written in Python."""
    if len(texts) < _FEWEST or not tokenizer.is_fast:
        return None
    digest = hashlib.blake2b(digest_size=20)
    how = [_FORMAT, tokenizers.__version__, type(tokenizer).__name__, data.max_length, data.truncation]
    how += [tokenizer.truncation_side, *tokenizer.model_input_names, texts.column_names]
    digest.update(json.dumps(how).encode())
    digest.update(_description(tokenizer))
    for column in texts.columns:
        for part in _bytes_of(column):
            digest.update(part)
    return digest.hexdigest()


def cached(key: str | None, make: Callable[[], Tokens]) -> Tokens:
    """Return the tokens of a key, from the cache or newly made and then kept; without a key they are always made."""
    if key is None:
        return make()
    file = token_cache() / f"{key}.npz"
    found = _read(file)
    if found is None:
        found = make()
        _keep(file, found)
    return found


def _description(tokenizer: PreTrainedTokenizerBase) -> bytes:
    """Return all that the tokenizer knows and does, as it is before a call changes how it cuts and pads."""
    backend = tokenizer.backend_tokenizer
    backend.no_truncation()
    backend.no_padding()
    text: str = backend.to_str()
    return text.encode()


def _bytes_of(column: pa.ChunkedArray) -> Iterator[bytes | memoryview]:
    """Yield where each text ends, then the texts themselves, whatever parts they lie in."""
    whole = column.combine_chunks().cast(pa.large_binary())
    _, offsets, content = whole.buffers()
    ends = np.frombuffer(offsets, np.int64)[whole.offset : whole.offset + len(whole) + 1]
    yield (ends[1:] - ends[0]).tobytes()
    if content is not None:
        yield memoryview(content)[ends[0] : ends[-1]]


def _read(file: Path) -> Tokens | None:
    """Return what a file holds, and note that it was used; None when there is none or it is damaged."""
    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as kept:
            columns = {name: kept[name] for name in kept.files}
        os.utime(file)
        return Tokens(columns, columns.pop(_STARTS))
    except (OSError, ValueError, TypeError, KeyError, EOFError, BadZipFile):  # TypeError: an array and no archive
        return None


def _keep(file: Path, tokens: Tokens) -> None:
    """Write a file; a cache that cannot be written costs the next run a few seconds and no more."""
    with suppress(OSError):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        arrays: dict[str, Any] = {**tokens.columns, _STARTS: tokens.starts}
        with whole_file(file, shared=True) as out:
            np.savez(out, **arrays)
        _make_room(file.parent)


def _make_room(folder: Path) -> None:
    """Remove the files that were not used for the longest time, until the rest is not too much."""
    files = sorted(((entry.stat(), entry) for entry in folder.glob("*.npz")), key=lambda pair: pair[0].st_mtime)
    much = sum(stat.st_size for stat, _ in files)
    for stat, file in files:
        if much <= _MOST_BYTES:
            return
        file.unlink(missing_ok=True)
        much -= stat.st_size
