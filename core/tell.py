"""Saying how far long work is, and being asked to end it."""

from collections.abc import Callable

#: Takes a sentence about what is being done.
Tell = Callable[[str], None]

#: Raises when somebody asked for an end.
Check = Callable[[], None]


def silent(_: str) -> None:
    """Tell nobody."""


def go_on() -> None:
    """Nobody asks for an end."""
