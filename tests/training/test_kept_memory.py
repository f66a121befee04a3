"""What a step gives back is there for the next one, unless somebody wants it given back."""

import os
import subprocess
import sys

import pytest

from bertft_tui.core.training.kept_memory import GIVE_BACK

#: Fills and frees 64 MB again and again; prints the pages that had to be mapped from the second time on.
_STEPS = """
import resource
from bertft_tui.core.training.kept_memory import keep_freed_memory

keep_freed_memory()
block = b"x" * 2**26
del block
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(5):
    block = b"x" * 2**26
    del block
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="another allocator")
def test_freed_memory_is_kept() -> None:
    """No page of it is mapped a second time; with the variable set all of them are, each time."""
    pages = 2**26 // os.sysconf("SC_PAGESIZE")
    found = []
    for value in ("", "1"):
        answer = subprocess.run(
            [sys.executable, "-c", _STEPS], check=True, capture_output=True, env=os.environ | {GIVE_BACK: value}
        )
        found.append(int(answer.stdout))
    assert found[0] < pages / 10
    assert found[1] > 0.9 * 5 * pages
