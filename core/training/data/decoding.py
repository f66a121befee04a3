"""Bytes of text files into strings: the named encoding, or UTF-8 and then Windows-1252."""

import codecs
from dataclasses import dataclass, field
from pathlib import Path

from bertft_tui.core.errors import ConfigError, DataError, Problem
from bertft_tui.core.training.notes import count, listed

FALLBACK = "cp1252"


@dataclass
class Decoder:
    """Decodes files one after the other and remembers which ones were not UTF-8."""

    encoding: str | None
    fallen_back: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.encoding is not None:
            try:
                codecs.lookup(self.encoding)
            except LookupError:
                raise ConfigError(
                    "Unknown encoding",
                    f"data.encoding is {self.encoding!r}.",
                    "Usual ones are utf-8, cp1252, latin-1 and utf-16; empty finds out.",
                ) from None

    def read(self, path: Path, place: str) -> str:
        """Return the file's text. Raises DataError when it is missing, binary, or in another encoding."""
        try:
            data = path.read_bytes()
        except OSError as error:
            raise DataError(
                "A file cannot be read", f"{path}: {error.strerror or error}.", "Check the path."
            ) from None
        if self.encoding is None and b"\0" in data:
            raise DataError(
                "This file is not text",
                f"{path} contains zero bytes, so it is binary or UTF-16.",
                "Name a csv or text file; for UTF-16 set data.encoding = 'utf-16'.",
            )
        return self._decode(data, path, place).removeprefix("\ufeff")

    def _decode(self, data: bytes, path: Path, place: str) -> str:
        try:
            return data.decode(self.encoding or "utf-8")
        except UnicodeError as error:
            if self.encoding is not None:
                raise _undecodable(path, self.encoding, error) from None
        try:
            text = data.decode(FALLBACK)
        except UnicodeError as error:
            raise _undecodable(path, "UTF-8 nor Windows-1252", error) from None
        self.fallen_back.append(place)
        return text

    def notes(self) -> list[Problem]:
        """Say which files were read as Windows-1252; nothing when all were UTF-8."""
        if not self.fallen_back:
            return []
        files = count(len(self.fallen_back), "file")
        verb = "is" if len(self.fallen_back) == 1 else "are"
        return [
            Problem(
                f"{files} {verb} not UTF-8",
                f"Decoded as Windows-1252: {listed(self.fallen_back)}.",
                "If letters look wrong, set data.encoding.",
            )
        ]


def _undecodable(path: Path, encoding: str, error: UnicodeError) -> DataError:
    where = f" (byte {error.start:,})" if isinstance(error, UnicodeDecodeError) else ""
    return DataError(
        "The file is in another encoding",
        f"{path} is not {encoding}{where}.",
        "Set data.encoding to the one it was written in, for example latin-1 or utf-16.",
    )
