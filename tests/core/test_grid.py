"""Lists in settings, and the runs that they make."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import ConfigError
from bertft_tui.core.grid import make_grid, parse_settings, read_grid, read_values, split_list, written, written_list
from bertft_tui.core.store.commands import tags_in
from bertft_tui.core.store.new_runs import Said, new_runs


@pytest.mark.parametrize(
    ("key", "text", "values"),
    [
        ("training.learning_rate", "1e-5, 3e-5,5e-5", (1e-5, 3e-5, 5e-5)),
        ("training.learning_rate", " 1e-5 ", (1e-5,)),
        ("training.class_weights", "none,balanced", ("none", "balanced")),
        ("training.eval_on_start", "true, false", (True, False)),
        ("data.train_size", "100, all", (100, "all")),
        ("model.attention_dropout", '"", 0.1', ("", 0.1)),
        ("model.name_or_path", "demo, google-bert/bert-base-cased", ("demo", "google-bert/bert-base-cased")),
        ("data.dataset", "a.csv, b.csv", ("a.csv", "b.csv")),
        ("data.dataset", '"a,b.csv"', ("a,b.csv",)),
        ("data.dataset", '\'a,b.csv\', "c \\"d\\".csv"', ("a,b.csv", 'c "d".csv')),
        ("data.dataset", "bob's.csv, ann's.csv", ("bob's.csv", "ann's.csv")),
        ("data.dataset", '"not closed, b', ('"not closed', "b")),
        ("data.label_column", "food, sport", ("food, sport",)),
        ("data.label_column", '"food, sport", "label"', ("food, sport", "label")),
    ],
)
def test_lists_are_read(key: str, text: str, values: tuple[Any, ...]) -> None:
    """Commas make a list, but in quotes and in a setting that is itself written with commas."""
    assert read_values(key, text) == values


@pytest.mark.parametrize(
    ("text", "words"), [("1e-5,", "a value is missing"), ("1,,2", "a value is missing"), ("1e-5, 0.00001", "twice")]
)
def test_lists_with_faults(text: str, words: str) -> None:
    """An empty place and a repeated value are said."""
    with pytest.raises(ConfigError) as caught:
        read_values("training.learning_rate", text)
    assert words in caught.value.problem.message


@given(st.sampled_from(["data.dataset", "data.label_column", "data.text_column", "model.name_or_path"]), st.text())
def test_any_text_can_be_written_and_read_again(key: str, text: str) -> None:
    """What is written for a value means that value, whatever stands in it."""
    text = text.encode("utf-8", "replace").decode()
    assert read_values(key, written(key, text)) == (text,)
    if text:
        assert read_values(key, written_list(key, [text, text + "x"])) == (text, text + "x")


@given(
    st.sampled_from(["data.dataset", "data.label_column"]),
    st.lists(st.text("a,;' \"|\\é", min_size=1, max_size=5), min_size=2, max_size=3, unique=True),
)
@example("data.dataset", ["'|", "a;'"])
def test_texts_with_quotes_stay_apart_in_a_list(key: str, texts: list[str]) -> None:
    """A quote at the beginning of one value does not reach over the comma to a quote in another."""
    assert read_values(key, written_list(key, texts)) == tuple(texts)


@given(st.sampled_from(["data.dataset", "training.seed", "data.label_column"]), st.text())
def test_any_text_is_split(key: str, text: str) -> None:
    """A list has a place more than it has commas that count, and no comma is lost."""
    places = split_list(key, text)
    assert len(places) <= text.count(",") + 1
    assert sum(place.count(",") for place in places) + len(places) - 1 == text.count(",")


def test_a_grid_is_the_product_of_its_lists() -> None:
    """The first list is the slowest; names, title and experiment say what differs."""
    settings = parse_settings(["learning_rate=1e-5,3e-5", "training.seed=1,2,3", "data.max_length=64"])
    grid = make_grid(RunConfig(), settings)
    pairs = [(config.training.learning_rate, config.training.seed) for config in grid.configs]
    assert pairs == [(1e-5, 1), (1e-5, 2), (1e-5, 3), (3e-5, 1), (3e-5, 2), (3e-5, 3)]
    assert all(config.data.max_length == 64 for config in grid.configs)
    assert grid.title == "learning_rate × seed"
    runs = new_runs(grid, grid.configs, Said("mine", None, "why", ("a",)))
    assert runs[1].name == "mine: learning_rate 1e-5, seed 2"
    assert {run.experiment for run in runs} == {"bert-base-cased · demo: learning_rate × seed"}
    assert (runs[0].note, runs[0].tags) == ("why", ("a",))
    single = make_grid(RunConfig(), {})
    assert new_runs(single, single.configs, Said())[0].name is None
    assert new_runs(single, single.configs, Said())[0].experiment is None


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (["training.seed=" + ",".join(map(str, range(201)))], "at most 200"),
        (["training.learning_rate=1e-5,11"], "training.learning_rate"),
        (["training.eval_strategy=epoch,steps"], "eval_steps"),
        (["training.sead=1,2"], "sead"),
    ],
)
def test_grids_that_cannot_be(settings: list[str], words: str) -> None:
    """Too many runs, and any single one that is wrong."""
    with pytest.raises(ConfigError) as caught:
        make_grid(RunConfig(), parse_settings(settings))
    assert words in caught.value.problem.message


def test_a_grid_goes_through_a_file(tmp_path: Path) -> None:
    """Arrays in TOML are lists; what is written is read again, empty places too."""
    settings = {"training.seed": (1, 2), "model.attention_dropout": (None, 0.1), "data.train_size": ("all", 10)}
    grid = make_grid(RunConfig(), settings)
    file = tmp_path / "grid.toml"
    file.write_text(grid.toml(comments=True), encoding="utf-8")
    again = make_grid(*read_grid(file))
    assert again.lists == grid.lists
    assert set(again.configs) == set(grid.configs)


def test_tags_are_read() -> None:
    """Blanks and commas part them; each counts once."""
    assert tags_in("#a, b  a ,#") == ("a", "b")
