"""What names mean on this machine, and those that nobody may look at."""

from pathlib import Path

import pytest

from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import InputError
from bertft_tui.core.local_names import found, is_pattern, same_place
from bertft_tui.core.scheduling.preflight import absolute_paths


@pytest.mark.parametrize("name", ["~no-such-user/x", "~no-such-user/*.csv", "x" * 300])
@pytest.mark.parametrize("setting", ["data.dataset", "model.name_or_path"])
def test_names_that_cannot_be_looked_at(name: str, setting: str) -> None:
    """They are refused in a sentence, by the check's first step too, which runs in the interface."""
    config = RunConfig().with_settings({setting: name})
    with pytest.raises(InputError, match="This path cannot be looked at"):
        absolute_paths(config)


@pytest.mark.parametrize("name", ["https://example.org/x.csv?raw=true", "huggingface.co/datasets/org/x/viewer?p=1"])
def test_addresses_are_no_patterns(name: str) -> None:
    """The check is asked about an address as it was typed, and says what to do about it."""
    assert not is_pattern(name)
    assert absolute_paths(RunConfig().with_settings({"data.dataset": name})).data.dataset == name


def test_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`~` is the home folder; what is not there is no error."""
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "x.csv").touch()
    assert found("~/x.csv") == tmp_path / "x.csv"
    assert found("~/y.csv") is None


def test_same_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two names of one file are the same place, and so are two of one data set of the Hub."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sub").mkdir()
    (tmp_path / "x.csv").touch()
    (tmp_path / "link.csv").symlink_to("x.csv")
    assert same_place("x.csv", "sub/../x.csv")
    assert same_place("x.csv", str(tmp_path / "link.csv"))
    assert same_place("org/data", "org/data")
    assert not same_place("x.csv", "y.csv")
