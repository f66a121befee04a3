"""Numbers, durations and dates as people type them, and patterns that hold nobody up."""

import math
import time
from contextlib import suppress
from datetime import datetime

import pytest
from fuzzing import examples
from hypothesis import given
from hypothesis import strategies as st

from bertft_tui.core.filtering.amounts import read_duration, read_number, read_period
from bertft_tui.core.filtering.patterns import LOOKED_AT, PatternError, Search

NOW = datetime(2026, 11, 26, 15, 30).timestamp()


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0.9", 0.9), ("3e-5", 3e-5), ("1k", 1000), ("2.5M", 2.5e6), ("90%", 0.9), ("7%", 0.07), ("1_000", 1000),
        (".5", 0.5), ("-inf", -math.inf), ("abc", None), ("1,5", None), ("", None), ("1e999", math.inf), ("٣", 3),
    ],
)  # fmt: skip
def test_numbers(text: str, number: float | None) -> None:
    """With exponents, thousands and percentages."""
    assert read_number(text) == number


def test_nan_is_a_number() -> None:
    """A filter may ask for it."""
    assert math.isnan(read_number("NaN") or 0)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90), ("10m", 600), ("1h30m", 5400), ("2d", 172_800), ("1w", 604_800), ("1.5 hours", 5400),
        ("2 days", 172_800), ("12:05", 725), ("1:02:03", 3723), ("0", 0), ("90", None), ("1x", None), ("", None),
    ],
)  # fmt: skip
def test_durations(text: str, seconds: float | None) -> None:
    """With units, or as a clock shows them."""
    assert read_duration(text) == seconds


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026", (2026, 1, 1), (2027, 1, 1)),
        ("2026-12", (2026, 12, 1), (2027, 1, 1)),
        ("2026-02-28", (2026, 2, 28), (2026, 3, 1)),
        ("2026-11-01T12", (2026, 11, 1, 12), (2026, 11, 1, 13)),
        ("2026-11-01 12:59", (2026, 11, 1, 12, 59), (2026, 11, 1, 13)),
        ("today", (2026, 11, 26), (2026, 11, 27)),
        ("Yesterday", (2026, 11, 25), (2026, 11, 26)),
    ],
)
def test_dates(text: str, start: tuple[int, ...], end: tuple[int, ...]) -> None:
    """A date is as long as what it names: a year, a month, a day, an hour, a minute."""
    expected = tuple(datetime(*parts).timestamp() for parts in (start, end))  # type: ignore[arg-type]
    assert read_period(text, NOW) == expected


@pytest.mark.parametrize("text", ["2026-02-30", "0000", "9999-12-31", "26", "2026-13", "tomorrow", ""])
def test_what_is_no_date(text: str) -> None:
    """A day that no calendar has is none."""
    assert read_period(text, NOW) is None


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("^lr.*seed", "LR 3e-5, seed 4", True),
        (r"\d+-\d{1,3}$", "run 12-345", True),
        ("^(a|b)$", "b", True),
        ("(?:ab)+c", "ababc", True),
        (r"[]x]+\]", "x]]", True),
        ("(?=a*)b", "a", False),
        (r"(\w)\1", "aa", True),
    ],
)
def test_patterns(pattern: str, text: str, found: bool) -> None:
    """What people write is found anywhere in a text, in any case."""
    assert Search(pattern).found_in(text) is found


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+", "(a|aa)+$", "(a*)*", "(.*a){9}", "(a?){50}", "a?" * 40, ".*.*.*.*x", "(?i)a", "(", "a{99999999999}"],
)
def test_patterns_that_could_take_for_ever_are_refused(pattern: str) -> None:
    """A repeat within a repeat, and too many of them."""
    with pytest.raises(PatternError):
        Search(pattern)


def test_a_search_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many slow texts end with an error instead of the program."""
    monkeypatch.setattr("bertft_tui.core.filtering.patterns._PATIENCE", 0.0)
    with pytest.raises(PatternError, match="too long"):
        Search("a.*b").found_in("a" * 100)


ATOM = st.sampled_from(["a", "b", ".", r"\w", "[ab]", "(?:ab)", r"\d"])
REPEAT = st.sampled_from(["", "", "*", "+", "?", "*?", "{2,}", "{0,4}", "{3}"])
PIECE = st.tuples(ATOM, REPEAT).map("".join)


def inside(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Patterns with groups of patterns."""
    group = st.builds("({}){}".format, parts, REPEAT) | st.builds("(?:{}|{})".format, parts, parts)
    return st.lists(group | PIECE, min_size=1, max_size=4).map("".join)


@examples(60)
@given(st.recursive(PIECE, inside, max_leaves=6), st.sampled_from(["a", "ab", "aab1"]))
def test_no_pattern_takes_long(pattern: str, text: str) -> None:
    """What is not refused ends soon, on the worst of texts too."""
    try:
        search = Search(pattern + "c")
    except PatternError:
        return
    began = time.process_time()
    with suppress(PatternError):
        search.found_in(text * LOOKED_AT[0])
    assert time.process_time() - began < 5
