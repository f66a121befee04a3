"""Csv files into rows: through pandas, every value as the text that stands there."""

import io
from pathlib import Path

import pandas as pd

from bertft_tui.core.config import DataSection
from bertft_tui.core.errors import DataError
from bertft_tui.core.training.data.columns import choose_columns
from bertft_tui.core.training.data.decoding import Decoder
from bertft_tui.core.training.data.rows import Row, Source

_DELIMITERS = ",;\t"


def read_csv_file(path: Path, data: DataSection) -> Source:
    """Read one csv file as the split `train`. Raises DataError."""
    return _read_files({"train": path}, str(path), data)


def read_csv_folder(folder: Path, data: DataSection) -> Source | None:
    """Read a folder of csv files, each a split named by its stem; None when it has no csv file."""
    files = {path.stem: path for path in sorted(folder.glob("*.csv"))}
    return _read_files(files, str(folder), data) if files else None


def _read_files(files: dict[str, Path], name: str, data: DataSection) -> Source:
    """Read the splits that the config asks for; the others stay empty and cost nothing."""
    decoder = Decoder(data.encoding)
    wanted = {data.train_split, data.eval_split}
    splits = {split: _read_rows(path, data, decoder) if split in wanted else [] for split, path in files.items()}
    return Source(name, splits, decoder.notes())


def _read_rows(path: Path, data: DataSection, decoder: Decoder) -> list[Row]:
    table = _read_table(path, decoder)
    columns = choose_columns(table, data, path.name)
    pairs = table[columns.pair].tolist() if columns.pair else [None] * len(table)
    triples = zip(table[columns.text].tolist(), table[columns.label].str.strip().tolist(), pairs, strict=True)
    return [
        Row(text, label, f"row {number} of {path.name}", pair)
        for number, (text, label, pair) in enumerate(triples, start=1)
    ]


def _read_table(path: Path, decoder: Decoder) -> pd.DataFrame:
    """Parse the file; `NA` and `null` stay words, and a short row's missing cells are empty."""
    content = decoder.read(path, path.name)
    if not content.strip():
        raise DataError("The file is empty", f"{path} has no rows.", "Name a csv file with a header and rows.")
    try:
        table = pd.read_csv(io.StringIO(content), dtype=str, keep_default_na=False, sep=_delimiter(content))
    except (pd.errors.ParserError, pd.errors.EmptyDataError, ValueError) as error:
        raise DataError(
            "This is not a well-formed csv file",
            f"{path}: {str(error).strip()}.",
            'A text with commas or line breaks must stand in double quotes; a quote inside is doubled ("").',
        ) from None
    if not isinstance(table.index, pd.RangeIndex):
        raise DataError(
            "The rows have more cells than the header",
            f"{path} names {len(table.columns)} columns.",
            "Put texts with commas in double quotes, and name every column in the first line.",
        )
    if table.empty:
        raise DataError("The file has no rows", f"{path} has a header and nothing below it.", "Add rows.")
    return table.fillna("")


def _delimiter(content: str) -> str:
    """Take the one of comma, semicolon and tab that the header has most of."""
    header = content.lstrip().partition("\n")[0]
    return max(_DELIMITERS, key=header.count)
