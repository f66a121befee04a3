"""Files into text: the named encoding or the one that is found, and a note for each guess."""

import codecs
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, TextIO

from bertft_tui.core.errors import ConfigError, DataError, Problem
from bertft_tui.core.training.notes import count, listed
from bertft_tui.core.training.reading.files import DataFile
from bertft_tui.core.training.reading.other_kinds import refuse_beginning
from bertft_tui.core.training.reading.packed import open_bytes
from bertft_tui.core.training.reading.text_encodings import (
    FALLBACK,
    Undecodable,
    first_undecodable,
    guess,
    is_wide,
    letters_outside_ascii,
    marked,
    shown,
    unmarked,
)

_CHUNK = 2**20

#: What `surrogateescape` makes of a byte that is no UTF-8.
_ESCAPED_BYTE = re.compile("[\udc80-\udcff]")

#: So many bytes outside ASCII make a guess that holds for the files beside it.
_ENOUGH = 200

_PERHAPS = (
    "perhaps cp1250 (Polish, Czech), cp1251 (Russian), cp932 or euc_jp (Japanese), gb18030 or big5 (Chinese), cp949 "
    "(Korean)."
)
_LOOKS_WRONG = f"If letters look wrong, set data.encoding: {_PERHAPS}"

_HINT = "Set data.encoding to the one it was written in, for example latin-1 or utf-16."
_HINT_WIDE = "Perhaps it was cut short while it was copied; else set data.encoding to another, such as cp1252."

#: Codecs of Python that are no encodings of files.
_ESCAPES = frozenset({"unicode_escape", "raw_unicode_escape", "punycode", "idna", "undefined"})


@dataclass
class Decoder:
    """Decodes files one after the other and remembers which encodings it guessed."""

    encoding: str | None
    _guessed: dict[str, list[str]] = field(default_factory=dict)  # encoding → the files' names
    _found: dict[DataFile, tuple[str, str]] = field(default_factory=dict)
    _likely: str | None = None  # guessed from a file with letters enough: the others are most likely in it too

    def __post_init__(self) -> None:
        if self.encoding is not None and not _is_encoding(self.encoding):
            raise ConfigError(
                "Unknown encoding",
                f"data.encoding is {self.encoding!r}.",
                "Usual ones are utf-8, cp1252, latin-1 and utf-16; empty finds out.",
            )

    def open(self, file: DataFile) -> TextIO:
        """Open a file as text with its line ends as they are, having gone through all of it once.

        Raises DataError when it is of another kind, binary or in another encoding.
        """
        if file not in self._found:
            refuse_beginning(file)
            self._found[file] = self._find(lambda: open_bytes(file), file.where, file.name)
        encoding, errors = self._found[file]
        return io.TextIOWrapper(open_bytes(file), encoding=encoding, errors=errors, newline="")

    def text(self, data: bytes, where: str, name: str) -> str:
        """Decode a small file's bytes. `where` is for errors, `name` for notes. Raises DataError."""
        if self.encoding is None and b"\0" not in data:
            try:
                return data.decode("utf-8").removeprefix("\ufeff")
            except UnicodeDecodeError:
                pass
        return data.decode(*self._find(lambda: io.BytesIO(data), where, name))

    def _find(self, reopen: Callable[[], BinaryIO], where: str, name: str) -> tuple[str, str]:
        """Return encoding and error handling. Raises DataError when it is none, or the bytes are no text."""
        with reopen() as stream:
            head = stream.read(_CHUNK)
            mark = marked(head)
            encoding = _with_mark(self.encoding, mark, head) if self.encoding else mark or "utf-8"
            broken = _scan(head, stream, encoding, where)
        if broken is None:
            return encoding, "strict"
        if self.encoding or encoding not in ("utf-8", "utf-8-sig"):
            raise _undecodable(where, shown(encoding), broken, _HINT_WIDE if is_wide(encoding) else _HINT)
        guessed = "utf-8" if mark else guess(broken.window, self._likely)
        if guessed not in ("utf-8", FALLBACK) and letters_outside_ascii(broken.window) >= _ENOUGH:
            self._likely = guessed
        if guessed == "utf-8":
            with reopen() as stream:
                self._guessed.setdefault(guessed, []).append(f"{name} ({_damage(stream)})")
            return encoding, "replace"
        self._guessed.setdefault(guessed, []).append(name)
        with reopen() as stream:
            if first_undecodable(_chunks(b"", stream), guessed):
                raise _undecodable(where, f"UTF-8 nor {shown(guessed)}", broken, f"Set data.encoding: {_PERHAPS}")
        return guessed, "strict"

    def notes(self) -> list[Problem]:
        """Say which files were read in a guessed encoding; nothing when all were what they seemed."""
        return [_note(encoding, names) for encoding, names in self._guessed.items()]


