"""Small words shared by the notes about data and models."""

from collections.abc import Sequence


def listed(items: Sequence[object], limit: int = 8) -> str:
    """Join the first few items with commas and count the rest: `a, b and 3 more`."""
    return first_of(items[:limit], len(items))


def first_of(shown: Sequence[object], total: int) -> str:
    """Join the items that are shown with commas, and count the others of `total`."""
    rest = total - len(shown)
    joined = ", ".join(map(str, shown))
    return f"{joined} and {rest:,} more" if rest > 0 else joined


def count(number: int, noun: str) -> str:
    """Write a number with its noun in the right form: `1 row`, `2,225 rows`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def first_line(error: BaseException) -> str:
    """Return the first line of what a library says of an error, without its full stop; else the error's kind."""
    return str(error).strip().partition("\n")[0].rstrip(". ") or type(error).__name__
