"""Data that cannot be read, of every kind: how it is made, and what is said of it."""

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
from pyarrow import parquet

#: What is wrong, as settings or as the path of the data.
Make = Callable[[Path], str | dict[str, str]]

_HEAD = "text,label\n"


def file_of(name: str, content: bytes | str, **settings: str) -> Make:
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
            file_of(name, content)(folder / "folder")
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
            file_of(f"folder/train-{number}.parquet", _parquet(table))(folder)
        return str(folder / "folder")

    return make


def _loop(folder: Path) -> str:
    (folder / "loop.csv").symlink_to(folder / "loop.csv")
    return str(folder / "loop.csv")


def _pipe(folder: Path) -> str:
    os.mkfifo(folder / "pipe.csv")
    return str(folder / "pipe.csv")


def _saved(folder: Path) -> str:
    file_of("saved/state.json", "{}")(folder)
    file_of("saved/dataset_info.json", "{")(folder)
    return str(folder / "saved")


def pattern_of(pattern: str, *names: str) -> Make:
    """Make files, and a pattern in their folder."""

    def make(folder: Path) -> str:
        for name in names:
            file_of(name, GOOD)(folder)
        return str(folder / pattern)

    return make


def misspelt(folder: Path) -> str:
    """Make a file, and return a path that is nearly its own."""
    (folder / "reviews.csv").write_text(_HEAD)
    return str(folder / "reveiws.csv")


GOOD = _HEAD + "a fine film,pos\na bad film,neg\n"
_LFS = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"
_GZIP = gzip.compress(GOOD.encode() * 200)

