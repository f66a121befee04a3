"""The one file that was named: its members when it is an archive, its format when its name says none."""

import stat
from pathlib import Path

from bertft_tui.core.data_files import packing_of
from bertft_tui.core.errors import DataError
from bertft_tui.core.training.reading.files import KINDS, DataFile, files_at
from bertft_tui.core.training.reading.other_kinds import refuse_name
from bertft_tui.core.training.reading.packed import open_bytes


def one_file(path: Path) -> list[DataFile]:
    """Return the file that was named, or its members when it is an archive. Raises DataError when it holds no rows.

    A file whose name says no format is json or parquet where it begins like that, else csv.
    """
    if not path.is_file():
        raise DataError(
            "This is not a file", f"{path} is {_what(path)}; it has no end or no content.", "Name a file or a folder."
        )
    if files := files_at(path, path.name):
        return files
    refuse_name(path)
    if packing_of(path.name) == "zip":
        raise DataError(
            "There is nothing to train on in this archive",
            f"No member of {path} ends like a file of rows.",
            f"Texts in a folder for each class are read when they are unpacked: name the folder. {KINDS}.",
        )
    return [_sniffed(path)]


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
