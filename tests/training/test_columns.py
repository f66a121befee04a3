"""The rule that finds texts and labels, on tables with the columns of data sets that people use."""

import string
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pytest
from fuzzing import examples
from hypothesis import given
from hypothesis import strategies as st
from table_source import section, view_of

from bertft_tui.core.errors import DataError
from bertft_tui.core.training.column_names import pair_among
from bertft_tui.core.training.data.columns import Columns, choose_columns

_ROWS = 60


def _prose(words: int, salt: str = "") -> list[str]:
    """Return texts of so many words, all different."""
    return [" ".join([f"{salt}word{row}", *["of text"] * (words // 2)]) for row in range(_ROWS)]


def _cycle(*values: Any) -> list[Any]:
    return [values[row % len(values)] for row in range(_ROWS)]


def _ids(prefix: str = "") -> list[str]:
    return [f"{prefix}{row:08d}" for row in range(_ROWS)]


_NEG_POS = {"label": ("neg", "pos")}

#: A data set → (its columns, its declared classes, the text, the labels).
_FOUND: dict[str, tuple[dict[str, Any], Mapping[str, tuple[str, ...]], str, tuple[str, ...]]] = {
    "imdb": ({"text": _prose(40), "label": _cycle(0, 1)}, _NEG_POS, "text", ("label",)),
    "sst2": (
        {"idx": list(range(_ROWS)), "sentence": _prose(10), "label": _cycle(0, 1)},
        _NEG_POS,
        "sentence",
        ("label",),
    ),
    "amazon polarity": (
        {"label": _cycle(0, 1), "title": _prose(6), "content": _prose(60)},
        _NEG_POS,
        "content",
        ("label",),
    ),
    "amazon reviews": (
        {
            "rating": _cycle(1.0, 2.0, 5.0),
            "title": _prose(6),
            "text": _prose(40),
            "images": [[{"url": "x"}]] * _ROWS,
            "asin": _ids("B"),
            "user_id": _ids("AGKHLEW2SOWHNMFQIJGBECAF7INQ"),
            "timestamp": list(range(_ROWS)),
            "helpful_vote": _cycle(0, 0, 3),
            "verified_purchase": _cycle(True, False),
        },
        {},
        "text",
        ("rating",),
    ),
    "toxic comments": (
        {
            "id": _ids("0000997932d777bf"),
            "comment_text": _prose(30),
            "toxic": _cycle("0", "1"),
            "severe_toxic": _cycle("0"),
            "obscene": _cycle("0", "0", "1"),
        },
        {},
        "comment_text",
        ("toxic", "severe_toxic", "obscene"),
    ),
    "go_emotions": (
        {"text": _prose(10), "labels": _cycle([0], [1, 2], []), "id": _ids("eebbqej")},
        {"labels": ("joy", "fear", "anger")},
        "text",
        ("labels",),
    ),
    "trec": (
        {"text": _prose(8), "coarse": _cycle(0, 1), "intent": _cycle(0, 1, 2)},
        {"coarse": ("a", "b"), "intent": ("x", "y", "z")},
        "text",
        ("intent",),
    ),
    "setfit": (
        {"text": _prose(8), "label": _cycle(0, 1), "label_text": _cycle("negative", "positive")},
        {},
        "text",
        ("label",),
    ),
    "sms spam": ({"v1": _cycle("ham", "spam"), "v2": _prose(14)}, {}, "v2", ("v1",)),
    "news": (
        {
            "link": _ids("https://www.example.org/entry/a-rather-long-link-to-some-article-in-the-paper_n_"),
            "headline": _prose(4),
            "category": _cycle("POLITICS", "TECH", "ARTS"),
            "short_description": _prose(20),
            "date": [f"2022-09-{1 + row % 28:02d}" for row in range(_ROWS)],
        },
        {},
        "short_description",
        ("category",),
    ),
    "numbers and dates": (
        {
            "when": [f"2022-09-01 10:00:{row:02d}" for row in range(_ROWS)],
            "big": _ids("1" * 20),
            "t": _prose(0),
            "y": _cycle("a", "b"),
        },
        {},
        "t",
        ("y",),
    ),
    "chinese": (
        {
            "uuid": _ids("0000000000000000000000000000"),
            "文本": _cycle("这部电影很好看", "不好"),
            "label": _cycle(0, 1),
        },
        {},
        "文本",
        ("label",),
    ),
    "a tie that the name breaks": (
        {"selected": _prose(20), "Text ": _prose(22), "sentiment": _cycle("good", "bad")},
        {},
        "Text ",
        ("sentiment",),
    ),
    "genres": ({"plot": _prose(30), "genres": _cycle(["drama"], ["drama", "war"], ["war"])}, {}, "plot", ("genres",)),
    "dictionaries": (
        {"text": _prose(8), "label": pa.array(_cycle("a", "b")).dictionary_encode()},
        {},
        "text",
        ("label",),
    ),
}


@pytest.mark.parametrize("name", _FOUND)
def test_found(name: str) -> None:
    """Texts and labels of well-known data sets are found, each with a reason."""
    columns, declared, text, labels = _FOUND[name]
    found = choose_columns(view_of(columns, declared), section())
    assert (found.text, found.labels, found.pair) == (text, labels, None)
    assert found.why["text"]
    assert found.why["label"]


#: Columns → (what the config says, the error's title, the columns that it names).
_AMBIGUOUS: dict[str, tuple[dict[str, Any], dict[str, Any], str, Sequence[str]]] = {
    "mnli": (
        {"premise": _prose(20), "hypothesis": _prose(8), "label": _cycle(0, 1, 2)},
        {},
        "Which column is the text?",
        ("premise", "hypothesis"),
    ),
    "stsb": (
        {"sentence1": _prose(20), "sentence2": _prose(20), "score": _cycle(0.5, 1.2)},
        {},
        "Which column is the text?",
        ("sentence1", "sentence2"),
    ),
    "two texts alike": (
        {"one": _prose(20), "two": _prose(18), "label": _cycle(0, 1)},
        {},
        "Which column is the text?",
        ("one", "two"),
    ),
    "two label names": (
        {"text": _prose(9), "label": _cycle(0, 1), "class": _cycle(0, 1)},
        {},
        "Which column is the label?",
        ("label", "class"),
    ),
    "two ratings": (
        {"text": _prose(9), "stars": _cycle(1, 2), "score": _cycle(0, 1)},
        {},
        "Which column is the label?",
        ("stars", "score"),
    ),
    "two with few values": (
        {"text": _prose(9), "airline": _cycle("a", "b"), "mood": _cycle("x", "y", "z")},
        {},
        "Which column is the label?",
        ("airline", "mood"),
    ),
    "flags beside few values": (
        {"text": _prose(9), "retweeted": _cycle(0, 1), "verified": _cycle(1, 0), "mood": _cycle("x", "y", "z")},
        {},
        "Which column is the label?",
        ("retweeted", "verified", "mood"),
    ),
    "no label": ({"text": _prose(9), "id": _ids()}, {}, "There is no label column", ("text", "id")),
    "no text": ({"id": _ids(), "label": _cycle(0, 1)}, {}, "There is no text column", ("id", "label")),
    "empty texts": ({"text": _cycle("", "  ", None), "label": _cycle(0, 1)}, {}, "All texts are empty", ("text",)),
    "near miss": (
        {"text": _prose(9), "label": _cycle(0, 1)},
        {"text_column": "txt"},
        "There is no column 'txt'",
        ("text", "label"),
    ),
    "one of several missing": (
        {"text": _prose(9), "a": _cycle(0, 1), "b": _cycle(0, 1)},
        {"label_column": "a, c"},
        "There is no column 'c'",
        ("a", "b"),
    ),
    "text is label": (
        {"text": _prose(9), "label": _cycle(0, 1)},
        {"text_column": "text", "label_column": "text"},
        "One column cannot be two things",
        ("text",),
    ),
    "text is pair": (
        {"text": _prose(9), "label": _cycle(0, 1)},
        {"text_column": "text", "text_pair_column": "text"},
        "One column cannot be two things",
        ("text",),
    ),
}


@pytest.mark.parametrize("name", _AMBIGUOUS)
def test_not_found(name: str) -> None:
    """Where the rule cannot decide, the error names the candidates and says what to set."""
    columns, settings, title, candidates = _AMBIGUOUS[name]
    with pytest.raises(DataError) as caught:
        choose_columns(view_of(columns), section(**settings))
    problem = caught.value.problem
    assert problem.title == title
    assert all(repr(candidate) in problem.message for candidate in candidates)
    assert problem.hint


def test_names_once() -> None:
    """The names of a wide table are asked of it once, not once for each of its columns."""
    view = view_of({f"column {number}": ["a"] for number in range(3000)})
    assert view.names is view.names


def test_twins() -> None:
    """Two columns of one name are refused, whichever is meant."""
    table = pa.Table.from_arrays([pa.array(["a b"]), pa.array(["c d"]), pa.array([1])], ["text", "text", "label"])
    with pytest.raises(DataError, match="Two columns have the same name: In split 'train' of tables: 'text'"):
        choose_columns(view_of(table), section())


def test_pairs() -> None:
    """A second text is taken only when asked for; the first is then found among the others."""
    columns = {"premise": _prose(20), "hypothesis": _prose(8), "label": _cycle(0, 1, 2)}
    found = choose_columns(view_of(columns), section(text_pair_column="hypothesis"))
    assert (found.text, found.pair, found.labels) == ("premise", "hypothesis", ("label",))
    assert choose_columns(view_of(columns), section(text_column="hypothesis")).pair is None
    assert pair_among(["Q_1", "x", "q_2"]) == ("Q_1", "q_2")
    assert pair_among(["text a", "text b"]) == ("text a", "text b")
    assert pair_among(["address1", "address2", "text"]) is None


def test_several_named() -> None:
    """Names separated by commas are several labels; a column whose name has a comma is itself."""
    columns = {"text": _prose(9), "a": _cycle(0, 1), "b": _cycle(1, 0), "a,b": _cycle(0, 1)}
    assert choose_columns(view_of(columns), section(label_column=" b , a")).labels == ("b", "a")
    assert choose_columns(view_of(columns), section(label_column="a,b")).labels == ("a,b",)


def test_as_dict() -> None:
    """The document has a column and a reason for each choice, and no pair where there is none."""
    columns = Columns("t", ("a", "b"), None, {"text": "one", "label": "two"})
    assert columns.as_dict() == {
        "text": {"column": "t", "why": "one"},
        "label": {"column": ["a", "b"], "why": "two"},
    }


_CELLS = st.one_of(st.none(), st.text(max_size=12), st.sampled_from(["0", "1", "a b", "2020-01-01", "3.5", " "]))


@examples(60)
@given(data=st.data(), rows=st.integers(1, 30), names=st.lists(st.text(string.ascii_letters, min_size=1), max_size=5))
def test_any_strings(data: st.DataObject, rows: int, names: list[str]) -> None:
    """Whatever strings a table has, existing and different columns are chosen, or the error is a sentence."""
    names = [*dict.fromkeys([*names, data.draw(st.sampled_from(["text", "label", "premise"]))])]
    cells = {name: data.draw(st.lists(_CELLS, min_size=rows, max_size=rows)) for name in names}
    table = pa.table({name: pa.array(column, pa.string()) for name, column in cells.items()})
    try:
        found = choose_columns(view_of(table), section())
    except DataError:
        return
    assert {found.text, *found.labels} <= set(names)
    assert found.text not in found.labels


#: What lies in the columns → (the columns, settings, words of the hint).
_HINTS: dict[str, tuple[dict[str, Any], dict[str, str], str]] = {
    "strings only": ({"id": _ids(), "label": _cycle("a", "b")}, {}, "In a csv file the first line must name"),
    "objects": ({"review": [{"text": "a bird"}] * _ROWS, "label": _cycle("a", "b")}, {}, "A text is one string"),
    "tokens": ({"tokens": [["a", "bird"]] * _ROWS, "label": _cycle("a", "b")}, {}, "A text is one string"),
    "numbers": ({"text": _prose(6), "weight": [row / 7 for row in range(_ROWS)]}, {}, "A label is a word, a number"),
    "named wrongly": (
        {"text": _prose(6), "weight": list(range(_ROWS))},
        {"label_column": "mood"},
        "Set data.label_column to one of them.",
    ),
}


@pytest.mark.parametrize("name", _HINTS)
def test_hints(name: str) -> None:
    """What is said of the first line of a csv file is said only where all columns hold strings."""
    columns, named, hint = _HINTS[name]
    with pytest.raises(DataError) as caught:
        choose_columns(view_of(columns), section(**named))
    assert caught.value.problem.hint.startswith(hint)


def test_bytes() -> None:
    """Bytes that are UTF-8 are texts; others are none."""
    texts = pa.array([text.encode() for text in _prose(6)], pa.binary())
    pictures = pa.array([b"\xff\xd8\xff"] * _ROWS, pa.binary())
    view = view_of(pa.table({"text": texts, "picture": pictures, "label": _cycle("a", "b")}))
    assert choose_columns(view, section()).text == "text"
    assert view.column("text").to_pylist() == _prose(6)
