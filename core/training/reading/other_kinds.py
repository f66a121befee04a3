"""Files that are no rows: what they are, by their names or by their first bytes, and what to do about it."""

import re
from pathlib import Path

from bertft_tui.core.data_files import stem_of
from bertft_tui.core.errors import DataError
from bertft_tui.core.training.git_lfs import is_note
from bertft_tui.core.training.reading.files import KINDS, DataFile, not_fetched
from bertft_tui.core.training.reading.packed import open_bytes

_SPREADSHEET = "a spreadsheet: save it as csv"
_OFFICE = "a spreadsheet or document: save it as csv"
_ARROW = "an arrow file: name the folder of `save_to_disk` that it lies in"
_PICKLE = "a pickle, which can run code when it is read: save it as parquet"
_ARCHIVE = "an archive: unpack it and name the folder"
_DATABASE = "a database: export the table as csv"
_DOCUMENT = "a document: put its texts into a csv file"
_PICTURE = "a picture: name a file of rows"
_PARQUET = "a parquet file: let its name end in .parquet"
_PACKED = "packed in a way that is not known here: unpack it"

_BY_SUFFIX = {
    ".xlsx": _SPREADSHEET,
    ".xls": _SPREADSHEET,
    ".ods": _SPREADSHEET,
    ".arrow": _ARROW,
    ".feather": "a feather file: save it as parquet",
    ".pkl": _PICKLE,
    ".pickle": _PICKLE,
    ".tar": _ARCHIVE,
    ".tgz": _ARCHIVE,
    ".7z": _ARCHIVE,
    ".rar": _ARCHIVE,
    ".br": _PACKED,
    ".lz4": _PACKED,
    ".z": _PACKED,
    ".db": _DATABASE,
    ".sqlite": _DATABASE,
    ".pdf": _DOCUMENT,
    ".docx": _DOCUMENT,
}

_BEGINNINGS = {
    rb"\x1f\x8b\x08": "packed by gzip: unpack it, or let its name end in .gz",
    rb"BZh[1-9]1AY&SY": "packed by bzip2: unpack it, or let its name end in .bz2",
    rb"\xfd7zXZ\0": "packed by xz: unpack it, or let its name end in .xz",
    rb"\x28\xb5\x2f\xfd": "packed by zstd: unpack it, or let its name end in .zst",
    rb"\x04\x22\x4d\x18": _PACKED,
    rb"PK\x03\x04.{26}(\[Content_Types\]|_rels/|docProps/|xl/|word/|mimetype)": _OFFICE,
    rb"PK\x03\x04": "a zip archive: unpack it, or let its name end in .zip",
    rb"PAR1[\0-\x1f]": _PARQUET,
    rb"ARROW1\0": _ARROW,
    rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": _OFFICE,
    rb"Rar!\x1a\x07|7z\xbc\xaf\x27\x1c|.{257}ustar": _ARCHIVE,
    rb"SQLite format 3\0": _DATABASE,
    rb"%PDF-|\{\\rtf": _DOCUMENT,
    rb"\x89PNG|\xff\xd8\xff|GIF8[79]a": _PICTURE,
    rb"\x93NUMPY": "an array of numpy: save it as parquet",
    rb"\x80[\x02-\x05]": _PICKLE,
    rb"(?i:(\xef\xbb\xbf)?\s*<(!doctype\s+html|html|\?xml)\b)": "a web page or xml: put its texts into a csv file",
    rb"(\xef\xbb\xbf)?__label__\S+ ": "a file of fastText: write a csv file with the columns text and label",
}
_LONGEST_BEGINNING = 4096


def refuse_name(path: Path) -> None:
    """Raise DataError when a file's name says that it holds no rows."""
    if kind := _BY_SUFFIX.get(Path(stem_of(path.name)).suffix.lower()):
        raise _not_read(kind, str(path))


def refuse_beginning(file: DataFile) -> None:
    """Raise DataError when a file's first bytes say that it holds no rows, or cannot be had."""
    with open_bytes(file) as stream:
        head = stream.read(_LONGEST_BEGINNING)
    if is_note(file.path):
        raise not_fetched(file.where)
    for beginning, kind in _BEGINNINGS.items():
        if re.match(beginning, head, re.DOTALL) and not (kind == _PARQUET and file.format == "parquet"):
            raise _not_read(kind, file.where)


def _not_read(kind: str, where: str) -> DataError:
    what, _, remedy = kind.partition(": ")
    hint = f"{remedy[0].upper()}{remedy[1:]}. {KINDS}."
    return DataError("This kind of file is not read", f"{where} is {what}.", hint)
