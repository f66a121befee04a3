"""The journal of a finished run, compressed to less than a fifth: it is kept for a store that has to be made again.

A run that has finished never goes on. Whoever reads a journal by its name gets the one or the other; whoever would
write on has it unpacked first.
"""

import gzip
import io
import shutil
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from bertft_tui.core.paths import packed
from bertft_tui.core.whole_file import whole_file

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

#: How zlib packs: the digits of figures repeat by chance alone, so short repetitions are passed over: 200 kB take ten
#: milliseconds, and become a tenth smaller than without.
_LEVEL, _GZIP, _MEMORY, _STRATEGY = 7, 31, 9, zlib.Z_FILTERED
_CHUNK = 1_000_000


def pack(path: Path) -> None:
    """Put a compressed journal in the place of one that nobody writes any more. Raises OSError.

    The plain one goes when the other is on the disk; whoever is killed between leaves both, and the plain one counts.
    """
    compressor = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP, _MEMORY, _STRATEGY)
    with path.open("rb") as plain, whole_file(packed(path), sync=True) as file:
        while chunk := plain.read(_CHUNK):
            file.write(compressor.compress(chunk))
        file.write(compressor.flush())
    path.unlink()


def unpack(path: Path) -> None:
    """Put the plain journal back, as far as it can be read; nothing when it is there, or was never packed.

    Raises OSError.
    """
    if path.exists() or not packed(path).exists():
        return
    with open_journal(path) as compressed, whole_file(path, sync=True) as file:
        shutil.copyfileobj(compressed, file)
    packed(path).unlink()


def open_journal(path: Path) -> BinaryIO:
    """Open a journal to read it, compressed or not. Raises FileNotFoundError when there is neither, and OSError."""
    try:
        return path.open("rb")
    except FileNotFoundError:
        return cast(BinaryIO, io.BufferedReader(_Unpacked(packed(path))))


class _Unpacked(io.RawIOBase):
    """What a compressed file holds, as far as it is undamaged."""

    def __init__(self, path: Path) -> None:
        self._file = gzip.GzipFile(path, "rb")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        try:
            return self._file.readinto(buffer)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            return 0

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        try:
            return self._file.seek(offset, whence)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            return self._file.tell()

    def tell(self) -> int:
        return self._file.tell()

    def fileno(self) -> int:
        return self._file.fileno()

    def close(self) -> None:
        self._file.close()
        super().close()
