"""What a GPU is used for, measured by itself: `python -m benchmarks.gpu [--json]`, about six minutes."""

import sys

from benchmarks.alone import measure_alone
from benchmarks.gpu.measuring import measure
from benchmarks.gpu.page import markdown
from benchmarks.page import CannotMeasure

if __name__ == "__main__":
    try:
        measure_alone(measure, markdown)
    except CannotMeasure as reason:
        sys.exit(f"Not measured: {reason}.")
