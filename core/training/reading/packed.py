"""The bytes of a file, unpacked as they are read; one that expands without end is refused before it fills memory."""

import bz2
import gzip
import io
import lzma
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from bertft_tui.core.errors import DataError
from bertft_tui.core.training.git_lfs import is_note
from bertft_tui.core.training.reading.files import DAMAGED, DataFile, not_fetched

#: More bytes than this, at more than this many times the packed size, is no text: English packs about threefold.
EXPANDED_BYTES = 64 * 2**20
EXPANDED_RATIO = 100


def open_bytes(file: DataFile) -> BinaryIO:
    """Open a file for reading its unpacked bytes. Raises DataError, now or while reading."""
    try:
        if file.packing == "zip":
            return _open_member(file)
        size = file.path.stat().st_size
        stream = _OPENERS[file.packing](file.path)
    except DAMAGED as error:
        raise unreadable(file, error) from None
    return io.BufferedReader(_Guarded(stream, file, size if file.packing else None), 2**18)


def unreadable(file: DataFile, error: Exception) -> DataError:
    """Put into a sentence why a file's bytes cannot be had."""
    if isinstance(error, PermissionError):
        return DataError("A file cannot be read", f"{file.where}: permission denied.", "Check who may read it.")
    if file.packing is None:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        return DataError("A file cannot be read", f"{file.where}: {reason}.", "Check the path.")
    if is_note(file.path):
        return not_fetched(file.where)
    return DataError(
        "A packed file is damaged",
        f"{file.where} cannot be unpacked: {str(error).strip().rstrip('.') or type(error).__name__}.",
        "Perhaps it was cut short while it was copied: fetch it again, or unpack it by hand.",
    )


def check_expansion(file: DataFile, packed_size: int, expanded: int) -> None:
    """Raise DataError when a file's bytes became far more than those of a text do."""
    if expanded > max(EXPANDED_BYTES, EXPANDED_RATIO * packed_size):
        raise DataError(
            "This file expands without end",
            f"{file.where} has {packed_size:,} bytes and became more than {EXPANDED_BYTES // 2**20} MiB, "
            f"over {EXPANDED_RATIO} times as much. Text does not pack like that.",
            "If it is what you want to train on, unpack it by hand, or write it as csv.",
        )


class _Guarded(io.RawIOBase):
    """A stream whose errors are sentences, and that stops when a packed file expands too far."""

    def __init__(self, stream: Any, file: DataFile, packed_size: int | None) -> None:
        self._stream = stream
        self._file = file
        self._packed_size = packed_size
        self._expanded = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            data = self._stream.read(len(buffer))
        except DAMAGED as error:
            raise unreadable(self._file, error) from None
        buffer[: len(data)] = data
        self._expanded += len(data)
        if self._packed_size is not None:
            check_expansion(self._file, self._packed_size, self._expanded)
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()


def _open_member(file: DataFile) -> BinaryIO:
    with zipfile.ZipFile(file.path) as archive:
        member = archive.getinfo(file.member or "")
        if member.flag_bits & 1:
            raise DataError("An archive is locked", f"{file.where} needs a password.", "Unpack it by hand.")
        return io.BufferedReader(_Guarded(archive.open(member), file, member.compress_size), 2**18)


def _open_zstandard(path: Path) -> Any:
    import pyarrow as pa

    return pa.CompressedInputStream(pa.OSFile(str(path)), "zstd")


_OPENERS: dict[str | None, Callable[[Path], Any]] = {
    None: lambda path: path.open("rb", buffering=0),
    "gz": gzip.GzipFile,
    "bz2": bz2.BZ2File,
    "xz": lzma.LZMAFile,
    "zst": _open_zstandard,
}
