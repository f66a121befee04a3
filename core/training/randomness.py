"""The generators that training draws from: rows, dropout, the new head."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def forked_random_state() -> Iterator[None]:
    """Give the training generators back as they were: evaluation draws from them too."""
    metal = torch.mps.get_rng_state() if torch.backends.mps.is_available() else None
    try:
        with torch.random.fork_rng():
            yield
    finally:
        if metal is not None:
            torch.mps.set_rng_state(metal)
