"""Whatever is killed, stopped, torn or locked: nothing is lost, no status is wrong, no process is left over."""

from pathlib import Path

import pytest
from rounds import KINDS, run_round


@pytest.mark.parametrize("kind", KINDS)
def test_a_round(kind: str, tmp_path: Path) -> None:
    """One round of each kind; `make faults` runs a thousand."""
    result = run_round(tmp_path, kind, seed=1)
    assert result.acknowledged > 0
    assert result.sound, result
