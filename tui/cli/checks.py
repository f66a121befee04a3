"""What an examination finds."""

from dataclasses import dataclass
from typing import Any, Literal

State = Literal["ok", "warn", "fail"]


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: its verdict, what was seen, and what to do about it."""

    name: str
    state: State
    message: str
    hint: str = ""
    numbers: dict[str, Any] | None = None  # for `--json`: what the message sums up
