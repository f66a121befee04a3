"""How much the property tests make up: as much as `make test` has time for, or many times that in `make fuzz`."""

import os

from hypothesis import HealthCheck, settings

#: So many times as much as in `make test`.
TIMES = int(os.environ.get("BERTFT_FUZZ", "1"))


def examples(number: int) -> settings:
    """So many examples, times BERTFT_FUZZ. None is too slow: a machine that does four things at once is no failure.

    Fixtures are shared by the examples of a test: each writes over what the one before has left.
    """
    unasked = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
    return settings(deadline=None, max_examples=number * TIMES, suppress_health_check=unasked)
