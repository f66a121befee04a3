"""Configs as TOML files, and settings as they are typed after `--set`."""

import os
from pathlib import Path

import pytest

from bertft_tui.core.config import RunConfig
from bertft_tui.core.config_file import MAX_BYTES, parse_field, parse_setting, read_config, to_toml
from bertft_tui.core.errors import ConfigError
from bertft_tui.core.presets import PRESETS


def test_a_written_config_explains_every_setting() -> None:
    """The TOML names all settings, empty ones as comments, each under its sentence."""
    text = to_toml(RunConfig())
    for field in RunConfig().flat():
        assert field.partition(".")[2] + " =" in text
    assert "# The step size of AdamW." in text
    assert "# eval_steps =" in text
    assert "#" not in to_toml(RunConfig(), comments=False)


def test_a_file_lies_over_its_base(tmp_path: Path) -> None:
    """A file gives the settings that it names; all others come from the base."""
    file = tmp_path / "mine.toml"
    file.write_text('[training]\nseed = 7\n[data]\ntext_column = ""\n')
    base = PRESETS["demo"].config.with_settings({"data.text_column": "body"})
    config = read_config(file, base=base)
    assert [str(change) for change in base.diff(config)] == ["text_column body → empty", "seed 42 → 7"]
    assert read_config(file).model.name_or_path == RunConfig().model.name_or_path


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    """Files of Windows editors begin with one."""
    file = tmp_path / "mine.toml"
    file.write_bytes(b"\xef\xbb\xbf[training]\nseed = 7\n")
    assert read_config(file).training.seed == 7


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"[training\nseed=1", "not valid TOML"),
        (b"[training]\nseed=1\nseed=2", "not valid TOML"),
        (b"a=" + b"[" * 4_900, "not valid TOML"),
        (b"a=" + b"1" * 4_900, "not valid TOML"),
        (b"a" + b".a" * 100_000 + b"=1", "a line of 200,003 characters"),
        (b"[training]\nsed = 1", "training.seed"),
        (b"[training]\nseed = -1", "training.seed = -1"),
        (b"\x89PNG\r\n\x1a\n\xff", "not text"),
        (b"#" * (MAX_BYTES + 1), "too large"),
    ],
)
def test_a_wrong_file_is_refused_with_a_sentence(tmp_path: Path, content: bytes, words: str) -> None:
    """Broken, misspelt, out of bounds, binary and huge files each say what they are."""
    file = tmp_path / "mine.toml"
    file.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        read_config(file)
    problem = caught.value.problem
    assert words in f"{problem.title} {problem.message} {problem.hint}"
    assert problem.hint


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    """A missing file, a folder and an endless device end with a sentence too."""
    for path in (tmp_path / "none.toml", tmp_path, Path(os.sep, "dev", "zero")):
        with pytest.raises(ConfigError):
            read_config(path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("training.learning_rate=3e-5", ("training.learning_rate", 3e-5)),
        ("learning_rate = 3e-5", ("training.learning_rate", 3e-5)),
        ("data.train_size=all", ("data.train_size", "all")),
        ("data.train_size=100", ("data.train_size", 100)),
        ("data.dataset=a=b.csv", ("data.dataset", "a=b.csv")),
        ("data.label_column=1", ("data.label_column", "1")),
        ("data.text_column=true", ("data.text_column", "true")),
        ("data.text_column='my text'", ("data.text_column", "my text")),
        ("model.revision=1234567", ("model.revision", "1234567")),
        ("data.text_column=", ("data.text_column", None)),
        ("training.eval_on_start=true", ("training.eval_on_start", True)),
    ],
)
def test_settings_are_read_as_their_field_wants_them(text: str, expected: tuple[str, object]) -> None:
    """Numbers become numbers, and texts stay texts also when they look like numbers."""
    assert parse_setting(text) == expected


@pytest.mark.parametrize("text", ["", "=", "learning_rate", "=3", "training.lr=3", "nothing=1"])
def test_what_is_no_setting_is_refused(text: str) -> None:
    """No name, no `=` or an unknown name: an error with a hint."""
    with pytest.raises(ConfigError) as caught:
        parse_setting(text)
    assert caught.value.problem.hint


def test_two_toml_lines_are_no_number() -> None:
    """A value with a line end in it is not read as the first line alone."""
    assert parse_field("training.seed", "1\nw=2") == "1\nw=2"
