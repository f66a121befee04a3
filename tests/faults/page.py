"""The table of the rounds, and the page that has it."""

import os
import platform
import time
from pathlib import Path

from result import LIMIT, Result

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
BEGIN, END = "<!-- rounds: written by `make faults` -->", "<!-- end of rounds -->"

#: The columns: their heads, and what of a result stands there. The first are sums.
_SUMS = {
    "faults done": "done",
    "acknowledged points": "acknowledged",
    "lost": "lost",
    "wrong": "wrong",
    "started twice": "twice",
    "orphans": "orphans",
}
_LONGEST = {"slowest": "longest", "as shown": "longest_shown"}


def table(results: list[Result], kinds: list[str], skipped: list[str], seconds: float) -> str:
    """The results as Markdown: one line a kind; in its foot what could not be run here."""
    head = ["fault", "rounds", *_SUMS, *_LONGEST]
    lines = ["| " + " | ".join(head) + " |", "|---|" + "---:|" * (len(head) - 1)]
    for kind in kinds:
        if mine := [result for result in results if result.kind == kind]:
            cells = [kind, f"{len(mine):,}"]
            cells += [f"{sum(getattr(result, name) for result in mine):,}" for name in _SUMS.values()]
            cells += [f"{max(getattr(result, name) for result in mine):.1f} s" for name in _LONGEST.values()]
            lines.append("| " + " | ".join(cells) + " |")
    lines += [f"| {kind} | not run here: cannot mount |" + " |" * (len(head) - 2) for kind in skipped]
    return "\n".join([_about(len(results), seconds), "", *lines])


def _about(rounds: int, seconds: float) -> str:
    return (
        f"{rounds:,} rounds in {seconds / 60:.0f} minutes on {os.cpu_count()} cores, "
        f"{time.strftime('%Y-%m-%d')}, {platform.system()}, Python {platform.python_version()}. “Slowest”: the "
        "longest time for which a run whose process was gone was still shown as running while a scheduler was at "
        f"work; the limit is {LIMIT:.0f} s. “As shown”: the same as an open app shows it, whether or not a scheduler "
        "is at work."
    )


def write(text: str) -> None:
    """Put the table into its page."""
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{rest.partition(END)[2]}", encoding="utf-8")
