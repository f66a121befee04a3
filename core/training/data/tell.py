"""Saying how far the reading is."""

from collections.abc import Callable

#: Takes a sentence about what is being done.
Tell = Callable[[str], None]


def silent(_: str) -> None:
    """Tell nobody."""
