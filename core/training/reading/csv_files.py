"""Csv and tsv files into tables: every cell as the text that stands there, absent cells of short rows null.

A cell in double quotes may hold delimiters, line breaks and quotes (doubled). The tab divides the cells of a tsv
file; in a csv file it is what a first line `sep=;` names, else the one of comma, semicolon, tab and `|` that divides
the header and the first rows alike. Comments (`#`) above the header are skipped, which is said in a note.
Where tabs divide and the quotes do not pair up, quotes are letters like any other, which is said as well.
"""

from dataclasses import replace
from itertools import islice
from typing import TextIO

import pyarrow as pa

from bertft_tui.core.errors import DataError, Problem
from bertft_tui.core.training.notes import count
from bertft_tui.core.training.reading.arrays import text_array
from bertft_tui.core.training.reading.csv_header import check_header, column_names
from bertft_tui.core.training.reading.csv_layout import Layout, find_layout
from bertft_tui.core.training.reading.csv_rows import MalformedCsvError, Rows, long_cells
from bertft_tui.core.training.reading.decoding import Decoder
from bertft_tui.core.training.reading.files import DataFile

#: Characters from which the layout is found.
_SAMPLE = 2**18

_BATCH = 2_000


def read_csv(file: DataFile, decoder: Decoder, notes: list[Problem]) -> pa.Table:
    """Read one file with a header and rows. Raises DataError, with the line where the file is not well-formed."""
    with decoder.open(file) as text:
        layout = find_layout(_beginning(text), file)
    if layout.comments:
        lines = count(layout.above, "line")
        notes.append(Problem("Comments are skipped", f"{file.name} has {lines} of them above its header."))
    try:
        return _read(file, decoder, layout, notes)
    except MalformedCsvError as error:
        if layout.delimiter != "\t":
            raise
        try:
            table = _read(file, decoder, replace(layout, quotes=False), notes)
        except DataError:
            raise error from None
    notes.append(
        Problem(
            "Quotes are read as letters",
            f"The double quotes in {file.name} do not pair up; cut at each tab, every line has the same cells.",
            "If a text runs over several lines, put it in double quotes and double the quotes inside.",
        )
    )
    return table


def _beginning(text: TextIO) -> str:
    """Return whole lines, where lines end in a newline."""
    sample = text.read(_SAMPLE)
    return sample if len(sample) < _SAMPLE else sample[: sample.rfind("\n") + 1] or sample


def _read(file: DataFile, decoder: Decoder, layout: Layout, notes: list[Problem]) -> pa.Table:
    """Read all rows; without quotes, none may be short."""
    with long_cells(), decoder.open(file) as text:
        rows = Rows(text, file, layout)
        names = column_names(rows.header(), file)
        batches: list[pa.Table] = []
        whole = rows.whole(names)
        while batch := list(islice(whole, _BATCH)):
            if not batches:
                check_header(names, batch, file)
            batches.append(_table(batch, names))
    if not batches:
        raise DataError("The file has no rows", f"{file.where} has a header and nothing below it.", "Add rows.")
    notes += rows.notes()
    return pa.concat_tables(batches)


def _table(rows: list[list[str | None]], names: list[str]) -> pa.Table:
    return pa.table([text_array(column) for column in zip(*rows, strict=True)], names=names)
