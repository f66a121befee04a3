"""How much is thrown at the program: a thousand things in `make test`, BERTFT_FUZZ times as many in `make fuzz`."""

import os
import warnings

import pytest

from bertft_tui.core.config import RunConfig

TIMES = int(os.environ.get("BERTFT_FUZZ", "1"))


@pytest.fixture(scope="session", autouse=True)
def _libraries() -> None:
    """Import what the check imports; what the libraries warn of on import is not ours."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from bertft_tui.core.training.check import check

        assert check


@pytest.fixture(scope="session")
def config(tiny_model: object) -> RunConfig:
    """A config whose model is there, so that everything else can be wrong."""
    return RunConfig().with_settings({"model.name_or_path": str(tiny_model), "data.max_length": 32})
