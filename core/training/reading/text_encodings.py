"""Which encoding bytes are written in: what they say themselves, else UTF-8, else a guess.

The guess: where an encoding of Japanese makes kana of a fifth of what is not ASCII, it is that one. A text most of
whose letters are outside ASCII is in another script, in the one of the usual encodings that `charset_normalizer`
finds. Any other text is taken for Windows-1252, as Western files nearly always are.
"""

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass

FALLBACK = "cp1252"

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OTHER_SCRIPTS = [
    "cp1251",
    "koi8_r",
    "cp866",
    "cp1253",
    "cp1255",
    "cp1256",
    "cp874",
    "cp932",
    "euc_jp",
    "gb18030",
    "big5",
    "cp949",
]
#: Their bytes are also words in Korean and Chinese encodings; but there are kana in every Japanese sentence.
_JAPANESE = ("cp932", "euc_jp")

#: Bytes around the first one that is not UTF-8, from which an encoding is guessed.
_WINDOW = 2**15

_NAMES = {"cp932": "Shift-JIS", "cp949": "EUC-KR", "euc_jp": "EUC-JP", "koi8_r": "KOI8-R", "big5": "Big5"}


def shown(encoding: str) -> str:
    """Write an encoding's name as people do: `cp1252` → `Windows-1252`."""
    if re.fullmatch(r"cp12\d\d", encoding):
        return encoding.replace("cp", "Windows-")
    return _NAMES.get(encoding, encoding.upper())


def marked(head: bytes) -> str | None:
    """Return the encoding that a byte order mark at the start of a file names."""
    return next((encoding for mark, encoding in _MARKS if head.startswith(mark)), None)


def is_wide(encoding: str) -> bool:
    """Say whether zero bytes belong to texts in this encoding."""
    return codecs.lookup(encoding).name.startswith(("utf-16", "utf-32"))


def unmarked(encoding: str, head: bytes) -> str:
    """Say which byte of UTF-16 or UTF-32 comes first: in most letters the higher ones are zero."""
    width = int(encoding.removeprefix("utf-")) // 8
    return encoding + ("-be" if head[::width].count(0) > head[width - 1 :: width].count(0) else "-le")


@dataclass(frozen=True)
class Undecodable:
    """Where bytes stop being text in some encoding, and what stands around there."""

    position: int
    window: bytes


def first_undecodable(chunks: Iterable[bytes], encoding: str) -> Undecodable | None:
    """Find the first byte that is no text in this encoding; reads all chunks, keeps one."""
    decoder = codecs.getincrementaldecoder(encoding)()
    position, pending, found = 0, b"", None
    for chunk in chunks:
        if found is None:
            found = _fails(decoder, chunk, pending, position, final=False)
            pending = decoder.getstate()[0]
        position += len(chunk)
    return found or _fails(decoder, b"", pending, position, final=True)


def _fails(
    decoder: codecs.IncrementalDecoder, chunk: bytes, pending: bytes, position: int, *, final: bool
) -> Undecodable | None:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError as error:
        data, at = pending + chunk, error.start
        return Undecodable(position - len(pending) + at, data[max(0, at - _WINDOW) : at + _WINDOW])
    except UnicodeError:  # a codec that names no byte
        return Undecodable(position, (pending + chunk)[: 2 * _WINDOW])
    return None


def guess(window: bytes, likely: str | None = None) -> str:
    """Guess the encoding of bytes that are not UTF-8; `utf-8` means UTF-8 with a few broken bytes.

    A `likely` encoding, that of files beside this one, is taken where the bytes are in another script and fit it.
    """
    if _is_damaged_utf8(window):
        return "utf-8"
    if japanese := next((encoding for encoding in _JAPANESE if _has_kana(window, encoding)), None):
        return japanese
    letters = len(re.findall(rb"[A-Za-z]", window))
    if letters_outside_ascii(window) <= letters:
        return FALLBACK
    if likely and first_undecodable([window], likely) is None:
        return likely
    from charset_normalizer import from_bytes

    best = from_bytes(window, cp_isolation=_OTHER_SCRIPTS).best()
    return best.encoding if best else FALLBACK


def _has_kana(window: bytes, encoding: str) -> bool:
    """Say whether a fifth of what is not ASCII are kana, when bytes are read as Japanese.

    Those of half width speak against it: to Shift-JIS, most bytes of other encodings are such.
    """
    text = window.decode(encoding, errors="replace")
    kana, narrow = len(re.findall("[\u3041-\u30ff]", text)), len(re.findall("[\uff61-\uff9f]", text))
    return kana > narrow and 5 * kana >= len(re.findall("[^\x00-\x7f]", text))


def letters_outside_ascii(window: bytes) -> int:
    """Count the bytes that are not ASCII, most of them letters or parts of letters."""
    return len(re.findall(rb"[\x80-\xff]", window))


def _is_damaged_utf8(window: bytes) -> bool:
    text = window.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    whole = sum(1 for character in text if character > "\x7f") - broken
    return whole >= 10 * broken
