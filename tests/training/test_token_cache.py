"""What has been tokenized once is not tokenized again, and nothing else is taken for it."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tiny_encoders import tiny_tokenizer

from bertft_tui.core.paths import token_cache
from bertft_tui.core.sections import DataSection
from bertft_tui.core.training.data import token_cache as cache
from bertft_tui.core.training.data.tokenizing import tokenize
from bertft_tui.core.training.data.tokens import Tokens

_TEXTS = [f"bread {'soup ' * (number % 7)}number {number}" for number in range(120)]


class _Counted:
    """Counts the batches that are really tokenized."""

    def __init__(self) -> None:
        self.batches = 0

    def __call__(self) -> None:
        self.batches += 1


def _tokens(texts: Any, count: _Counted, **settings: Any) -> Tokens:
    data = DataSection(max_length=8).model_copy(update=settings)
    return tokenize(pa.table({"text": texts}), tiny_tokenizer("bert"), data, count, str)


def _files() -> list[Path]:
    return sorted(token_cache().glob("*"))


def test_the_same_texts_are_tokenized_once() -> None:
    """The second time they come from the cache, as they were; also from other chunks, and as a slice."""
    count = _Counted()
    first = _tokens(_TEXTS, count)
    sliced = pa.array(["before", *_TEXTS, "behind"]).slice(1, len(_TEXTS))
    for again in (_TEXTS, pa.chunked_array([_TEXTS[:50], _TEXTS[50:]]), sliced, pa.array(_TEXTS, pa.large_string())):
        found = _tokens(again, count)
        assert {name: column.tolist() for name, column in found.columns.items()} == {
            name: column.tolist() for name, column in first.columns.items()
        }
        assert found.starts.tolist() == first.starts.tolist()
    assert count.batches == 1
    assert [file.suffix for file in _files()] == [".npz"]
    assert _files()[0].stat().st_mode & 0o777 == 0o600


def test_what_is_different_is_tokenized_anew() -> None:
    """Another text, border between two texts, limit or tokenizer, pairs, no truncation: each is tokenized anew."""
    count = _Counted()
    _tokens(_TEXTS, count)
    _tokens([*_TEXTS[:-1], "bread"], count)
    _tokens([_TEXTS[0] + _TEXTS[1][:1], _TEXTS[1][1:], *_TEXTS[2:]], count)
    _tokens(_TEXTS, count, max_length=9)
    short, bert = DataSection(max_length=8), tiny_tokenizer("bert")
    tokenize(pa.table({"text": _TEXTS}), tiny_tokenizer("roberta"), short, count, str)
    tokenize(pa.table({"text": _TEXTS, "pair": _TEXTS}), bert, short, count, str)
    _tokens(_TEXTS, count, truncation=False, max_length=64)
    assert count.batches == len(_files()) == 7


def test_it_can_be_switched_off() -> None:
    """With load_from_cache_file = false nothing is read and nothing is kept; few texts are not worth a file."""
    count = _Counted()
    for _ in range(2):
        _tokens(_TEXTS, count, load_from_cache_file=False)
        _tokens(_TEXTS[:20], count)
    assert count.batches == 4
    assert not token_cache().exists()


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 no archive", b"\x93NUMPY"])
def test_a_damaged_file_is_made_again(damage: bytes) -> None:
    """A file that is empty, cut short or something else is as good as none."""
    count = _Counted()
    whole = _tokens(_TEXTS, count)
    (file,) = _files()
    content = file.read_bytes()
    for broken in (damage, content[: len(content) // 2]):
        file.write_bytes(broken)
        assert _tokens(_TEXTS, count).starts.tolist() == whole.starts.tolist()
    assert count.batches == 3
    assert len(_files()) == 1
    _tokens(_TEXTS, count)
    assert count.batches == 3


def test_a_folder_in_the_way_is_no_error() -> None:
    """Where the cache cannot be written, texts are tokenized each time."""
    count = _Counted()
    token_cache().parent.mkdir(parents=True)
    token_cache().write_text("no folder")
    for _ in range(2):
        _tokens(_TEXTS, count)
    assert count.batches == 2


def test_the_oldest_give_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the files are too many together, the one that was not used for the longest time goes."""
    count = _Counted()
    _tokens(_TEXTS, count)
    size = _files()[0].stat().st_size
    monkeypatch.setattr(cache, "_MOST_BYTES", int(2.5 * size))
    _tokens(_TEXTS[::-1], count)
    _tokens(_TEXTS, count)  # used again
    _tokens([*_TEXTS[1:], _TEXTS[0]], count)
    assert len(_files()) == 2
    _tokens(_TEXTS, count)
    assert count.batches == 3
    _tokens(_TEXTS[::-1], count)
    assert count.batches == 4
