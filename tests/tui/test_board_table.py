"""Columns of a board: none is cut that does not give way, and the least important leave first."""

from fuzzing import examples
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from bertft_tui.tui.widgets.board_line import Line
from bertft_tui.tui.widgets.board_table import Column, Row, board_table

COLUMNS = (
    Column("name", shrinks=True),
    Column("figure", right=True),
    Column("pace", right=True, rank=1),
    Column("device", rank=2),
)
TEXTS = st.text(st.sampled_from("ab 日…"), max_size=30)


def text_of(line: Line) -> str:
    """What stands in a line."""
    return "".join(text for text, _ in line.spans)


def test_what_leaves_and_what_is_cut() -> None:
    """With room all stand there, figures on the right; then the device leaves, the pace, and the name is cut."""
    rows = [Row((("a rather long name of a run", ""), ("0.9", ""), ("12", ""), ("cuda:0", "")), "one")]

    def shown(width: int) -> list[str]:
        head, lines = board_table(COLUMNS, rows, width)
        return [text_of(each).rstrip() for each in (head, *lines)]

    assert shown(80) == [
        "name                         figure  pace  device",
        "a rather long name of a run     0.9    12  cuda:0",
    ]
    assert shown(35) == ["name                   figure  pace", "a rather long name o…     0.9    12"]
    assert shown(30) == ["name                    figure", "a rather long name of…     0.9"]


@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS, TEXTS), max_size=5), st.integers(0, 120))
@examples(100)
def test_lines_are_as_wide_as_each_other(cells: list[tuple[str, str, str, str]], width: int) -> None:
    """Whatever stands in them: head and lines have the same cells, and each line knows its run."""
    rows = [Row(tuple((text, "") for text in each), str(place)) for place, each in enumerate(cells)]
    head, lines = board_table(COLUMNS, rows, width)
    assert len({cell_len(text_of(line)) for line in (head, *lines)}) == 1
    assert [line.run_id for line in lines] == [row.run_id for row in rows]
