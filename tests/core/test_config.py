"""Settings: bounds, cross-checks, what differs, and the sentences of their errors."""

import pytest

from bertft_tui.core.config import SECTIONS, RunConfig, is_text, parse_config, split_field
from bertft_tui.core.errors import ConfigError
from bertft_tui.core.value_text import format_value


def problem_of(data: dict[str, object]) -> str:
    """Return message and hint of the error that this input brings."""
    with pytest.raises(ConfigError) as caught:
        parse_config(data)
    return f"{caught.value.problem.title} | {caught.value.problem.message} | {caught.value.problem.hint}"


@pytest.mark.parametrize(
    "key", [f"{name}.{field}" for name, section in SECTIONS.items() for field in section.model_fields]
)
def test_every_setting_has_a_sentence_and_its_default_is_within_bounds(key: str) -> None:
    """Each field is described, and writing its default changes nothing."""
    section, field = split_field(key)
    assert (SECTIONS[section].model_fields[field].description or "").endswith(".")
    assert RunConfig().with_settings({key: RunConfig().flat()[key]}) == RunConfig()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("training.learning_rate", 0),
        ("training.learning_rate", 11.0),
        ("training.learning_rate", float("nan")),
        ("training.learning_rate", True),
        ("training.num_train_epochs", float("inf")),
        ("training.max_steps", 0),
        ("training.max_steps", -2),
        ("training.max_steps", 10**30),
        ("training.seed", 2**32),
        ("training.seed", 1.5),
        ("training.metric_for_best_model", "bleu"),
        ("data.train_size", 0),
        ("data.train_size", True),
        ("data.train_size", "most"),
        ("data.eval_fraction", 1.0),
        ("data.dataset", ""),
        ("data.dataset", "not text \udcff"),
        ("hardware.device", "cuda:"),
        ("hardware.device", "cuda:0; rm"),
        ("model.hidden_dropout", 1.0),
        ("model.trust_remote_code", "yes"),
    ],
)
def test_a_value_out_of_bounds_is_refused_by_its_name(key: str, value: object) -> None:
    """The message names the setting, the value given and what is allowed."""
    with pytest.raises(ConfigError) as caught:
        RunConfig().with_settings({key: value})
    assert key.partition(".")[2] in caught.value.problem.message
    assert caught.value.problem.hint


def test_settings_that_contradict_each_other_are_refused() -> None:
    """Combinations that cannot work fail before anything is started."""
    assert "eval_steps must say how many" in problem_of({"training": {"eval_strategy": "steps"}})
    assert "early_stopping_patience" in problem_of(
        {"training": {"eval_strategy": "no", "early_stopping_patience": 2}}
    )


def test_each_fault_has_a_line() -> None:
    """Two wrong settings are told at once."""
    text = problem_of({"training": {"seed": -1, "learning_rate": "fast"}})
    assert "2 settings are wrong" in text
    assert "training.seed = -1" in text
    assert "training.learning_rate = 'fast'" in text


def test_unknown_names_bring_the_nearest_one() -> None:
    """A typo in a setting or a section is answered with what was meant."""
    assert "Did you mean 'training.learning_rate'?" in problem_of({"training": {"learnin_rate": 1}})
    assert "Did you mean [training]?" in problem_of({"trainig": {}})
    assert "below [training]" in problem_of({"learning_rate": 1e-5})
    assert "[hardware]" in problem_of({"zzz": 1})
    assert "`bertft-tui config`" in problem_of({"training": {"zzzzzz": 1}})
    assert "model" in problem_of({"model": 3})


def test_a_fields_name_alone_will_do() -> None:
    """Where a name belongs to one section only, the section need not be said."""
    assert split_field("learning_rate") == ("training", "learning_rate")
    assert split_field("data.dataset") == ("data", "dataset")


def test_text_settings_are_known() -> None:
    """Free texts are told apart from numbers and choices."""
    assert is_text("data.dataset")
    assert is_text("model.revision")
    assert not is_text("data.train_size")
    assert not is_text("training.optim")


def test_an_empty_text_empties_what_may_be_empty() -> None:
    """TOML has no null, so `\"\"` stands for it where a setting is optional."""
    config = parse_config({"data": {"text_column": ""}, "training": {"eval_steps": ""}})
    assert config.data.text_column is None
    assert config.training.eval_steps is None


def test_diff_says_what_changed() -> None:
    """A diff lists the changed settings in words, and nothing else."""
    old = RunConfig()
    new = old.with_settings({"training.learning_rate": 2e-5, "data.train_size": 100, "data.text_column": "body"})
    assert [str(change) for change in old.diff(new)] == [
        "text_column empty → body",
        "train_size all → 100",
        "learning_rate 5e-5 → 2e-5",
    ]
    assert old.diff(old) == ()


def test_fingerprints_are_equal_exactly_when_the_settings_are() -> None:
    """The fingerprint follows the settings."""
    other = RunConfig().with_settings({"training.seed": 1})
    assert RunConfig().fingerprint() == RunConfig().fingerprint()
    assert RunConfig().fingerprint() != other.fingerprint()
    assert len(other.fingerprint()) == 16


def test_configs_are_frozen() -> None:
    """A setting cannot be changed in place."""
    with pytest.raises(ValueError, match="frozen"):
        RunConfig().training.seed = 3  # type: ignore[misc]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "true"),
        (5e-05, "5e-5"),
        (3.0, "3"),
        (0.1, "0.1"),
        (1.23456789e-5, "1.23456789e-5"),
        (1e20, "1e20"),
        (12, "12"),
        ("all", "all"),
    ],
)
def test_values_are_written_as_people_type_them(value: object, text: str) -> None:
    """No digit is lost and none is added."""
    assert format_value(value) == text


def test_devices_as_people_write_them() -> None:
    """`cuda` is the first GPU, as in torch; what is no device is answered with what is, not with a pattern."""
    assert RunConfig().with_settings({"hardware.device": "cuda"}).hardware.device == "cuda:0"
    with pytest.raises(ConfigError, match="must be auto, cpu, mps or cuda:N"):
        RunConfig().with_settings({"hardware.device": "gpu"})
