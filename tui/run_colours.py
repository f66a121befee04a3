"""A colour for each run, the same wherever it appears."""

import zlib
from collections.abc import Sequence

#: Colours that a theme has for runs; from the first on, each is as far from those before it as it can be.
COUNT = 12


def colour_of(number: int) -> str:
    """The style of the nth run colour; after the last comes the first."""
    return f"$run-{number % COUNT}"


def run_colour(run_id: str) -> str:
    """The style of a run: it depends on the id alone, so two runs may share one."""
    return colour_of(zlib.crc32(run_id.encode("utf-8", "surrogatepass")))


def run_colours(run_ids: Sequence[str]) -> dict[str, str]:
    """The styles of runs that are shown together: each its own, or the next free one where another before has that.

    With more runs than colours, some share.
    """
    found: dict[str, str] = {}
    for run_id in dict.fromkeys(run_ids):
        first = int(run_colour(run_id).removeprefix("$run-"))
        offered = [colour_of(first + step) for step in range(COUNT)]
        taken = list(found.values())
        found[run_id] = min(offered, key=taken.count)  # the first of those that are taken least
    return found
