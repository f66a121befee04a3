"""Files of rows: every format and packing, encodings, delimiters, and cells that stay what they are."""

import bz2
import csv
import gzip
import io
import json
import lzma
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from bertft_tui.core.errors import DataError
from bertft_tui.core.sections import DataSection
from bertft_tui.core.training.sources.opening import open_source
from bertft_tui.core.training.sources.raw import RawSplit, Source

_ROWS = [("a fine, long film", "pos"), ('she said "no"\nand left', "neg"), ("naïve – “quoted”", "pos")]
_TABLE = {"text": [text for text, _ in _ROWS], "label": [label for _, label in _ROWS]}


def _open(path: Path | str, **settings: Any) -> Source:
    return open_source(DataSection(dataset=str(path), **settings))


def _train(path: Path | str, **settings: Any) -> RawSplit:
    return _open(path, **settings).read("train")


def _notes(source: Source) -> list[str]:
    return [f"{note.title}: {note.message}" for note in source.notes]


def _csv(delimiter: str = ",") -> bytes:
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=delimiter).writerows([("text", "label"), *_ROWS])
    return written.getvalue().encode()


def _jsonl() -> bytes:
    return "\n".join(json.dumps({"text": text, "label": label}) for text, label in _ROWS).encode()


def _parquet(table: pa.Table) -> bytes:
    written = io.BytesIO()
    parquet.write_table(table, written)
    return written.getvalue()


def _zip(content: bytes, member: str = "rows.csv") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(member, content)
    return packed.getvalue()


_FORMATS: dict[str, bytes] = {
    "csv": _csv(),
    "tsv": _csv("\t"),
    "json": json.dumps([dict(zip(("text", "label"), row, strict=True)) for row in _ROWS]).encode(),
    "jsonl": _jsonl(),
    "ndjson": _jsonl(),
    "parquet": _parquet(pa.table(_TABLE)),
}
_PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    "": lambda content: content,
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": lambda content: bytes(pa.compress(content, "zstd", asbytes=True)),
    ".zip": _zip,
}


@pytest.mark.parametrize("packing", _PACKINGS)
@pytest.mark.parametrize("name", _FORMATS)
def test_formats(tmp_path: Path, name: str, packing: str) -> None:
    """Every format gives the same rows, packed or not, and a row's place names its file."""
    path = tmp_path / f"reviews.{name}{packing}"
    content = _FORMATS[name]
    path.write_bytes(_zip(content, f"rows.{name}") if packing == ".zip" else _PACKINGS[packing](content))
    source = _open(path)
    assert source.split_names == ("train",)
    raw = source.read("train")
    assert raw.table.to_pydict() == _TABLE
    assert raw.place(2) == f"row 3 of {path.name}" + (f"/rows.{name}" if packing == ".zip" else "")
    assert source.notes == []
    assert source.read("train") is raw


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(tmp_path: Path, delimiter: str) -> None:
    """The delimiter is found, also where the names and the texts are full of the others."""
    path = tmp_path / "reviews.csv"
    rows = [('a "name", with; all | of them', "label"), ("a, b; c | d", "x"), ("e, f; g | h, i", "y")]
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    table = _train(path).table
    assert [tuple(table.column_names), *zip(*table.to_pydict().values(), strict=True)] == rows


def test_cells_stay(tmp_path: Path) -> None:
    """Words that mean nothing elsewhere stay words, numbers stay as written; only absent cells are null."""
    path = tmp_path / "words.csv"
    path.write_text("text,label,more\nNA,null,None\nnan,007,1e5\n ,,\n\nshort\n")
    assert _train(path).table.to_pydict() == {
        "text": ["NA", "nan", " ", "short"],
        "label": ["null", "007", "", None],
        "more": ["None", "1e5", "", None],
    }


def test_headers(tmp_path: Path) -> None:
    """Blanks around names go, a nameless column gets its number, an empty cell at every line's end does no harm."""
    path = tmp_path / "frame.csv"
    path.write_text(", text ,label\n0,a film,pos,\n1,a play,neg,\n")
    assert _train(path).table.to_pydict() == {
        "column 1": ["0", "1"],
        "text": ["a film", "a play"],
        "label": ["pos", "neg"],
    }
    path.write_text("0,1\na film,0\na play,1\nan act,1\n")
    assert _train(path).table.column_names == ["0", "1"]


def test_quotes_in_a_tsv_file(tmp_path: Path) -> None:
    """Where tabs divide and quotes do not pair up they are letters, which is said."""
    path = tmp_path / "pairs.tsv"
    path.write_text('text\tlabel\n"What?" he said.\t1\n5" long\t0\n"open\t1\n')
    source = _open(path)
    assert source.read("train").table.column("text").to_pylist() == ['"What?" he said.', '5" long', '"open']
    assert _notes(source)[0].startswith("Quotes are read as letters: The double quotes in pairs.tsv do not pair up")


