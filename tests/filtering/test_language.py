"""The language of filters: what is read, what is refused and where, and that no text brings anything else."""

import pytest
from fuzzing import examples
from hypothesis import given
from hypothesis import strategies as st

from bertft_tui.core.errors import FilterError
from bertft_tui.core.filtering.fields import Fields
from bertft_tui.core.filtering.language import OPERATORS, And, Node, Not, Or, Term, Word, leaves, parse, write
from bertft_tui.core.filtering.meaning import understand
from bertft_tui.core.filtering.tokens import tokens
from bertft_tui.core.store.status import RunStatus

FIELDS = Fields(map(str, RunStatus), ["eval_accuracy", "loss", "learning_rate", "my metric", "status"])
NOW = 1_800_000_000.0


def read(text: str) -> None:
    """Read a filter and find out what it means."""
    understand(text, parse(text), FIELDS, NOW)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("a b", "a AND b"),
        ("a b OR c d", "(a b) OR (c d)"),
        ("-a", "not a"),
        ("a or not b", "a OR -b"),
        ("accuracy > 0.9", "accuracy>0.9"),
        ("accuracy >=0.9", "accuracy=>0.9"),
        ("created:>2026", "created>2026"),
        ("note:'two words'", 'note:"two words"'),
        (r'note:"say \"no\""', "note:'say \"no\"'"),
        ("(note:a)", "note:a"),
        ("name~^(a|b)$", 'name~"^(a|b)$"'),
        ("-(a OR b)", "NOT (a OR b)"),
        ("status==failed", "status=failed"),
    ],
)
def test_two_ways_to_write_the_same(text: str, same: str) -> None:
    """Terms side by side are joined by AND, keywords are read in any case, signs stand with spaces or without."""
    assert parse(text) == parse(same)


def test_what_is_one_word() -> None:
    """A dash, an exclamation mark or a minus may stand in a word; in quotes everything may."""
    assert parse("bert-base wow! a - b") == And((Word("bert-base"), Word("wow!"), Word("a"), Word("-"), Word("b")))
    assert parse('"http://x" "or" "-x"') == And((Word("http://x"), Word("or"), Word("-x")))
    assert parse("loss>-1 note:-x") == And((Term("loss", ">", "-1"), Term("note", ":", "-x")))
    assert parse("  ") is None


@pytest.mark.parametrize(
    ("text", "meant", "said"),
    [
        ("a )", ")", "no `(`"),
        ("a ()", ")", "Nothing stands between"),
        ("OR a", "OR", "joins nothing"),
        ("a AND OR b", "OR", "behind `AND`"),
        (">0.9", ">", "No field stands before"),
        ("loss> OR a", "loss>", "`loss>` what?"),
        ("acuracy>0.9 a", "acuracy", "Did you mean 'accuracy'"),
        ("revision:main", "revision", "model.revision or data.revision"),
        ("status:finnished", "finnished", "Did you mean 'finished'"),
        ("accuracy>abc", "abc", "is a number"),
        ("accuracy~9 a", "~", "does not go with it"),
        ("note>5 a", ">", "does not go with it"),
        ("name~[ a", "[", "unterminated"),
        ("name~a(b+)+", "(", "could take for ever"),
        ("age<2 a", "2", "2 what?"),
        ("created>2d", "2d", "age<2d"),
        ("created>2026-02-30", "2026-02-30", "is no date"),
        ("nan:maybe", "maybe", "true or false"),
        ("lr=all a", "all", "is a number"),
        ("last.nothing>1", "last.nothing", "No field"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, meant: str, said: str) -> None:
    """The error names the very part that is meant, and what was probably meant by it."""
    with pytest.raises(FilterError) as caught:
        read(text)
    error = caught.value
    assert text[error.position : error.position + error.length].startswith(meant)
    assert said in f"{error.problem.message} {error.problem.hint}"
    assert (error.unfinished, error.text, error.exit_code) == (False, text, 2)


@pytest.mark.parametrize(
    "text",
    [
        "accuracy>", "a OR", "NOT", "-", "(a", "(", 'note:"two', "'", "status=fin", "loss>-", "loss>1e-", "loss>1e",
        "age<", "age<2", 'age<"2 ho', "created>20", "created>2026-", "created>2026-11-01T", "created>yest", "nan:tr",
        "train_size=al", "duration>1:",
    ],
)  # fmt: skip
def test_what_may_become_right_is_unfinished(text: str) -> None:
    """While somebody types, what is not yet right is told apart from what is wrong."""
    with pytest.raises(FilterError) as caught:
        read(text)
    assert caught.value.unfinished
    assert "not finished" in caught.value.problem.title


@pytest.mark.parametrize("text", ["status=fin a", 'status="fin"', "age<2 OR a", "loss>1e- a", "created>2026-1x"])
def test_what_somebody_has_left_is_wrong(text: str) -> None:
    """Behind the place nothing more will come."""
    with pytest.raises(FilterError) as caught:
        read(text)
    assert not caught.value.unfinished


def test_long_and_deep_filters_are_refused() -> None:
    """Neither the length nor the depth of a filter breaks the program."""
    for text in ("a " * 3000, "a " * 101, "(" * 2000, "-" * 2000 + "a", "not " * 900):
        with pytest.raises(FilterError):
            parse(text)
    assert len(leaves(parse("a " * 100) or Word(""))) == 100


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
LEAF = st.builds(Word, TEXT) | st.builds(Term, TEXT, st.sampled_from(OPERATORS), TEXT)


def extend(parts: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    """Nodes whose parts are these."""
    several = st.lists(parts, min_size=2, max_size=3).map(tuple)
    return st.builds(Not, parts) | st.builds(And, several) | st.builds(Or, several)


@examples(150)
@given(st.recursive(LEAF, extend, max_leaves=8))
def test_what_is_written_reads_the_same(node: Node) -> None:
    """Any tree, with any texts in it, comes back from its text."""
    assert parse(write(node)) == node


PIECES = st.sampled_from([
    *"()-:=<>~\"'\\!", " ", "OR", "and ", "NOT", "status", "accuracy", "learning_rate", "age", "created", "tag",
    "nan", "finished", "0.9", "3e-5", "2d", "2026-11", "[a", "(a+)+", ".*", "last.loss", "best", "train_size", "all",
    "none",
])  # fmt: skip


@examples(300)
@given(st.text() | st.lists(PIECES | st.text(max_size=3), max_size=12).map("".join))
def test_any_text_is_a_filter_or_refused(text: str) -> None:
    """No text brings anything but a meaning or an error whose place lies within it; tokens stand in their order."""
    ends = [0, *(place for token in tokens(text) for place in (token.start, token.end)), len(text)]
    assert ends == sorted(ends)
    error = refusal(text)
    if error is not None:
        assert 0 <= error.position <= len(text)
        assert error.length >= 1
        assert error.problem.message


def refusal(text: str) -> FilterError | None:
    """Why a filter is refused; None when it is not."""
    try:
        read(text)
    except FilterError as error:
        return error
    return None
