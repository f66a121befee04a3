"""Files and folders that cannot be read: a sentence for every kind, with the file, the line and what to do."""

import bz2
import gzip
import io
import json
import lzma
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from bertft_tui.core.errors import BertftError, InputError
from bertft_tui.core.sections import DataSection
from bertft_tui.core.training.sources.opening import open_source

#: What is wrong, as settings or as the path of the data.
Make = Callable[[Path], str | dict[str, str]]

_HEAD = "text,label\n"


def _file(name: str, content: bytes | str, **settings: str) -> Make:
    """Make a file with this content and settings that name it."""

    def make(folder: Path) -> dict[str, str]:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return {"dataset": str(path)} | settings

    return make


def _files(*contents: tuple[str, str]) -> Make:
    """Make a folder with these files."""

    def make(folder: Path) -> str:
        for name, content in contents:
            _file(name, content)(folder / "folder")
        return str(folder / "folder")

    return make


def _zip(*contents: tuple[str, str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in contents:
            archive.writestr(name, content)
    return packed.getvalue()


def _locked_zip() -> bytes:
    """Return an archive that says of itself that its only member needs a password."""
    packed = bytearray(_zip(("x.csv", _HEAD + "a,b\n")))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        packed[packed.index(signature) + offset] |= 1
    return bytes(packed)


def _parquet(table: pa.Table) -> bytes:
    written = io.BytesIO()
    parquet.write_table(table, written)
    return written.getvalue()


def _classes(*names: str, other: tuple[str, ...]) -> Make:
    """Make two files of a split whose labels are ids of these classes, and of others."""

    def make(folder: Path) -> str:
        for number, classes in enumerate((names, other), 1):
            features = {"label": {"_type": "ClassLabel", "names": classes}} if classes else {}
            metadata = {"huggingface": json.dumps({"info": {"features": features}})}
            table = pa.table({"text": ["a", "b"], "label": [0, 1]}).replace_schema_metadata(metadata)
            _file(f"folder/train-{number}.parquet", _parquet(table))(folder)
        return str(folder / "folder")

    return make


def _loop(folder: Path) -> str:
    (folder / "loop.csv").symlink_to(folder / "loop.csv")
    return str(folder / "loop.csv")


def _pipe(folder: Path) -> str:
    os.mkfifo(folder / "pipe.csv")
    return str(folder / "pipe.csv")


def _saved(folder: Path) -> str:
    _file("saved/state.json", "{}")(folder)
    _file("saved/dataset_info.json", "{")(folder)
    return str(folder / "saved")


def _pattern(pattern: str, *names: str) -> Make:
    """Make files, and a pattern in their folder."""

    def make(folder: Path) -> str:
        for name in names:
            _file(name, _GOOD)(folder)
        return str(folder / pattern)

    return make


def _misspelt(folder: Path) -> str:
    (folder / "reviews.csv").write_text(_HEAD)
    return str(folder / "reveiws.csv")


_GOOD = _HEAD + "a fine film,pos\na bad film,neg\n"
_LFS = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"
_GZIP = gzip.compress(_GOOD.encode() * 200)

#: What is wrong → (how it is made, the title, a word of the message).
_BAD: dict[str, tuple[Make, str, str]] = {
    "empty csv": (_file("x.csv", ""), "The file is empty", "x.csv"),
    "blank csv": (_file("x.csv", " \n\n"), "The first line does not name the columns", "blank"),
    "header only": (_file("x.csv", _HEAD), "The file has no rows", "x.csv"),
    "zero bytes": (_file("x.csv", b"text,label\na\0b,c\n"), "This file is not text", "byte 12"),
    "picture": (_file("x.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), "This kind of file is not read", "is a picture"),
    "wrong named encoding": (
        _file("x.csv", b"text,label\ncaf\xe9,a\n", encoding="utf-8"),
        "The file is in another encoding",
        "byte 14",
    ),
    "unknown encoding": (_file("x.csv", _GOOD, encoding="utf-9"), "Unknown encoding", "utf-9"),
    "codec that is no encoding": (_file("x.csv", _GOOD, encoding="rot13"), "Unknown encoding", "rot13"),
    "half a UTF-16 file": (
        _file("x.csv", _GOOD.encode("utf-16")[:-1]),
        "The file is in another encoding",
        "UTF-16",
    ),
    "unterminated quote": (
        _file("x.csv", _HEAD + 'a,b\n"c\nd",e\n"f\ng,h\ni,j\n'),
        "This is not a well-formed csv file",
        "opens in line 5 (row 3",
    ),
    "quote inside a text": (
        _file("x.csv", _HEAD + '"she said "no" twice",b\n'),
        "This is not a well-formed csv file",
        "line 2",
    ),
    "quote that a later one closes": (
        _file("x.csv", _HEAD + 'a,b\n"c,d\ne,f\n"g",h\n'),
        "This is not a well-formed csv file",
        "In line 5 (row 2 of",
    ),
    "unterminated quote in the header": (
        _file("x.csv", '"text,label\na,b\n'),
        "This is not a well-formed csv file",
        "opens in line 1 (the header of",
    ),
    "too many cells": (
        _file("x.csv", _HEAD + "a,b\nc,d\ne,f,g\n"),
        "The rows have more cells than the header",
        "2 columns, but row 3 (line 4) has 3 cells",
    ),
    "endless cell": (
        _file("x.csv", _HEAD + 'a,b\n"' + "word, word\n" * 500_000),
        "A cell has no end",
        "column 'text' in row 2",
    ),
    "two columns of one name": (
        _file("x.csv", "text,text,label\na,b,c\n"),
        "Two columns have the same name",
        "'text'",
    ),
    "no header, long text": (
        _file("x.csv", "word " * 60 + ",pos\nshort,neg\n"),
        "The first line does not name the columns",
        "word word",
    ),
    "no header, labels as numbers": (
        _file("x.csv", "great,1\nawful,0\nfine,1\n"),
        "The first line does not name the columns",
        "'1'",
    ),
    "no header, labels as words": (
        _file("x.csv", "great,pos\nawful,neg\nfine,pos\nnice,pos\n"),
        "The first line does not name the columns",
        "'pos'",
    ),
    "title above the header": (
        _file("x.csv", "Reviews 2024,\n,\ntext,label\na fine film,pos\na bad film,neg\n"),
        "The first line does not name the columns",
        "a row below it names 'text', 'label'",
    ),
    "export above the header": (
        _file("x.csv", "Report,Reviews\nExported,2024\n\nReview,Stars\na fine film,5\na bad film,1\n"),
        "The first line does not name the columns",
        "'Review', 'Stars'",
    ),
    "too many cells below comments": (
        _file("x.csv", "# one\n# two\n" + _HEAD + "a,b\nc,d\ne,f,g\n"),
        "The rows have more cells than the header",
        "row 3 (line 6)",
    ),
    "gz cut short": (_file("x.csv.gz", _GZIP[:-20]), "A packed file is damaged", "x.csv.gz"),
    "gz that is none": (_file("x.csv.gz", _GOOD), "A packed file is damaged", "gzip"),
    "bz2 cut short": (_file("x.csv.bz2", bz2.compress(_GOOD.encode())[:-9]), "A packed file is damaged", "x.csv.bz2"),
    "xz that is none": (_file("x.csv.xz", _GOOD), "A packed file is damaged", "x.csv.xz"),
    "zst that is none": (_file("x.csv.zst", _GOOD), "A packed file is damaged", "x.csv.zst"),
    "bomb": (
        _file("x.csv.gz", gzip.compress(b"text,label\n" + b"a,b\n" * 17_000_000)),
        "This file expands without end",
        "64 MiB",
    ),
    "bomb of xz": (
        _file("x.csv.xz", lzma.compress(b"text,label\n" + b"a" * 70_000_000, preset=0)),
        "This file expands without end",
        "100 times",
    ),
    "zip that is none": (_file("x.zip", _GOOD), "A packed file is damaged", "x.zip"),
    "zip with a password": (_file("x.zip", _locked_zip()), "An archive is locked", "x.csv"),
    "zip of pictures": (
        _file("x.zip", _zip(("a.png", "a"), ("__MACOSX/a.csv", _GOOD))),
        "There is nothing to train on in this archive",
        "x.zip",
    ),
    "zip of two formats": (
        _file("x.zip", _zip(("a.csv", _GOOD), ("b.json", "[]"))),
        "There are files of several formats",
        "csv (x.zip/a.csv), json (x.zip/b.json)",
    ),
    "json number": (_file("x.json", "17"), "This file does not hold rows", "is a number"),
    "json string": (_file("x.json", '"rows"'), "This file does not hold rows", "is a string"),
    "json list of strings": (_file("x.json", '["a", "b"]'), "This file does not hold rows", "Entry 1"),
    "json object": (
        _file("x.json", '{"train": {"text": "a"}, "name": "x"}'),
        "This file does not hold rows",
        "'train' (an object), 'name' (a string)",
    ),
    "json with two tables": (
        _file("x.json", '{"train": [{"text": "a"}], "test": [{"text": "b"}]}'),
        "Which rows are meant?",
        "'train', 'test'",
    ),
    "json of uneven columns": (
        _file("x.json", '{"text": ["a", "b"], "label": [1]}'),
        "The columns are not equally long",
        "'text' 2, 'label' 1",
    ),
    "json of a frame with ragged rows": (
        _file("x.json", '{"columns": ["text", "label"], "index": [0, 1, 2], "data": [["a", 1], ["b"]]}'),
        "The columns are not equally long",
        "'columns' 2, 'index' 3, 'data' 2",
    ),
    "json without rows": (_file("x.json", "[]"), "The file has no rows", "x.json"),
    "json without an end": (_file("x.json", '[{"text": "a"},'), "This is not well-formed json", "Line 1"),
    "json too deep": (_file("x.json", "[" * 100_000), "This is not well-formed json", "nested"),
    "json with an endless number": (
        _file("x.json", '[{"text": "a", "label": ' + "1" * 5000 + "}]"),
        "This is not well-formed json",
        "digits",
    ),
    "jsonl with a broken line": (
        _file("x.jsonl", '{"text": "a"}\n\n{"text": b}\n'),
        "This is not well-formed json",
        "Line 3",
    ),
    "jsonl with half a line": (
        _file("x.jsonl", '{"text": "a"}\n{"text":\n{"text": "c"}\n'),
        "This is not well-formed json",
        "Line 2",
    ),
    "jsonl of lists": (_file("x.jsonl", '{"a": 1}\n["a", 1]\n'), "This file does not hold rows", "Line 2"),
    "jsonl without common keys": (
        _file("x.jsonl", "".join(f'{{"key{number}": 1}}\n' for number in range(3000))),
        "The rows have no keys in common",
        "first 2,001 objects",
    ),
    "endless text in json": (
        _file("x.jsonl", '{"text": "a"}\n' + '{"text": "' + "word " * 1_000_001 + '"}\n'),
        "A cell has no end",
        "column 'text' in row 2 of x.jsonl has 5,000,005 characters",
    ),
    "empty jsonl": (_file("x.jsonl", "\n \n"), "The file is empty", "x.jsonl"),
    "parquet that is none": (_file("x.parquet", _GOOD), "This is not a parquet file", "x.parquet"),
    "parquet cut short": (
        _file("x.parquet", _parquet(pa.table({"text": ["a"]}))[:-9]),
        "This is not a parquet file",
        "x.parquet",
    ),
    "parquet without rows": (
        _file("x.parquet", _parquet(pa.table({"text": pa.array([], pa.string())}))),
        "The file has no rows",
        "x.parquet",
    ),
    "parquet of one row a million times": (
        _file("x.parquet", _parquet(pa.table({"text": pa.array(["a"] * 1_000_001).dictionary_encode()}))),
        "This file expands without end",
        "1,000,001 rows",
    ),
    "gzip that is called csv": (_file("x.csv", _GZIP), "This kind of file is not read", "packed by gzip"),
    "bzip2 that is called json": (
        _file("x.json", bz2.compress(_GOOD.encode())),
        "This kind of file is not read",
        "packed by bzip2",
    ),
    "parquet that is called csv": (
        _file("x.csv", _parquet(pa.table({"text": ["a"]}))),
        "This kind of file is not read",
        "a parquet file",
    ),
    "gzip that is called parquet": (_file("x.parquet", _GZIP), "This kind of file is not read", "packed by gzip"),
    "spreadsheet that is called csv": (
        _file("x.csv", _zip(("[Content_Types].xml", "<a/>"), ("xl/workbook.xml", "<a/>"))),
        "This kind of file is not read",
        "a spreadsheet",
    ),
    "zip that is called csv": (_file("x.csv", _zip(("x.csv", _GOOD))), "This kind of file is not read", "a zip"),
    "packed member": (
        _file("x.zip", _zip(("x.csv.gz", _GZIP))),
        "This kind of file is not read",
        "x.zip (x.csv.gz) is packed by gzip",
    ),
    "old document": (
        _file("x.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0"),
        "This kind of file is not read",
        "document",
    ),
    "array": (_file("x.npy", b"\x93NUMPY\1\0"), "This kind of file is not read", "numpy"),
    "lz4": (_file("x.csv.lz4", b'\x04"M\x18'), "This kind of file is not read", "not known here"),
    "web page": (_file("x.csv", " <!DOCTYPE html>\n<html>, a, b"), "This kind of file is not read", "a web page"),
    "fastText": (_file("x.txt", "__label__pos good, fine\n" * 3), "This kind of file is not read", "fastText"),
    "csv not fetched by LFS": (_file("x.csv", _LFS), "The file was not fetched", "Git LFS's note"),
    "parquet not fetched by LFS": (_file("x.parquet", _LFS), "The file was not fetched", "x.parquet"),
    "gz not fetched by LFS": (_file("x.csv.gz", _LFS), "The file was not fetched", "x.csv.gz"),
    "zip not fetched by LFS": (_file("x.zip", _LFS), "The file was not fetched", "x.zip"),
    "parquet of one long text": (
        _file("x.parquet", _parquet(pa.table({"text": ["word " * 200] * 80_000}))),
        "This file expands without end",
        "64 MiB",
    ),
    "parquet of one long category": (
        _file("x.parquet", _parquet(pa.table({"text": pa.array(["word " * 200] * 80_000).dictionary_encode()}))),
        "This file expands without end",
        "64 MiB",
    ),
    "spreadsheet": (_file("x.xlsx", "PK"), "This kind of file is not read", "a spreadsheet"),
    "archive of another kind": (
        _file("x.tar.gz", gzip.compress(b"x")),
        "This kind of file is not read",
        "an archive",
    ),
    "files that do not fit": (
        _files(("train-1.csv", _GOOD), ("train-2.csv", "text,class\na,b\n")),
        "The files of a split have different columns",
        "train-2.csv has no column 'label'",
    ),
    "files that number their classes differently": (
        _classes("neg", "pos", other=("pos", "neg")),
        "The files of a split declare different classes",
        "'neg', 'pos' in train-1.parquet, but 'pos', 'neg' in train-2.parquet",
    ),
    "files of which one declares no classes": (
        _classes("neg", "pos", other=()),
        "The files of a split declare different classes",
        "'neg', 'pos' in train-1.parquet, but none in train-2.parquet",
    ),
    "folder of two formats": (
        _files(("a.csv", _GOOD), ("b.jsonl", '{"text": 1}')),
        "There are files of several formats",
        "csv (a.csv), jsonl (b.jsonl)",
    ),
    "empty folder": (_files((".hidden", "")), "There is nothing to train on in this folder", "folder"),
    "damaged saved data set": (_saved, "A saved data set is damaged", "saved"),
    "missing file": (lambda folder: str(folder / "no.csv"), "The data is not there", "There is no file"),
    "missing folder": (lambda folder: str(folder / "a" / "b"), "The data is not there", "There is no file"),
    "misspelt file": (_misspelt, "The data is not there", "reveiws.csv"),
    "link in a circle": (_loop, "The data is not there", "circle"),
    "name that is too long": (lambda folder: str(folder / ("x" * 300)), "This path cannot be looked at", "too long"),
    "home of nobody": (lambda _: "~no-such-user/x.csv", "This path cannot be looked at", "~no-such-user"),
    "pattern without files": (lambda folder: str(folder / "*.csv"), "The data is not there", "*.csv"),
    "pattern that fits one folder": (_pattern("a/*.csv", "a/x.csv/a.csv"), "The data is not there", "do: x.csv"),
    "pattern that fits folders": (
        _pattern("acl/*", "acl/pos/1.txt", "acl/neg/1.txt", "acl/README"),
        "The data is not there",
        "Folders do: neg, pos.",
    ),
    "device": (lambda _: "/dev/zero", "This is not a file", "a device"),
    "pipe": (_pipe, "This is not a file", "a pipe"),
}


def _read_all(settings: dict[str, str]) -> None:
    source = open_source(DataSection(**settings))
    for split in source.split_names:
        source.read(split)


@pytest.mark.parametrize("name", _BAD)
def test_bad_data(tmp_path: Path, name: str) -> None:
    """Each kind of bad file has its title, a message that names what is wrong and where, and a hint."""
    make, title, word = _BAD[name]
    made = make(tmp_path)
    with pytest.raises(InputError) as caught:
        _read_all(made if isinstance(made, dict) else {"dataset": made})
    assert caught.value.problem.title == title
    assert word in caught.value.problem.message
    assert caught.value.problem.hint


@pytest.mark.parametrize(
    ("address", "hint"),
    [
        ("https://huggingface.co/datasets/stanfordnlp/imdb", "On the Hub its name is 'stanfordnlp/imdb'."),
        ("huggingface.co/datasets/stanfordnlp/imdb/viewer?p=1", "On the Hub its name is 'stanfordnlp/imdb'."),
        ("hf://datasets/stanfordnlp/imdb@main/x.parquet", "On the Hub its name is 'stanfordnlp/imdb'."),
        ("https://hf.co/google-bert/bert-base-cased", "Download it first, then name the file."),
        ("https://example.org/reviews.csv?raw=true", "Download it first, then name the file."),
    ],
)
def test_address(address: str, hint: str) -> None:
    """An address is no name: of the Hub's pages the name is said, other files are to be downloaded."""
    with pytest.raises(InputError) as caught:
        open_source(DataSection(dataset=address))
    assert caught.value.problem.hint == hint
    assert "is an address" in caught.value.problem.message


def test_one_of_several_tables(tmp_path: Path) -> None:
    """Where a json document holds several tables the hint is something that can be done: there is no setting."""
    path = tmp_path / "x.json"
    path.write_text('{"meta": [{"a": 1}], "data": [{"text": "b"}]}')
    with pytest.raises(InputError) as caught:
        _read_all({"dataset": str(path)})
    assert caught.value.problem.hint == "Write the array that is meant into a file of its own."


@pytest.mark.parametrize(("pattern", "meant"), [("spark/*.csv", "spark/x.csv"), ("acl/*", "acl")])
def test_folders_that_a_pattern_fits(tmp_path: Path, pattern: str, meant: str) -> None:
    """Of a pattern that fits folders the folder is said that can be read instead."""
    names = ("spark/x.csv/a.csv", "acl/pos/1.txt", "acl/neg/1.txt")
    with pytest.raises(InputError) as caught:
        open_source(DataSection(dataset=str(_pattern(pattern, *names)(tmp_path))))
    assert caught.value.problem.hint == f"Name the folder itself: {tmp_path / meant}"
    assert open_source(DataSection(dataset=str(tmp_path / meant))).read("train").table.num_rows


def test_near_name(tmp_path: Path) -> None:
    """A name that is nearly one that is there gets it as a hint."""
    with pytest.raises(InputError) as caught:
        open_source(DataSection(dataset=_misspelt(tmp_path)))
    assert "reviews.csv" in caught.value.problem.hint


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
@pytest.mark.parametrize("name", ["x.csv", "x.csv.gz", "folder/a/1.txt", "folder/dataset_dict.json"])
def test_no_permission(tmp_path: Path, name: str) -> None:
    """What one may not read is said, file by file."""
    settings = _file(name, _GOOD)(tmp_path)
    assert isinstance(settings, dict)
    (tmp_path / name).chmod(0)
    with pytest.raises(BertftError, match="cannot be read"):
        _read_all({"dataset": str(tmp_path / "folder")} if "/" in name else settings)