_LONG = {
    "cp1251": "Этот фильм был просто ужасным, я никогда не видел ничего хуже",
    "koi8_r": "Этот фильм был просто ужасным, я никогда не видел ничего хуже",
    "cp1253": "Αυτή η ταινία ήταν πολύ καλή και μου άρεσε πάρα πολύ",
    "cp932": "この映画はとても面白かったです。もう一度見たいと思います",
    "euc_jp": "退屈な作品だった",
    "shift_jis": "This is a good film この映画 I liked it",
    "gb18030": "这部电影非常好看，我很喜欢。演员的表演也很出色",
    "cp1252": "Le garçon déçu a mangé une crème brûlée à Noël – “déjà vu” pour £5",
}


@pytest.mark.parametrize("encoding", _LONG)
def test_guessed_encodings(tmp_path: Path, encoding: str) -> None:
    """Bytes that are not UTF-8 are guessed, the same each time, and the guess is noted with the file."""
    path = tmp_path / "old.csv"
    path.write_bytes(b"text,label\n" + f"{_LONG[encoding].replace(',', '')},x\n".encode(encoding) * 30)
    source = _open(path)
    assert set(source.read("train").table.column("text").to_pylist()) == {_LONG[encoding].replace(",", "")}
    (note,) = _notes(source)
    assert note.startswith("1 file is not UTF-8: Decoded as ")
    assert "old.csv" in note
    assert _notes(_open(path)) == []
    named = _open(path, encoding=encoding)
    assert named.read("train").table == source.read("train").table
    assert named.notes == []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
@pytest.mark.parametrize("named", [True, False])
def test_marked_encodings(tmp_path: Path, encoding: str, named: bool) -> None:
    """A byte order mark says the encoding and is no part of the first name, whether the config names it or not."""
    path = tmp_path / "marked.csv"
    mark = "\ufeff" if encoding == "utf-16-le" else ""  # the others write it themselves
    path.write_bytes((mark + _csv().decode()).encode(encoding))
    source = _open(path, encoding=encoding if named else None)
    assert source.read("train").table.to_pydict() == _TABLE
    assert source.notes == []


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_wide_encodings_without_mark(tmp_path: Path, encoding: str) -> None:
    """Where no mark says which byte comes first the bytes do, and only the encoding need be named."""
    path = tmp_path / "unmarked.csv"
    path.write_bytes(_csv().decode().encode(encoding))
    source = _open(path, encoding=encoding.rpartition("-")[0])
    assert source.read("train").table.to_pydict() == _TABLE
    assert source.notes == []


@pytest.mark.parametrize(
    ("encoding", "content"),
    [
        ("ascii", "naïve".encode()),
        ("utf-8", b"na\xefve"),
        ("utf-16", b"naive"),
        ("utf-32", b"naive"),
        ("utf16", b"naive"),
        ("utf-16", "odd".encode("utf-16") + b"\1"),
        ("utf-16-be", b"\0a\0b\0"),
    ],
)
def test_hint_of_encodings(tmp_path: Path, encoding: str, content: bytes) -> None:
    """The encoding that was just refused is not proposed."""
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with pytest.raises(DataError, match="is not") as caught:
        _train(path, encoding=encoding)
    assert "data.encoding" in caught.value.problem.hint
    assert encoding not in caught.value.problem.hint
    assert "16" not in encoding or "16" not in caught.value.problem.hint


def test_damaged_utf8(tmp_path: Path) -> None:
    """A few broken bytes make no UTF-8 file another encoding; they are marked, and it is said."""
    path = tmp_path / "damaged.csv"
    path.write_bytes(b"text,label\n" + "naïve café über,x\n".encode() * 20 + b"br\xffken,y\n")
    source = _open(path)
    assert source.read("train").table.column("text").to_pylist()[-2:] == ["naïve café über", "br\ufffdken"]
    assert _notes(source)[0].startswith("1 file is not quite UTF-8")
    assert "damaged.csv (1 byte, the first in line 22)" in _notes(source)[0]


def test_json_types(tmp_path: Path) -> None:
    """Values keep their types, missing keys and NaN are null, dates stay strings; mixed columns become strings."""
    path = tmp_path / "typed.jsonl"
    path.write_text(
        '{"text": "2020-01-01", "sure": true, "score": 1, "tags": ["a"], "id": 1, "inner": {"a": 1}}\n'
        '{"text": "b", "sure": false, "score": 0.5, "tags": [], "id": "x", "inner": null, "label": 3}\n'
        '{"text": null, "score": NaN, "tags": null, "id": true}\n'
    )
    source = _open(path)
    assert source.read("train").table.to_pydict() == {
        "text": ["2020-01-01", "b", None],
        "sure": [True, False, None],
        "score": [1.0, 0.5, None],
        "tags": [["a"], [], None],
        "id": ["1", "x", "true"],
        "inner": [{"a": 1}, None, None],
        "label": [None, 3, None],
    }
    assert _notes(source) == [
        "A column has values of several types: There are numbers and strings and true and false in column 'id' of "
        "typed.jsonl: read as strings."
    ]


