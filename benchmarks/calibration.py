"""How fast this machine is just now: a fixed piece of Python, measured like the program and beside it.

Somebody else's work slows both, and another machine too: a figure divided by this one says more about the program.
"""

import os
import resource
import subprocess
import sys

#: Seconds of processor time on the reference: two shared cores that nobody disturbs.
REFERENCE = 0.21

#: The greater part of what any Textual program does before its first paint.
CODE = "import textual.app"


def calibration() -> float:
    """Run it in a process of its own; return the seconds of processor time that it took."""
    before = processor_seconds_of_children()
    subprocess.run([sys.executable, "-c", CODE], check=True)
    return processor_seconds_of_children() - before


def processor_seconds_of_children() -> float:
    """What the children of this process that have ended took of the processor."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def load() -> str:
    """How much the machine has to do: the load averages of one and five minutes."""
    one, five, _ = os.getloadavg()
    return f"{one:.1f} {five:.1f}"