def _note(encoding: str, names: list[str]) -> Problem:
    files, verb = count(len(names), "file"), "is" if len(names) == 1 else "are"
    if encoding == "utf-8":
        return Problem(
            f"{files} {verb} not quite UTF-8",
            f"Bytes that are no UTF-8 became \ufffd in {listed(names)}.",
            _LOOKS_WRONG,
        )
    return Problem(
        f"{files} {verb} not UTF-8",
        f"Decoded as {shown(encoding)}: {listed(names)}.",
        _LOOKS_WRONG,
    )


def _is_encoding(name: str) -> bool:
    try:
        codec = codecs.lookup(name)
    except (LookupError, ValueError):
        return False
    return codec._is_text_encoding and codec.name.replace("-", "_") not in _ESCAPES


def _with_mark(named: str, mark: str | None, head: bytes) -> str:
    """Let a byte order mark say which byte comes first, where it fits the named encoding; it is never text.

    Without one, the zero bytes of the first letters do.
    """
    plain = codecs.lookup(named).name
    if mark:
        return mark if plain.startswith(mark.removesuffix("-sig")) else named
    return unmarked(plain, head) if plain in ("utf-16", "utf-32") and b"\0" in head else named


def _chunks(head: bytes, stream: BinaryIO) -> Iterator[bytes]:
    yield head
    while chunk := stream.read(_CHUNK):
        yield chunk


def _scan(head: bytes, stream: BinaryIO, encoding: str, where: str) -> Undecodable | None:
    """Go through all bytes once. Raises DataError at a zero byte where texts have none."""
    chunks = _chunks(head, stream)
    if is_wide(encoding):
        return first_undecodable(chunks, encoding)
    return first_undecodable(_without_zeros(chunks, where), encoding.removesuffix("-sig"))


def _without_zeros(chunks: Iterator[bytes], where: str) -> Iterator[bytes]:
    """Pass the chunks on. Raises DataError at a zero byte, which no text has."""
    position = 0
    for chunk in chunks:
        if (at := chunk.find(0)) >= 0:
            raise DataError(
                "This file is not text",
                f"{where} contains zero bytes (the first is byte {position + at:,}): it is binary, or UTF-16.",
                "Name a file of text; for UTF-16 set data.encoding = 'utf-16-le' or 'utf-16-be'.",
            )
        position += len(chunk)
        yield chunk


def _damage(stream: BinaryIO) -> str:
    """Say how many bytes are no UTF-8, and in which line the first is."""
    first, total = 0, 0
    for line, text in enumerate(io.TextIOWrapper(stream, "utf-8", errors="surrogateescape", newline=""), start=1):
        if broken := len(_ESCAPED_BYTE.findall(text)):
            first, total = first or line, total + broken
    return f"{count(total, 'byte')}, the first in line {first:,}"


def _undecodable(where: str, encoding: str, broken: Undecodable, hint: str) -> DataError:
    message = f"{where} is not {encoding} (byte {broken.position:,})."
    return DataError("The file is in another encoding", message, hint)
