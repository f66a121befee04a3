"""The app's figures as a section of the page."""

from collections.abc import Mapping
from typing import Any

from benchmarks.calibration import REFERENCE
from benchmarks.figures import Line, milliseconds, table

_TEXT = """## The app

The real program in a terminal of 120 × 40, on a store of {runs:,} runs with six to ten metrics each; its files were
in the system's cache.

{table}

- **Frame**: the header is on the terminal; **first rows**: so is the newest run's name. Processor time is that of the
  whole process from the start of its interpreter, and of the small one that gives it its terminal (about 10 ms).
- **A key**: from the moment when it is typed until the terminal gets the first of the answer, and all of it. The keys
  are given one after another, each when the one before was answered: up, down, page up and page down, a filter typed
  and left, the order reversed. Escape is sent as terminals do that tell it from the beginning of another key; where
  they do not, the program waits a fortieth of a second longer to find out.
- **A figure on screen**: a process writes an accuracy into the journal of its run; the scheduler takes it into the
  store, the app reads it, and the terminal has it. Four such processes write ten points a second each meanwhile, with
  three metrics each.
- **Calibration**: `python -c "import textual.app"`, measured in the same way and beside what it stands for. Where
  other work slows the machine down, or on another machine, the ratio says more than the time.
- **Of it**: the share of the target that was taken, which decides whether it is reached. Where the calibration takes
  longer than {reference}, its time on two shared cores that nobody disturbs, the second figure is the share without
  what the machine alone makes longer: it tells a slow machine from a slow program. How soon a figure is on screen is
  mostly waiting, and has none.
"""


def markdown(found: Mapping[str, Any]) -> str:
    """Write the section from what `measure` returned."""
    lines = [Line(*line) for line in found["lines"]]
    return _TEXT.format(runs=found["runs"], table=table(lines, found["slowness"]), reference=milliseconds(REFERENCE))
