"""Whatever rows are written read back the same, and whatever bytes a file holds, the worst is a sentence."""

import bz2
import contextlib
import csv
import gzip
import io
import json
import lzma
import random
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from bertft_tui.core.errors import InputError
from bertft_tui.core.sections import DataSection
from bertft_tui.core.training.sources.opening import open_source

_NAMES = ["first column", "second column", "third column"]

#: Any text that a file may hold: zero bytes make it no text, and halves of surrogate pairs no Unicode.
_TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
_TRICKY = st.sampled_from(
    ['"', '""', ",", ";", "\t", "|", "\n", "\r", "\r\n", "NA", "null", "", " ", "\ufeff", "1e5"]
)
_CELLS = st.one_of(_TEXTS, st.lists(_TRICKY, max_size=5).map("".join))


def _read(name: str, content: bytes) -> pa.Table:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        return open_source(DataSection(dataset=str(path))).read("train").table


def _written_csv(rows: list[list[str]], delimiter: str, end: str, quoting: Any) -> bytes:
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerows([_NAMES[: len(rows[0])], *rows])
    return written.getvalue().encode()


@given(
    rows=st.integers(2, 3).flatmap(
        lambda width: st.lists(st.lists(_CELLS, min_size=width, max_size=width), min_size=1, max_size=8)
    ),
    delimiter=st.sampled_from(",;\t|"),
    written=st.sampled_from([("\r\n", csv.QUOTE_MINIMAL), ("\n", csv.QUOTE_ALL), ("\r", csv.QUOTE_ALL)]),
)
def test_csv_reads_back(rows: list[list[str]], delimiter: str, written: tuple[str, Any]) -> None:
    """Every cell that the csv module writes comes back as it was, whatever divides them."""
    table = _read("x.csv", _written_csv(rows, delimiter, *written))
    assert [list(row.values()) for row in table.to_pylist()] == rows


_ROWS = st.lists(
    st.fixed_dictionaries(
        {"text": _TEXTS},
        optional={
            "label": st.integers(-(2**63), 2**63 - 1),
            "score": st.floats(allow_nan=False),
            "sure": st.booleans(),
            "tags": st.lists(_TEXTS, max_size=3),
            "gap": st.none(),
        },
    ),
    min_size=1,
    max_size=8,
)


@given(rows=_ROWS, shape=st.sampled_from(["lines", "array", "data", "columns"]), ascii_only=st.booleans())
def test_json_reads_back(rows: list[dict[str, Any]], shape: str, ascii_only: bool) -> None:
    """Rows come back with their types from all four shapes of json; a key that a row lacks is null."""
    names = sorted({name for row in rows for name in row})
    whole = [{name: row.get(name) for name in names} for row in rows]
    documents: dict[str, Any] = {
        "array": rows,
        "data": {"version": "1.0", "data": rows},
        "columns": {name: [row[name] for row in whole] for name in names},
    }
    if shape == "lines":
        content = "\n".join(json.dumps(row, ensure_ascii=ascii_only) for row in rows)
    else:
        content = json.dumps(documents[shape], ensure_ascii=ascii_only, indent=1)
    table = _read("x.jsonl" if shape == "lines" else "x.json", content.encode())
    assert table.select(names).to_pylist() == whole


_GOOD = _written_csv([["a fine film", "pos"], ["a bad one", "neg"]] * 20, ",", "\n", csv.QUOTE_ALL)


def _zipped() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.csv", _GOOD)
    return packed.getvalue()


def _as_parquet() -> bytes:
    written = io.BytesIO()
    parquet.write_table(pa.table({"text": ["a", "b"] * 20, "label": [0, 1] * 20}), written)
    return written.getvalue()


_FILES = {
    "x.csv": _GOOD,
    "x.tsv": _GOOD.replace(b",", b"\t"),
    "x.csv.gz": gzip.compress(_GOOD),
    "x.csv.bz2": bz2.compress(_GOOD),
    "x.csv.xz": lzma.compress(_GOOD),
    "x.csv.zst": pa.compress(_GOOD, "zstd", asbytes=True),
    "x.zip": _zipped(),
    "x.json": json.dumps([{"text": "a", "label": 1, "more": {"b": [1, "c"]}}] * 20).encode(),
    "x.jsonl": b'{"text": "a", "label": 1, "more": {"b": [1, null]}}\n' * 20,
    "x.parquet": _as_parquet(),
    "x": _GOOD,
}


@given(name=st.sampled_from(sorted(_FILES)), content=st.one_of(st.binary(max_size=200), _CELLS.map(str.encode)))
def test_any_bytes(name: str, content: bytes) -> None:
    """Bytes of any kind are read or refused in a sentence."""
    with contextlib.suppress(InputError):
        _read(name, content)


@pytest.mark.filterwarnings("ignore::UserWarning")  # zipfile, of two members with one name
@given(name=st.sampled_from(sorted(_FILES)), seed=st.integers(0, 2**32), changes=st.integers(1, 5))
def test_damaged_files(name: str, seed: int, changes: int) -> None:
    """A good file with some bytes changed, lost or doubled is read or refused in a sentence."""
    draw = random.Random(seed)
    content = bytearray(_FILES[name])
    for _ in range(changes):
        at = draw.randrange(len(content))
        content[at : at + draw.randint(0, 3)] = draw.randbytes(draw.randint(0, 3))
    with contextlib.suppress(InputError):
        _read(name, bytes(content))