@pytest.mark.parametrize(
    "content",
    [
        '{"data": [{"text": "a", "label": 1}], "version": [1, 2]}',
        '{"text": ["a"], "label": [1]}',
        '{"text": {"0": "a", "1": "b"}, "label": {"0": 1, "1": 0}}',
        '{"0": {"text": "a", "label": 1}, "1": {"text": "b", "label": 0}}',
        '{"columns": ["text", "label"], "index": [0, 1], "data": [["a", 1], ["b", 0]]}',
        '{"text": "a", "label": 1}\n{"text": "a", "label": 1}\n',
        '[\n{"text": "a", "label": 1}\n]',
        '\ufeff[{"text": "a", "label": 1}]',
    ],
)
@pytest.mark.parametrize("suffix", ["json", "jsonl"])
def test_json_shapes(tmp_path: Path, content: str, suffix: str) -> None:
    """Arrays, objects that hold one, columns, data frames and lines are all rows, whatever the file is called."""
    path = tmp_path / f"rows.{suffix}"
    path.write_text(content)
    if suffix == "jsonl" and "\n" not in content and content.startswith("{"):
        assert _train(path).table.num_rows == 1  # one object in one line is one row there
        return
    assert _train(path).table.slice(0, 1).to_pylist() == [{"text": "a", "label": 1}]


def test_json_numbers_that_are_too_large(tmp_path: Path) -> None:
    """Numbers that no column of numbers holds, and halves of surrogate pairs, do not end in a traceback."""
    path = tmp_path / "large.jsonl"
    path.write_text('{"text": "\\ud83d", "id": 123456789012345678901234567890}\n')
    source = _open(path)
    assert source.read("train").table.to_pylist() == [{"text": "?", "id": "123456789012345678901234567890"}]
    assert "Values are read as strings" in _notes(source)[0]


def test_parquet_class_names(tmp_path: Path) -> None:
    """The class names that `datasets` writes beside a schema come along; categories become what they stand for."""
    features = {
        "label": {"names": ["neg", "pos"], "_type": "ClassLabel"},
        "tags": {"feature": {"names": ["a", "b"], "_type": "ClassLabel"}, "_type": "List"},
        "text": {"dtype": "string", "_type": "Value"},
    }
    table = pa.table(
        {
            "text": pa.array(["x", "y"]).dictionary_encode(),
            "label": [1, 0],
            "tags": [[0], [0, 1]],
            "gap": pa.nulls(2),
        }
    ).replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})})
    (tmp_path / "x.parquet").write_bytes(_parquet(table))
    raw = _train(tmp_path / "x.parquet")
    assert raw.class_names == {"label": ("neg", "pos"), "tags": ("a", "b")}
    assert raw.table.schema.field("text").type == pa.string()
    assert raw.table.column("gap").to_pylist() == [None, None]


def test_no_suffix(tmp_path: Path) -> None:
    """A file whose name says no format is what it begins like."""
    for name, content in (("a", _csv()), ("b.txt", _jsonl()), ("c.data", _FORMATS["parquet"]), ("d.gz", None)):
        path = tmp_path / name
        path.write_bytes(gzip.compress(_csv()) if content is None else content)
        assert _train(path).table.to_pydict() == _TABLE


@pytest.mark.parametrize("name", ["reviews.xlsx.csv", "export.db.csv", "notes.pdf.csv"])
def test_inner_suffix(tmp_path: Path, name: str) -> None:
    """The last part of a name says the format, whatever a program called the file before."""
    path = tmp_path / name
    path.write_bytes(_csv())
    assert _train(path).table.to_pydict() == _TABLE


def test_local_before_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies here is read even where its name could be that of a data set on the Hub."""
    monkeypatch.chdir(tmp_path)
    Path("imdb").write_bytes(_csv())
    assert _train("imdb").table.to_pydict() == _TABLE


def test_no_datasets_for_files(tmp_path: Path) -> None:
    """Reading files imports neither torch, datasets nor anything of the Hub."""
    (tmp_path / "x.csv").write_bytes(_csv())
    code = (
        "import sys; from bertft_tui.core.sections import DataSection;"
        "from bertft_tui.core.training.sources.opening import open_source;"
        f"open_source(DataSection(dataset={str(tmp_path / 'x.csv')!r})).read('train');"
        "assert not {'torch', 'transformers', 'datasets', 'huggingface_hub'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-P", "-c", code], check=True, capture_output=True)
