"""Csv files as programs write them: what the first lines say of all rows, and good files that only look like that."""

from pathlib import Path

import pytest

from bertft_tui.core.sections import DataSection
from bertft_tui.core.training.sources.opening import open_source

#: How a file is written → (its content, its columns, its last row).
_LAYOUTS: dict[str, tuple[str, list[str], list[str]]] = {
    "Excel's line, semicolons": ("sep=;\r\ntext;label\r\na, b;x\r\nc, d;y\r\n", ["text", "label"], ["c, d", "y"]),
    "Excel's line, commas": ("sep=,\na,label\nb,x\nc;d,y\n", ["a", "label"], ["c;d", "y"]),
    "Excel's line in quotes": ('"sep=\t"\na\tlabel\nb\tx\n', ["a", "label"], ["b", "x"]),
    "Excel's line after a mark": ("\ufeffsep=^\na^label\nb^x\n", ["a", "label"], ["b", "x"]),
    "a column that is called sep=": ("sep=,label\na,x\nb,y\n", ["sep=", "label"], ["b", "y"]),
    "comments": ("# from a, b and c\n#\ntext,label\na,x\n#b,y\n", ["text", "label"], ["#b", "y"]),
    "comments with commas": ("# From UCI, 2020\nutterance,airline\na,x\nb,y\n", ["utterance", "airline"], ["b", "y"]),
    "a comment as wide as the header": ("#a,b\ntext,label\na,x\nb,y\n", ["text", "label"], ["b", "y"]),
    "a header like a comment, wider than its row": (
        "#id,tweet,label\n0,hello there\n1,hi,y\n",
        ["#id", "tweet", "label"],
        ["1", "hi", "y"],
    ),
    "a header that begins like a comment": ("#id,label\n1,x\n2,y\n", ["#id", "label"], ["2", "y"]),
    "rows that begin like comments": ("#tag,label\n#a,x\n#b,y\n", ["#tag", "label"], ["#b", "y"]),
    "blanks after commas": (
        'id, text, label\n0, "a, b", x\n1, "c, d", y\n',
        ["id", "text", "label"],
        ["1", "c, d", "y"],
    ),
    "blanks after commas, all quoted": ('"text", "label"\n"a", "x"\n"b", "y"\n', ["text", "label"], ["b", "y"]),
    "blanks, and quotes within texts": ('label, text\nx, "a" b\ny, "c" d\n', ["label", "text"], ["y", ' "c" d']),
    "blanks that are the text's own": ("label,text\nx, a\ny, b\n", ["label", "text"], ["y", " b"]),
    "R's row names": (
        '"text","label"\n"1","a, b","x"\n"2","c","y"\n"10","d","y"\n',
        ["column 1", "text", "label"],
        ["10", "d", "y"],
    ),
}


@pytest.mark.parametrize("name", _LAYOUTS)
def test_layouts(tmp_path: Path, name: str) -> None:
    """Each layout gives the columns and cells that its program meant."""
    content, columns, last = _LAYOUTS[name]
    path = tmp_path / "x.csv"
    path.write_bytes(content.encode())
    table = open_source(DataSection(dataset=str(path))).read("train").table
    assert table.column_names == columns
    assert list(table.to_pylist()[-1].values()) == last


@pytest.mark.parametrize(
    ("rows", "note"),
    [
        (
            'x,"Hello\ny,a\nx,b\ny,size 5"\nx,c\n',
            "Row 2 of x.csv runs over 4 lines that each have as many cells as the header.",
        ),
        ('x,"Hello\nand goodbye"\nx,c\n', None),
        ('x,"Hello\ny,a\nx,b\ny,size 5"\nx,"two\nlines"\n', None),
        ('x,"Hello, you\nand, me"\n', None),
    ],
)
def test_rows_within_a_cell(tmp_path: Path, rows: str, note: str | None) -> None:
    """A quote that pairs up with one some rows below is noted, ordinary texts of several lines are not."""
    path = tmp_path / "x.csv"
    path.write_text("label,text\ny,a film\n" + rows)
    source = open_source(DataSection(dataset=str(path)))
    source.read("train")
    assert [note.message for note in source.notes] == ([note] if note else [])


def test_comments_are_noted(tmp_path: Path) -> None:
    """It is said that lines above the header are skipped."""
    path = tmp_path / "x.csv"
    path.write_text("# one\n# two\ntext,label\na,x\n")
    source = open_source(DataSection(dataset=str(path)))
    source.read("train")
    assert [(note.title, note.message) for note in source.notes] == [
        ("Comments are skipped", "x.csv has 2 lines of them above its header.")
    ]
