"""Numbers as people read them, and foreign text made harmless."""

import math
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from bertft_tui.tui.format import MAX_TEXT, clean, content, duration, metric, number, size
from bertft_tui.tui.widgets.strips import fit_cells

#: What may steer a terminal, and what reorders a line.
_BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
ANY_TEXT = st.text(st.characters(), max_size=300)  # lone surrogates too


@given(ANY_TEXT)
def test_no_control_character_survives(text: str) -> None:
    """What comes out can be encoded, is one line, and holds no control, bidi or surrogate character."""
    safe = clean(text)
    assert not [char for char in safe if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") or char in _BIDI]
    safe.encode("utf-8")


@given(ANY_TEXT)
def test_lines_survive_only_when_asked_for(text: str) -> None:
    """With lines kept, nothing but line ends is left of the control characters."""
    left = {char for char in clean(text, lines=True) if unicodedata.category(char) == "Cc"}
    assert left <= {"\n"}


@given(ANY_TEXT)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    """A text that was cleaned is left as it is."""
    assert clean(clean(text)) == clean(text)


@given(st.text(st.characters(categories=("L", "N", "P", "Zs")), max_size=200))
def test_harmless_text_is_left_alone(text: str) -> None:
    """Letters, digits, punctuation and blanks of any script pass."""
    assert clean(text) == text


@pytest.mark.parametrize("text", ["[/]", "abc [/", "[bold]x[/bold]", "[@click=app.quit]x", "\\[", "]["])
def test_markup_is_text(text: str) -> None:
    """Content shows brackets as they are."""
    assert content(text).plain == text
    assert content(text, "bold").plain == text


def test_escape_sequences_become_visible() -> None:
    """An OSC that would write the clipboard is shown, not sent."""
    assert clean("a\x1b]52;c;aGk=\x07b") == "a␛]52;c;aGk=␇b"
    assert "\x9b" not in clean("\x9b31m")


def test_long_and_stacked_text_is_cut() -> None:
    """A megabyte costs what is shown of it; ten thousand marks on a letter become three."""
    assert len(clean("x" * 1_000_000)) == MAX_TEXT + 1
    assert len(clean("a" + "\u0301" * 3000)) == 4


@given(ANY_TEXT, st.integers(0, 60))
def test_a_cell_is_exactly_as_wide_as_its_column(text: str, width: int) -> None:
    """Whatever the text, wide characters too, a cell fills its column."""
    assert cell_len(fit_cells(clean(text), width)) == width


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5e-5, "5e-5"),
        (0.87241, "0.8724"),
        (1250, "1,250"),
        (25000.0, "25,000"),
        (12.5, "12.5"),
        (None, "–"),
        (math.nan, "NaN"),
        (math.inf, "inf"),
        (-math.inf, "-inf"),
        (1e308, "1e308"),
        (0, "0"),
    ],
)
def test_numbers(value: float | None, text: str) -> None:
    """Four significant digits, exponents without padding."""
    assert number(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.94, "0.940"),
        (1, "1.000"),
        (-0.000429, "-4.3e-4"),
        (0.00012, "1.2e-4"),
        (12345.6, "1.23e4"),
        (math.nan, "NaN"),
    ],
)
def test_metrics(value: float, text: str) -> None:
    """Three decimals, so that the points of a column stand under each other; never more than seven cells."""
    assert metric(value) == text
    assert len(text) <= 7


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0:00"),
        (41.9, "0:41"),
        (725, "12:05"),
        (3723, "1:02:03"),
        (184_500, "2d 03:15"),
        (None, "–"),
        (-3, "0:00"),
    ],
)
def test_durations(seconds: float | None, text: str) -> None:
    """As a clock shows them."""
    assert duration(seconds) == text


@pytest.mark.parametrize(("count", "text"), [(0, "0 B"), (999, "999 B"), (90_868_376, "90.9 MB"), (1.2e9, "1.2 GB")])
def test_sizes(count: float, text: str) -> None:
    """Three significant digits and a unit."""
    assert size(count) == text