#: What is wrong → (how it is made, the title, a word of the message).
BAD: dict[str, tuple[Make, str, str]] = {
    "empty csv": (file_of("x.csv", ""), "The file is empty", "x.csv"),
    "blank csv": (file_of("x.csv", " \n\n"), "The first line does not name the columns", "blank"),
    "header only": (file_of("x.csv", _HEAD), "The file has no rows", "x.csv"),
    "zero bytes": (file_of("x.csv", b"text,label\na\0b,c\n"), "This file is not text", "byte 12"),
    "picture": (file_of("x.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), "This kind of file is not read", "is a picture"),
    "wrong named encoding": (
        file_of("x.csv", b"text,label\ncaf\xe9,a\n", encoding="utf-8"),
        "The file is in another encoding",
        "byte 14",
    ),
    "unknown encoding": (file_of("x.csv", GOOD, encoding="utf-9"), "Unknown encoding", "utf-9"),
    "codec that is no encoding": (file_of("x.csv", GOOD, encoding="rot13"), "Unknown encoding", "rot13"),
    "half a UTF-16 file": (
        file_of("x.csv", GOOD.encode("utf-16")[:-1]),
        "The file is in another encoding",
        "UTF-16",
    ),
    "unterminated quote": (
        file_of("x.csv", _HEAD + 'a,b\n"c\nd",e\n"f\ng,h\ni,j\n'),
        "This is not a well-formed csv file",
        "opens in line 5 (row 3",
    ),
    "quote inside a text": (
        file_of("x.csv", _HEAD + '"she said "no" twice",b\n'),
        "This is not a well-formed csv file",
        "line 2",
    ),
    "quote that a later one closes": (
        file_of("x.csv", _HEAD + 'a,b\n"c,d\ne,f\n"g",h\n'),
        "This is not a well-formed csv file",
        "In line 5 (row 2 of",
    ),
    "unterminated quote in the header": (
        file_of("x.csv", '"text,label\na,b\n'),
        "This is not a well-formed csv file",
        "opens in line 1 (the header of",
    ),
    "too many cells": (
        file_of("x.csv", _HEAD + "a,b\nc,d\ne,f,g\n"),
        "The rows have more cells than the header",
        "2 columns, but row 3 (line 4) has 3 cells",
    ),
    "endless cell": (
        file_of("x.csv", _HEAD + 'a,b\n"' + "word, word\n" * 500_000),
        "A cell has no end",
        "column 'text' in row 2",
    ),
    "two columns of one name": (
        file_of("x.csv", "text,text,label\na,b,c\n"),
        "Two columns have the same name",
        "'text'",
    ),
    "no header, long text": (
        file_of("x.csv", "word " * 60 + ",pos\nshort,neg\n"),
        "The first line does not name the columns",
        "word word",
    ),
    "no header, labels as numbers": (
        file_of("x.csv", "great,1\nawful,0\nfine,1\n"),
        "The first line does not name the columns",
        "'1'",
    ),
    "no header, labels as words": (
        file_of("x.csv", "great,pos\nawful,neg\nfine,pos\nnice,pos\n"),
        "The first line does not name the columns",
        "'pos'",
    ),
    "title above the header": (
        file_of("x.csv", "Reviews 2024,\n,\ntext,label\na fine film,pos\na bad film,neg\n"),
        "The first line does not name the columns",
        "a row below it names 'text', 'label'",
    ),
    "export above the header": (
        file_of("x.csv", "Report,Reviews\nExported,2024\n\nReview,Stars\na fine film,5\na bad film,1\n"),
        "The first line does not name the columns",
        "'Review', 'Stars'",
    ),
    "too many cells below comments": (
        file_of("x.csv", "# one\n# two\n" + _HEAD + "a,b\nc,d\ne,f,g\n"),
        "The rows have more cells than the header",
        "row 3 (line 6)",
    ),
    "gz cut short": (file_of("x.csv.gz", _GZIP[:-20]), "A packed file is damaged", "x.csv.gz"),
    "gz that is none": (file_of("x.csv.gz", GOOD), "A packed file is damaged", "gzip"),
    "bz2 cut short": (
        file_of("x.csv.bz2", bz2.compress(GOOD.encode())[:-9]),
        "A packed file is damaged",
        "x.csv.bz2",
    ),
    "xz that is none": (file_of("x.csv.xz", GOOD), "A packed file is damaged", "x.csv.xz"),
    "zst that is none": (file_of("x.csv.zst", GOOD), "A packed file is damaged", "x.csv.zst"),
    "bomb": (
        file_of("x.csv.gz", gzip.compress(b"text,label\n" + b"a,b\n" * 17_000_000)),
        "This file expands without end",
        "64 MiB",
    ),
    "bomb of xz": (
        file_of("x.csv.xz", lzma.compress(b"text,label\n" + b"a" * 70_000_000, preset=0)),
        "This file expands without end",
        "100 times",
    ),
    "zip that is none": (file_of("x.zip", GOOD), "A packed file is damaged", "x.zip"),
    "zip with a password": (file_of("x.zip", _locked_zip()), "An archive is locked", "x.csv"),
    "zip of pictures": (
        file_of("x.zip", _zip(("a.png", "a"), ("__MACOSX/a.csv", GOOD))),
        "There is nothing to train on in this archive",
        "x.zip",
    ),
    "zip of two formats": (
        file_of("x.zip", _zip(("a.csv", GOOD), ("b.json", "[]"))),
        "There are files of several formats",
        "csv (x.zip/a.csv), json (x.zip/b.json)",
    ),
    "json number": (file_of("x.json", "17"), "This file does not hold rows", "is a number"),
    "json string": (file_of("x.json", '"rows"'), "This file does not hold rows", "is a string"),
    "json list of strings": (file_of("x.json", '["a", "b"]'), "This file does not hold rows", "Entry 1"),
    "json object": (
        file_of("x.json", '{"train": {"text": "a"}, "name": "x"}'),
        "This file does not hold rows",
        "'train' (an object), 'name' (a string)",
    ),
    "json with two tables": (
        file_of("x.json", '{"train": [{"text": "a"}], "test": [{"text": "b"}]}'),
        "Which rows are meant?",
        "'train', 'test'",
    ),
    "json of uneven columns": (
        file_of("x.json", '{"text": ["a", "b"], "label": [1]}'),
        "The columns are not equally long",
        "'text' 2, 'label' 1",
    ),
    "json of a frame with ragged rows": (
        file_of("x.json", '{"columns": ["text", "label"], "index": [0, 1, 2], "data": [["a", 1], ["b"]]}'),
        "The columns are not equally long",
        "'columns' 2, 'index' 3, 'data' 2",
    ),
    "json without rows": (file_of("x.json", "[]"), "The file has no rows", "x.json"),
    "json without an end": (file_of("x.json", '[{"text": "a"},'), "This is not well-formed json", "Line 1"),
    "json too deep": (file_of("x.json", "[" * 100_000), "This is not well-formed json", "nested"),
    "json with an endless number": (
        file_of("x.json", '[{"text": "a", "label": ' + "1" * 5000 + "}]"),
        "This is not well-formed json",
        "digits",
    ),
    "jsonl with a broken line": (
        file_of("x.jsonl", '{"text": "a"}\n\n{"text": b}\n'),
        "This is not well-formed json",
        "Line 3",
    ),
    "jsonl with half a line": (
        file_of("x.jsonl", '{"text": "a"}\n{"text":\n{"text": "c"}\n'),
        "This is not well-formed json",
        "Line 2",
    ),
    "jsonl of lists": (file_of("x.jsonl", '{"a": 1}\n["a", 1]\n'), "This file does not hold rows", "Line 2"),
    "jsonl without common keys": (
        file_of("x.jsonl", "".join(f'{{"key{number}": 1}}\n' for number in range(3000))),
        "The rows have no keys in common",
        "first 2,001 objects",
    ),
    "endless text in json": (
        file_of("x.jsonl", '{"text": "a"}\n' + '{"text": "' + "word " * 1_000_001 + '"}\n'),
        "A cell has no end",
        "column 'text' in row 2 of x.jsonl has 5,000,005 characters",
    ),
    "empty jsonl": (file_of("x.jsonl", "\n \n"), "The file is empty", "x.jsonl"),
    "parquet that is none": (file_of("x.parquet", GOOD), "This is not a parquet file", "x.parquet"),
    "parquet cut short": (
        file_of("x.parquet", _parquet(pa.table({"text": ["a"]}))[:-9]),
        "This is not a parquet file",
        "x.parquet",
    ),
    "parquet without rows": (
        file_of("x.parquet", _parquet(pa.table({"text": pa.array([], pa.string())}))),
        "The file has no rows",
        "x.parquet",
    ),
    "parquet of one row a million times": (
        file_of("x.parquet", _parquet(pa.table({"text": pa.array(["a"] * 1_000_001).dictionary_encode()}))),
        "This file expands without end",
        "1,000,001 rows",
    ),
    "gzip that is called csv": (file_of("x.csv", _GZIP), "This kind of file is not read", "packed by gzip"),
    "bzip2 that is called json": (
        file_of("x.json", bz2.compress(GOOD.encode())),
        "This kind of file is not read",
        "packed by bzip2",
    ),
    "parquet that is called csv": (
        file_of("x.csv", _parquet(pa.table({"text": ["a"]}))),
        "This kind of file is not read",
        "a parquet file",
    ),
    "gzip that is called parquet": (file_of("x.parquet", _GZIP), "This kind of file is not read", "packed by gzip"),
    "spreadsheet that is called csv": (
        file_of("x.csv", _zip(("[Content_Types].xml", "<a/>"), ("xl/workbook.xml", "<a/>"))),
        "This kind of file is not read",
        "a spreadsheet",
    ),
    "zip that is called csv": (file_of("x.csv", _zip(("x.csv", GOOD))), "This kind of file is not read", "a zip"),
    "packed member": (
        file_of("x.zip", _zip(("x.csv.gz", _GZIP))),
        "This kind of file is not read",
        "x.zip (x.csv.gz) is packed by gzip",
    ),
    "old document": (
        file_of("x.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0"),
        "This kind of file is not read",
        "document",
    ),
    "array": (file_of("x.npy", b"\x93NUMPY\1\0"), "This kind of file is not read", "numpy"),
    "lz4": (file_of("x.csv.lz4", b'\x04"M\x18'), "This kind of file is not read", "not known here"),
    "web page": (file_of("x.csv", " <!DOCTYPE html>\n<html>, a, b"), "This kind of file is not read", "a web page"),
    "fastText": (file_of("x.txt", "__label__pos good, fine\n" * 3), "This kind of file is not read", "fastText"),
    "csv not fetched by LFS": (file_of("x.csv", _LFS), "The file was not fetched", "Git LFS's note"),
    "parquet not fetched by LFS": (file_of("x.parquet", _LFS), "The file was not fetched", "x.parquet"),
    "gz not fetched by LFS": (file_of("x.csv.gz", _LFS), "The file was not fetched", "x.csv.gz"),
    "zip not fetched by LFS": (file_of("x.zip", _LFS), "The file was not fetched", "x.zip"),
    "parquet of one long text": (
        file_of("x.parquet", _parquet(pa.table({"text": ["word " * 200] * 80_000}))),
        "This file expands without end",
        "64 MiB",
    ),
    "parquet of one long category": (
        file_of("x.parquet", _parquet(pa.table({"text": pa.array(["word " * 200] * 80_000).dictionary_encode()}))),
        "This file expands without end",
        "64 MiB",
    ),
    "spreadsheet": (file_of("x.xlsx", "PK"), "This kind of file is not read", "a spreadsheet"),
    "archive of another kind": (
        file_of("x.tar.gz", gzip.compress(b"x")),
        "This kind of file is not read",
        "an archive",
    ),
    "files that do not fit": (
        _files(("train-1.csv", GOOD), ("train-2.csv", "text,class\na,b\n")),
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
        _files(("a.csv", GOOD), ("b.jsonl", '{"text": 1}')),
        "There are files of several formats",
        "csv (a.csv), jsonl (b.jsonl)",
    ),
    "empty folder": (_files((".hidden", "")), "There is nothing to train on in this folder", "folder"),
    "damaged saved data set": (_saved, "A saved data set is damaged", "saved"),
    "missing file": (lambda folder: str(folder / "no.csv"), "The data is not there", "There is no file"),
    "missing folder": (lambda folder: str(folder / "a" / "b"), "The data is not there", "There is no file"),
    "misspelt file": (misspelt, "The data is not there", "reveiws.csv"),
    "link in a circle": (_loop, "The data is not there", "circle"),
    "name that is too long": (lambda folder: str(folder / ("x" * 300)), "This path cannot be looked at", "too long"),
    "home of nobody": (lambda _: "~no-such-user/x.csv", "This path cannot be looked at", "~no-such-user"),
    "pattern without files": (lambda folder: str(folder / "*.csv"), "The data is not there", "*.csv"),
    "pattern that fits one folder": (pattern_of("a/*.csv", "a/x.csv/a.csv"), "The data is not there", "do: x.csv"),
    "pattern that fits folders": (
        pattern_of("acl/*", "acl/pos/1.txt", "acl/neg/1.txt", "acl/README"),
        "The data is not there",
        "Folders do: neg, pos.",
    ),
    "device": (lambda _: "/dev/zero", "This is not a file", "a device"),
    "pipe": (_pipe, "This is not a file", "a pipe"),
}
