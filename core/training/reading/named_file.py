"""The one file that was named: its members when it is an archive, its format when its name says none."""

import stat
from pathlib import Path

from bertft_tui.core.errors import DataError
from bertft_tui.core.training.reading.files import KINDS, DataFile, files_at, packing_of, stem_of
from bertft_tui.core.training.reading.packed import open_bytes

_OTHERS = {
    ".xlsx": "a spreadsheet: save it as csv",
    ".xls": "a spreadsheet: save it as csv",
    ".ods": "a spreadsheet: save it as csv",
    ".arrow": "an arrow file: name the folder of `save_to_disk` that it lies in",
    ".feather": "a feather file: save it as parquet",
    ".pkl": "a pickle, which can run code when it is read: save it as parquet",
    ".pickle": "a pickle, which can run code when it is read: save it as parquet",
    ".tar": "an archive: unpack it and name the folder",
    ".tgz": "an archive: unpack it and name the folder",
    ".7z": "an archive: unpack it and name the folder",
    ".rar": "an archive: unpack it and name the folder",
    ".db": "a database: export the table as csv",
    ".sqlite": "a database: export the table as csv",
    ".pdf": "a document: put its texts into a csv file",
    ".docx": "a document: put its texts into a csv file",
}


def one_file(path: Path) -> list[DataFile]:
    """Return the file that was named, or its members when it is an archive. Raises DataError when it holds no rows.

    A file whose name says no format is json or parquet where it begins like that, else csv.
    """
    if not path.is_file():
        raise DataError(
            "This is not a file", f"{path} is {_what(path)}; it has no end or no content.", "Name a file or a folder."
        )
    suffix = Path(stem_of(path.name)).suffix.lower()
    if suffix in _OTHERS:
        what, _, remedy = _OTHERS[suffix].partition(": ")
        raise DataError("This kind of file is not read", f"{path} is {what}.", f"{remedy.capitalize()}. {KINDS}.")
    files = files_at(path, path.name)
    if not files and packing_of(path.name) == "zip":
        raise DataError(
            "There is nothing to train on in this archive",
            f"No member of {path} ends like a file of rows.",
            KINDS + ".",
        )
    return files or [_sniffed(path)]


def _sniffed(path: Path) -> DataFile:
    file = DataFile(path, path.name, "csv", packing_of(path.name))
    with open_bytes(file) as stream:
        head = stream.read(4096).lstrip()
    if head.startswith(b"PAR1"):
        return DataFile(path, path.name, "parquet", file.packing)
    return DataFile(path, path.name, "json", file.packing) if head[:1] in (b"{", b"[") else file


def _what(path: Path) -> str:
    mode = path.stat().st_mode
    kinds = {stat.S_IFCHR: "a device", stat.S_IFBLK: "a device", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}
    return kinds.get(stat.S_IFMT(mode), "neither file nor folder")
