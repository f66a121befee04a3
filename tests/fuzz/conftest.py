"""What is there before anything is thrown: the libraries, and a config whose model is there."""

import warnings

import pytest

from bertft_tui.core.config import RunConfig


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
