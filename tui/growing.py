"""On which numbers of training rows a recipe is to be run next, so that its curve says more."""

from collections.abc import Collection

from bertft_tui.core.analysis.power_law import FEWEST

#: Where nothing is known of the data: what the command line's hint says too.
UNKNOWN = (250, 500, 1000)


def sizes_to_try(measured: Collection[int], own: int | None, available: int | None) -> tuple[int, ...]:
    """Return the next sizes, rising; empty where all rows that there are were measured.

    A quarter, a half and all of the largest size, without what was measured, until there are enough for a law; then
    twice and four times as much, as far as there are rows. `own`: the rows of a run that is no point yet.
    """
    largest = max([*measured, *([own] if own else [])], default=0)
    if not largest:
        return UNKNOWN
    if len(set(measured)) < FEWEST:
        return tuple(sorted({largest // 4, largest // 2, largest} - {0, *measured}))
    more = [size for size in (2 * largest, 4 * largest) if available is None or size <= available]
    if not more and available is not None and available > largest:
        return (available,)
    return tuple(more)
