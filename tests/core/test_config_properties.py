"""What holds for every config and for any text, found by search."""

from contextlib import suppress
from typing import Any

from fuzzing import examples
from hypothesis import given
from hypothesis import strategies as st

from bertft_tui.core.config import RunConfig
from bertft_tui.core.config_file import from_toml, parse_setting, to_toml
from bertft_tui.core.errors import ConfigError

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
SHARE = st.floats(0, 1, exclude_min=True, exclude_max=True)
SIZE = st.just("all") | st.integers(1, 10**9)

SETTINGS: dict[str, st.SearchStrategy[Any]] = {
    "model.name_or_path": TEXT,
    "model.revision": st.none() | TEXT,
    "model.trust_remote_code": st.booleans(),
    "model.hidden_dropout": st.none() | SHARE,
    "data.dataset": TEXT,
    "data.eval_split": st.none() | TEXT,
    "data.eval_fraction": SHARE,
    "data.text_column": st.none() | TEXT,
    "data.train_size": SIZE,
    "data.eval_size": SIZE,
    "data.padding": st.sampled_from(["dynamic", "max_length"]),
    "training.num_train_epochs": st.floats(0, 10_000, exclude_min=True),
    "training.max_steps": st.just(-1) | st.integers(1, 10**9),
    "training.learning_rate": st.floats(0, 10, exclude_min=True),
    "training.warmup_steps": st.floats(0, 10**9),
    "training.seed": st.integers(0, 2**32 - 1),
    "training.eval_steps": st.none() | st.integers(1, 10**9),
    "training.eval_on_start": st.booleans(),
    "hardware.device": st.sampled_from(["auto", "cpu", "mps", "cuda:0", "cuda:123"]),
}

configs = st.fixed_dictionaries({}, optional=SETTINGS).map(RunConfig().with_settings)
quick = examples(60)


@quick
@given(configs, st.booleans())
def test_toml_gives_back_the_config_that_was_written(config: RunConfig, comments: bool) -> None:
    """Writing and reading is the identity, for any texts and numbers."""
    assert from_toml(to_toml(config, comments=comments)) == config


@quick
@given(configs, configs)
def test_a_diff_leads_from_one_config_to_the_other(old: RunConfig, new: RunConfig) -> None:
    """Applying what a diff lists gives the other config; only equal configs share a fingerprint."""
    changes = old.diff(new)
    assert old.with_settings({change.field: change.new for change in changes}) == new
    assert (old.fingerprint() == new.fingerprint()) == (not changes)


@quick
@given(st.text() | st.builds("{}={}".format, st.sampled_from(sorted(SETTINGS)), st.text()))
def test_any_text_after_set_is_read_or_refused(text: str) -> None:
    """`--set` never brings anything but a config or a ConfigError."""
    with suppress(ConfigError):
        key, value = parse_setting(text)
        assert RunConfig().with_settings({key: value}).flat()[key] == value


@quick
@given(st.text())
def test_any_text_is_a_config_or_refused(text: str) -> None:
    """No text brings anything but a config or a ConfigError."""
    with suppress(ConfigError):
        assert isinstance(from_toml(text), RunConfig)
