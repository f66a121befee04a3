"""Whatever is killed, stopped, torn or locked: nothing is lost, no status is wrong, no process is left over."""

from pathlib import Path

import pytest
from long import planned
from rounds import KINDS, run_round

QUICK = [kind for kind in KINDS if KINDS[kind].interruption is None]


@pytest.mark.parametrize("kind", QUICK)
def test_a_round(kind: str, tmp_path: Path) -> None:
    """One short round of each kind; `make faults` runs a thousand, and trainings, which tests/system kills too."""
    result = run_round(tmp_path, kind, seed=1, brief=True)
    assert result.acknowledged > 0
    assert result.sound, result


def test_a_plan_has_every_kind() -> None:
    """What costs more comes less often, and a kind alone as often as is asked."""
    plan = planned(list(KINDS), 200, 5)
    often = {kind: sum(each == kind for each, _ in plan) for kind in KINDS}
    assert min(often.values()) > 0
    assert all(often[kind] < often["worker killed"] for kind in KINDS if KINDS[kind].every > 1)
    assert planned(["worker killed"], 2, 5) == [("worker killed", 5), ("worker killed", 6)]
