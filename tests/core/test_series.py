"""The same recipe with several seeds, or on several numbers of rows."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import ConfigError
from bertft_tui.core.grid import MAX_RUNS, make_grid, parse_settings
from bertft_tui.core.series import asked_seeds, seeds_from, with_series

BASE = RunConfig().with_settings({"training.seed": 7})


def lists_of(typed: list[str], **series: Any) -> dict[str, tuple[Any, ...]]:
    """The lists of the grid that words of the command line make."""
    return dict(make_grid(BASE, with_series(BASE, parse_settings(typed), **series)).lists)


def test_seeds_and_sizes_are_lists() -> None:
    """They stand behind the lists that were typed, sizes before seeds: those vary fastest."""
    typed = ["learning_rate=1e-5,3e-5", "training.seed=3"]
    made = lists_of(typed, seeds=2, sizes="250, all")
    assert list(made.items()) == [
        ("training.learning_rate", (1e-5, 3e-5)),
        ("data.train_size", (250, "all")),
        ("training.seed", (3, 4)),
    ]
    assert lists_of([], seeds=3) == {"training.seed": (7, 8, 9)}
    assert lists_of([], seeds=1, sizes="250") == {}
    assert lists_of(["train_size=5"]) == {}


@pytest.mark.parametrize(
    ("typed", "series", "words"),
    [
        (["seed=1,2"], {"seeds": 2}, "--seeds and --set training.seed exclude each other"),
        (["train_size=500"], {"sizes": "250,500"}, "--sizes and --set data.train_size exclude each other"),
        ([], {"sizes": "250,250"}, "stands there twice"),
        ([], {"sizes": "250,"}, "a value is missing"),
        ([], {"sizes": "250,few"}, "data.train_size"),
        ([], {"seeds": 10**9}, "make 1,000,000,000"),
        ([], {"seeds": 101, "sizes": "1,2"}, "at most 200"),
        (["training.seed=4294967295"], {"seeds": 2}, "training.seed"),
        (["training.seed=many"], {"seeds": 2}, "training.seed"),
    ],
)
def test_series_that_cannot_be(typed: list[str], series: dict[str, Any], words: str) -> None:
    """Two words on one setting, too many runs, and values out of bounds are said."""
    with pytest.raises(ConfigError) as caught:
        lists_of(typed, **series)
    assert words in f"{caught.value.problem.title} {caught.value.problem.message}"


@given(st.integers(0, 2**32), st.integers(1, MAX_RUNS))
def test_seeds_follow_each_other(first: int, count: int) -> None:
    """So many, each once, from the first on."""
    seeds = seeds_from(first, count)
    assert (seeds[0], len(set(seeds)), seeds[-1]) == (first, count, first + count - 1)


@pytest.mark.parametrize(
    ("text", "count"), [("5 seeds", 5), (" 1 Seed ", 1), ("0 seeds", 0), ("5", None), ("5seeds", None)]
)
def test_seeds_are_asked_for_in_words(text: str, count: int | None) -> None:
    """A number and the word, and nothing else."""
    assert asked_seeds(text) == count


def test_no_seed_is_no_run() -> None:
    """None at all is an error with a sentence."""
    with pytest.raises(ConfigError, match="No seed is no run"):
        seeds_from(1, 0)
