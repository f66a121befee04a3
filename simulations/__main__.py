"""Whether what the program says of runs holds: `python -m simulations`, `--page` writes `docs/simulations.md`.

Exit code 1 when something does not.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from simulations.checks import CHECKS
from simulations.lines import Line

PAGE = Path(__file__).parents[1] / "docs" / "simulations.md"

#: Enough to tell 5 % from 6 %.
ROUNDS = 2_000

_TEXT = """# Whether the statistics hold

Written by `make simulate` on {day}, in {minutes:.0f} minutes: {rounds:,} evaluations a line, of made-up classifiers
whose true quality is known.

{tables}

- **False alarm**: two classifiers of the same quality are called better or worse. A test at 5 % may do that in 5 % of
  cases.
- **Interval**, **difference**: the 95 % interval of a figure, or of a difference between two, holds the true one. Of
  metrics that are no simple proportion it is that of texts with the same balance of classes.
- **Wrong tie**: the true difference is a point, the margin itself, and a tie is said.
- **Any of five**: of five comparisons of equal runs at once, any is called better or worse, in spite of Holm's
  correction.
- **Needed decides**: an evaluation on as many texts as `needed` says finds the difference.
- **Seeds alarm**, **any of four**: recipes whose seeds lie about the same accuracy are told apart, each against the
  baseline's; of four at once, any, in spite of Holm's correction.
- **Curve**: the 95 % interval that a learning curve foretells for 25,000 rows holds the accuracy that its law has
  there. All runs are evaluated on the same texts, which the interval does not count on: it may be wider than needed.
- Two classifiers share six tenths of what makes a text hard for them, as two runs of one model do; the first class is
  ten points easier than the last.
"""

_HEADS = "| | metric | texts | classifiers | share | bounds | holds |\n|---|---|---:|---|---:|---|---|"


def main(words: Sequence[str]) -> int:
    """Simulate, and print or write what came of it."""
    parser = argparse.ArgumentParser(description="Checks the statistics on classifiers whose true quality is known.")
    parser.add_argument("--page", action="store_true", help="write docs/simulations.md")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"evaluations a line ({ROUNDS:,})")
    asked = parser.parse_args(words)
    began = time.monotonic()
    with ProcessPoolExecutor() as pool:
        found = [line for lines in pool.map(_lines, CHECKS, [asked.rounds] * len(CHECKS)) for line in lines]
    text = page(found, asked.rounds, (time.monotonic() - began) / 60)
    print(text)
    if asked.page:
        PAGE.write_text(text, encoding="utf-8")
    return int(not all(line.holds() for line in found))


def _lines(name: str, rounds: int) -> list[Line]:
    return list(CHECKS[name](rounds))


def page(lines: Sequence[Line], rounds: int, minutes: float) -> str:
    """Write the page."""
    rows = [
        f"| {line.about} | {line.metric} | {f'{line.n:,}' if line.n else ''} | {line.world} | {line.share:.1%} |"
        f" {line.low:.1%} to {line.high:.1%} | {'yes' if line.holds() else '**no**'} |"
        for line in lines
    ]
    return _TEXT.format(
        day=time.strftime("%Y-%m-%d"), rounds=rounds, minutes=minutes, tables="\n".join([_HEADS, *rows])
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
