"""Whatever is killed, stopped, torn or locked: nothing is lost, no status is wrong, no process is left over."""

from pathlib import Path

import pytest
from rounds import KINDS, TRAINING, run_round


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != TRAINING])
def test_a_round(kind: str, tmp_path: Path) -> None:
    """One round of each kind; `make faults` runs a thousand, and trainings, which tests/system kills too."""
    result = run_round(tmp_path, kind, seed=1)
    assert result.acknowledged > 0
    assert result.sound, result
