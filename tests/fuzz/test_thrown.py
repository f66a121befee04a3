"""A thousand things thrown at the program: each is taken, or refused in a sentence; none is a traceback."""

from contextlib import suppress
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from throwing import Thrown
from thrown import ANY_TEXT, TIMES, VALUES, command_lines, csv_files, data_settings, json_files

from bertft_tui.core.config import RunConfig, parse_config
from bertft_tui.core.errors import ConfigError, InputError
from bertft_tui.core.training.check import check

SHARED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


def thrown(examples: int) -> settings:
    """How often something is thrown."""
    return settings(deadline=None, max_examples=examples * TIMES, suppress_health_check=SHARED)


def look(config: RunConfig, file: Path, content: bytes, chosen: dict[str, Any]) -> None:
    """Check a config with this file as its data: it can be trained on, or is refused with title, message and hint."""
    file.write_bytes(content)
    try:
        answer = check(config.with_settings({"data.dataset": str(file), **chosen}))
    except InputError as error:
        refused = error.problem
    else:
        assert answer["train_rows"] > 0
        assert answer["labels"]
        return
    assert refused.title
    assert refused.message
    assert refused.hint


@thrown(250)
@given(content=csv_files(), chosen=data_settings(), name=st.sampled_from(["x.csv", "x.tsv", "x.txt", "x"]))
def test_csv(config: RunConfig, tmp_path: Path, content: bytes, chosen: dict[str, Any], name: str) -> None:
    """Any csv file, whatever it is called."""
    look(config, tmp_path / name, content, chosen)


@thrown(250)
@given(content=json_files(), chosen=data_settings(), name=st.sampled_from(["x.json", "x.jsonl"]))
@example(content=b'{"data": [{}, {"text": null}]}', chosen={}, name="x.jsonl")
def test_json(config: RunConfig, tmp_path: Path, content: bytes, chosen: dict[str, Any], name: str) -> None:
    """Any JSON, and what is cut off in the middle."""
    look(config, tmp_path / name, content, chosen)


@thrown(100)
@given(
    content=st.binary(max_size=400),
    name=st.sampled_from(["x.csv", "x.json", "x.jsonl", "x.parquet", "x.csv.gz", "x.jsonl.zip", "x.csv.xz", "x.bz2"]),
)
def test_bytes(config: RunConfig, tmp_path: Path, content: bytes, name: str) -> None:
    """Any bytes under any name."""
    look(config, tmp_path / name, content, {})


@thrown(200)
@given(st.dictionaries(st.sampled_from(["model", "data", "training", "hardware"]) | ANY_TEXT,
                       st.dictionaries(st.sampled_from(sorted(key.partition(".")[2] for key in RunConfig().flat())),
                                       VALUES, max_size=4) | VALUES, max_size=4))  # fmt: skip
def test_configs(sections: dict[str, Any]) -> None:
    """Any sections, any settings, any values."""
    with suppress(ConfigError):
        assert isinstance(parse_config(sections), RunConfig)


@thrown(300)
@given(words=command_lines())
@example(words=["list", "--sort", "name", "--limit", "0"])
def test_command_lines(lab: Thrown, words: list[str]) -> None:
    """Any words after the program's name: exit code 0, 1 or 2, never a traceback or an unforeseen error.

    Unless it is 0, the store is byte for byte as it was, and no file is left anywhere.
    """
    before = lab.restore()
    code, said = lab.throw(words)
    assert code in (0, 1, 2), said
    assert "Traceback" not in said
    assert "Something unforeseen" not in said
    if code:
        assert lab.state() == before
