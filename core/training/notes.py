"""Small words shared by the notes about data and models."""

from collections.abc import Sequence


def listed(items: Sequence[object], limit: int = 8) -> str:
    """Join the first few items with commas and count the rest: `a, b and 3 more`."""
    shown = ", ".join(str(item) for item in items[:limit])
    rest = len(items) - limit
    return f"{shown} and {rest:,} more" if rest > 0 else shown


def count(number: int, noun: str) -> str:
    """Write a number with its noun in the right form: `1 row`, `2,225 rows`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
