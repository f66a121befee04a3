"""A thousand things thrown at the program: each is taken, or refused in a sentence; none is a traceback."""

import re
from itertools import chain
from pathlib import Path
from typing import Any

import fuzzing
from fuzzing import examples
from hypothesis import example, given
from hypothesis import strategies as st
from throwing import Thrown
from thrown import command_lines, csv_files, data_settings, in_any_section, in_their_sections, json_files

from bertft_tui.core.config import RunConfig, parse_config
from bertft_tui.core.errors import ConfigError, InputError
from bertft_tui.core.store import queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.training.check import check
from bertft_tui.core.value_text import format_value


def test_make_fuzz_throws_more_everywhere() -> None:
    """Every test that makes up what it throws takes its number from `fuzzing`: none has one of its own."""
    own = re.compile(r"max_examples\s*=")
    files = Path(fuzzing.__file__).parent.rglob("*.py")
    assert [file.name for file in files if own.search(file.read_text(encoding="utf-8"))] == ["fuzzing.py"]


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


@examples(250)
@given(content=csv_files(), chosen=data_settings(), name=st.sampled_from(["x.csv", "x.tsv", "x.txt", "x"]))
def test_csv(config: RunConfig, tmp_path: Path, content: bytes, chosen: dict[str, Any], name: str) -> None:
    """Any csv file, whatever it is called."""
    look(config, tmp_path / name, content, chosen)


@examples(250)
@given(content=json_files(), chosen=data_settings(), name=st.sampled_from(["x.json", "x.jsonl"]))
@example(content=b'{"data": [{}, {"text": null}]}', chosen={}, name="x.jsonl")
def test_json(config: RunConfig, tmp_path: Path, content: bytes, chosen: dict[str, Any], name: str) -> None:
    """Any JSON, and what is cut off in the middle."""
    look(config, tmp_path / name, content, chosen)


@examples(100)
@given(
    content=st.binary(max_size=400),
    name=st.sampled_from(["x.csv", "x.json", "x.jsonl", "x.parquet", "x.csv.gz", "x.jsonl.zip", "x.csv.xz", "x.bz2"]),
)
def test_bytes(config: RunConfig, tmp_path: Path, content: bytes, name: str) -> None:
    """Any bytes under any name."""
    look(config, tmp_path / name, content, {})


@examples(200)
@given(in_their_sections() | in_any_section())
def test_configs(sections: dict[str, Any]) -> None:
    """Any sections, any settings, any values: a config, or an error that names each of those that are wrong."""
    try:
        assert isinstance(parse_config(sections), RunConfig)
    except ConfigError as error:
        refused = error.problem
    else:
        return
    tables = {section: values for section, values in sections.items() if isinstance(values, dict)}
    given = {*sections, *(f"{section}.{name}" for section, values in tables.items() for name in values)}
    assert refused.title
    assert refused.message
    assert all(_is_about_one(line, given) for line in refused.message.splitlines()), refused.message
    assert refused.hint


def _is_about_one(line: str, names: set[str]) -> bool:
    """Whether a line begins with one of these names, or has it in quotes as Python writes them."""
    return re.split(" = |: ", line, maxsplit=1)[0] in names or any(repr(name) in line for name in names)


@examples(60)
@given(content=csv_files() | json_files(), chosen=data_settings(), name=st.sampled_from(["x.csv", "x.jsonl", "x"]))
@example(content=b"text,label\n" + b"a fine film,good\na dull film,bad\n" * 10, chosen={}, name="x.csv")
def test_files_given_to_run(
    launching: Thrown, config: RunConfig, content: bytes, chosen: dict[str, Any], name: str
) -> None:
    """A file of data makes a run that waits, or is refused in a sentence with a hint, and the store is as it was."""
    launching.restore()
    (launching.here / name).write_bytes(content)
    before = launching.state()
    asked = {"data.dataset": name, "data.max_length": 32, **chosen, "model.name_or_path": config.model.name_or_path}
    options = chain(*(("--set", f"{key}={format_value(value)}") for key, value in asked.items()))
    code, said = launching.throw(["run", *options])
    assert code in (0, 2), said
    if code:
        assert said.startswith("Error: ")
        assert len(said.splitlines()) >= 3, said
        assert launching.state() == before
    else:
        with Database.open(launching.store) as db:
            assert queries.count_runs(db) == 9


@examples(300)
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
