"""The simulations of `make simulate`, a few rounds of each: far from enough to tell 5 from 6 %, enough to tell 20."""

import pytest

from simulations.__main__ import page
from simulations.checks import CHECKS


@pytest.mark.parametrize("name", CHECKS)
def test_what_is_said_of_known_classifiers_holds(name: str) -> None:
    """The first line of each check lies within its bounds, or no further outside than a hundred rounds may put it."""
    line = next(CHECKS[name](100))
    assert line.holds(errors=3), line
    assert line.metric in page([line], 100, 1.0)
