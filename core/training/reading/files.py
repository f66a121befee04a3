"""Files of rows where they lie, and the members of archives: a zip archive may hold several files."""

import lzma
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from bertft_tui.core.data_files import Format, Packing, format_of, packing_of, stem_of
from bertft_tui.core.errors import DataError
from bertft_tui.core.training.git_lfs import FETCH, is_note

#: What the packing modules raise on bytes that make no sense.
DAMAGED = (
    OSError,
    EOFError,
    ValueError,
    LookupError,
    OverflowError,
    RuntimeError,  # also NotImplementedError
    struct.error,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
)

#: What a hint says can be read.
KINDS = "csv, tsv, json, jsonl and parquet files can be read, also packed as .gz, .bz2, .xz, .zst or .zip"


@dataclass(frozen=True)
class DataFile:
    """One file of rows; in a zip archive, one member of it."""

    path: Path
    name: str  # as places call it: `train.csv`, or where it lies below the folder that was named
    format: Format
    packing: Packing | None = None
    member: str | None = None  # of a zip archive

    @property
    def where(self) -> str:
        """The whole path, with the member of an archive in brackets."""
        return printable(f"{self.path} ({self.member})" if self.member else str(self.path))

    @property
    def place(self) -> str:
        """What a row's place names: the file, with the archive it lies in."""
        return printable(f"{self.name}/{self.member}" if self.member else self.name)

    @property
    def stem(self) -> str:
        """The name without packing and format; members lie below their archive as files below a folder."""
        return f"{stem_of(self.name)}/{stem_of(self.member)}" if self.member else stem_of(self.name)


def printable(path: str) -> str:
    """Write a path so that any terminal can show it: bytes that are no UTF-8 become question marks."""
    return path.encode("utf-8", errors="replace").decode("utf-8")


def files_at(path: Path, name: str) -> list[DataFile]:
    """Return the file of rows at a path, or the members of an archive; empty when it is neither by its name.

    Raises DataError when an archive cannot be opened.
    """
    packing, format_ = packing_of(name), format_of(name)
    if packing == "zip":
        return _members(path, name)
    return [DataFile(path, name, format_, packing)] if format_ else []


def not_fetched(where: str) -> DataError:
    """Make the error for Git LFS's note of where a file's content is."""
    return DataError("The file was not fetched", f"{where} is not the data but Git LFS's note of where it is.", FETCH)


def _members(path: Path, name: str) -> list[DataFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = sorted(info.filename for info in archive.infolist() if not info.is_dir())
    except PermissionError:
        raise DataError("A file cannot be read", f"{path}: permission denied.", "Check who may read it.") from None
    except DAMAGED as error:
        if is_note(path):
            raise not_fetched(str(path)) from None
        raise DataError(
            "A packed file is damaged",
            f"{path} cannot be opened as a zip archive: {str(error).rstrip('.') or type(error).__name__}.",
            "Perhaps it was cut short while it was copied: fetch it again, or unpack it by hand.",
        ) from None
    kinds = {member: format_of(member) for member in names if not _is_hidden(member)}
    return [DataFile(path, name, kind, "zip", member) for member, kind in kinds.items() if kind]


def _is_hidden(member: str) -> bool:
    return any(part.startswith((".", "__")) for part in PurePosixPath(member).parts)
