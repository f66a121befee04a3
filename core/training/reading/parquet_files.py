"""Parquet files into tables, and the class names that `datasets` writes into them."""

import io
import json
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from bertft_tui.core.errors import DataError, Problem
from bertft_tui.core.training.column_names import repeated
from bertft_tui.core.training.notes import listed
from bertft_tui.core.training.reading.decoding import Decoder
from bertft_tui.core.training.reading.files import DataFile
from bertft_tui.core.training.reading.joining import without_dictionary
from bertft_tui.core.training.reading.other_kinds import refuse_beginning
from bertft_tui.core.training.reading.packed import check_expansion, open_bytes

#: So many rows fit into memory, whatever they are.
_FEW_ROWS = 1_000_000

#: So many are read before it is seen how large they are.
_BATCH = 10_000


def read_parquet(file: DataFile, decoder: Decoder, notes: list[Problem]) -> pa.Table:
    """Read one file; `decoder` and `notes` are what readers of text need. Raises DataError."""
    table = _table(file)
    if not table.num_rows:
        raise DataError("The file has no rows", f"{file.where} has columns and no row.", "Add rows.")
    if twice := repeated(table.column_names):
        raise DataError(
            "Two columns have the same name",
            f"{file.where} names {listed([repr(name) for name in twice])} more than once.",
            "Give each column a name of its own.",
        )
    return table


def _table(file: DataFile) -> pa.Table:
    try:
        with open_bytes(file) as stream:
            if file.packing:
                return _whole(parquet.ParquetFile(io.BytesIO(stream.read())), file)
        with parquet.ParquetFile(file.path) as plain:  # which jumps about in the file, as a stream cannot
            return _whole(plain, file)
    except MemoryError:
        raise DataError(
            "The memory is too small", f"{file.where} does not fit into it.", "Name fewer rows."
        ) from None
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        refuse_beginning(file)
        raise DataError(
            "This is not a parquet file",
            f"{file.where} cannot be read: {str(error).strip().splitlines()[0].rstrip('.')}.",
            "Perhaps it was cut short while it was copied, or written wrongly: fetch or write it again.",
        ) from None


def _whole(opened: parquet.ParquetFile, file: DataFile) -> pa.Table:
    """Read all rows, batch by batch; a row repeated millions of times takes no room in the file, but in memory."""
    rows, size = opened.metadata.num_rows, file.path.stat().st_size
    if rows > max(_FEW_ROWS, size):
        raise DataError(
            "This file expands without end",
            f"{file.where} holds {rows:,} rows in fewer bytes. Texts do not pack like that.",
            "Name a file whose rows differ.",
        )
    batches, expanded = [], 0
    for batch in opened.iter_batches(_BATCH):
        columns = [without_dictionary(column) for column in batch.columns]
        batches.append(pa.Table.from_arrays(columns, batch.schema.names))
        expanded += batches[-1].nbytes
        check_expansion(file, size, expanded)
    table = pa.concat_tables(batches) if batches else opened.schema_arrow.empty_table()
    return table.replace_schema_metadata(opened.schema_arrow.metadata)


def class_names_in(schema: pa.Schema) -> dict[str, tuple[str, ...]]:
    """Return the class names that `datasets` wrote beside a schema, by column."""
    try:
        features = json.loads((schema.metadata or {})[b"huggingface"])["info"]["features"]
    except (KeyError, ValueError, TypeError):
        return {}
    return class_names_of(features) if isinstance(features, dict) else {}


def class_names_of(features: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return the class names in a data set's features (as dicts), also those of lists of classes."""
    found = {name: _names(feature) for name, feature in features.items()}
    return {name: names for name, names in found.items() if names}


def _names(feature: Any) -> tuple[str, ...]:
    if isinstance(feature, list) and len(feature) == 1:
        return _names(feature[0])
    if not isinstance(feature, dict):
        return ()
    if feature.get("_type") == "ClassLabel" and isinstance(feature.get("names"), list):
        return tuple(map(str, feature["names"]))
    return _names(feature.get("feature"))
