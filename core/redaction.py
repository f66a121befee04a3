"""Secrets out of text: tokens and passwords of the environment, those of the Hub, and passwords in addresses.

Every door through which foreign words leave the program passes them through here: problems, logs, tracebacks.
"""

import os
import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from io import TextIOWrapper
from urllib.parse import quote

#: What stands in a secret's place.
HIDDEN = "***"

#: Names of variables whose values nobody is to read; `TOKENIZERS_PARALLELISM` and `KEYBOARD` are none.
_SECRET_NAME = re.compile(r"(TOKEN|KEY|SECRET|PASS|PASSWORD|PASSWD|_PWD)S?(_|$)", re.IGNORECASE)
_PLACE_NAME = re.compile(r"(_PATH|_FILE|_DIR|_SOCK|ASKPASS)$", re.IGNORECASE)

#: Shorter values (`1`, `true`, `none`) are words of their own, and hiding them would spoil other sentences.
_SHORTEST = 8

#: User name and password before a host; a token often stands there alone.
_IN_ADDRESS = re.compile(r"(?<=://)[^\s/?#@'\"<>]+(?:@[^\s/?#@'\"<>]+)*(?=@)")
_ALWAYS = (_IN_ADDRESS.pattern, r"\bhf_[A-Za-z0-9]{16,}", r"(?<=Bearer )[\w.~+/=-]{8,}")


def redact(text: str) -> str:
    """Return a text with `***` in place of every secret that is known."""
    return _pattern().sub(HIDDEN, text)


def without_password(address: str) -> str:
    """Return an address without the user name and password in it."""
    return re.sub(rf"{_IN_ADDRESS.pattern}@", "", address)


def redact_output() -> None:
    """Let what this process prints from now on be redacted, the tracebacks of libraries too."""
    for name in ("stdout", "stderr"):
        setattr(
            sys, name, RedactingStream(getattr(sys, name).buffer, "utf-8", "backslashreplace", line_buffering=True)
        )


class RedactingStream(TextIOWrapper):
    """A stream that hides secrets in whatever is written to it."""

    def write(self, text: str) -> int:
        """Write a text without them; return its length."""
        super().write(redact(text))
        return len(text)


@cache
def _pattern() -> "re.Pattern[str]":
    """Return what is a secret in this process, whose environment is taken as it was when first asked."""
    known = sorted(set(_secrets(os.environ)), key=len, reverse=True)
    return re.compile("|".join([*map(re.escape, known), *_ALWAYS]))


def _secrets(environment: Mapping[str, str]) -> Iterator[str]:
    """Yield every value that is secret, line by line, and as an address would spell it."""
    for name, value in environment.items():
        found = value.splitlines() if _SECRET_NAME.search(name) and not _PLACE_NAME.search(name) else []
        found += [inside.partition(":")[2] for inside in _IN_ADDRESS.findall(value)]
        for secret in found:
            if len(secret) >= _SHORTEST:
                yield secret
                yield quote(secret, safe="")
