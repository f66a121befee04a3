"""A comparison as text: lines that are found, columns that fit, and files that other programs read."""

import csv
import io
import re
from pathlib import Path

import pytest
from compared_runs import record, several
from fuzzing import examples
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from snapshots import assert_matches

from bertft_tui.core.analysis.comparison import Comparison, compare
from bertft_tui.core.errors import InputError
from bertft_tui.tui.comparison_files import comma_separated, latex, markdown
from bertft_tui.tui.comparison_grid import GAP, make_grid
from bertft_tui.tui.comparison_lines import lines_of, matching, signed
from bertft_tui.tui.escaping import for_csv
from bertft_tui.tui.screens.comparison_saving import save
from bertft_tui.tui.widgets.strips import wrap_cells

ACCURACY = "eval_accuracy"

NAMES = st.text(max_size=40) | st.sampled_from(
    ["a|b", "\\", "\\\\|", "_x_", "%&#$^~{}<>", "`a`", "--", "\x1b[2J", "=1"]
)


def hostile(names: list[str]) -> Comparison:
    """Two runs whose names and data sets are these."""
    return compare(
        [
            record(names[0], {ACCURACY: 0.9}, id="aaaaaaaa"),
            record(names[1], {ACCURACY: 0.8}, id="bbbbbbbb", data__dataset=names[1] or "x"),
        ]
    )


def test_the_files_as_they_are_written() -> None:
    """Markdown, LaTeX and CSV of four runs, whatever their names have in them."""
    comparison = compare(several())
    assert_matches("comparison-markdown", markdown(comparison, ACCURACY))
    assert_matches("comparison-latex", latex(comparison, ACCURACY))
    assert_matches("comparison-csv", comma_separated(comparison))


@examples(60)
@given(st.tuples(NAMES, NAMES))
def test_no_name_breaks_a_table(names: tuple[str, str]) -> None:
    """Markdown and LaTeX have a cell for each run in every line; CSV gives back the name that can be printed."""
    comparison = hostile(list(names))
    for line in markdown(comparison, ACCURACY).splitlines():
        if line.startswith("|"):
            assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) == 4
    for line in latex(comparison, ACCURACY).splitlines():
        if line.endswith(r"\\") and "multicolumn" not in line:
            bare = re.sub(r"\\[\\{}$&#%_]|\$[^$]*\$", "", line)
            assert bare.count("&") == 2
            assert bare.count("{") == bare.count("}")
            assert not re.search(r"[#%^~_\x00-\x1f]", bare)
    rows = list(csv.DictReader(io.StringIO(comma_separated(comparison))))
    assert len(rows) == 2
    assert [float(row[ACCURACY]) for row in rows] == [0.9, 0.8]
    assert not any(cell.startswith(("=", "@", "\t", "\r")) for row in rows for cell in row.values())


def test_a_spreadsheet_runs_nothing() -> None:
    """Texts that look like formulas get an apostrophe, numbers stay as they are."""
    assert [for_csv(text) for text in ("=1+1", "-x", "+1", "-2e-5", "@a", "a=1", "")] == [
        "'=1+1", "'-x", "+1", "-2e-5", "'@a", "a=1", "",
    ]  # fmt: skip


def test_differences_are_signed() -> None:
    """A share in points with one decimal, others in their own unit; no difference has no sign."""
    assert [signed(ACCURACY, value) for value in (0.006, -0.0151, 0.0, 0.0004, None)] == [
        "+0.6", "−1.5", "0.0", "0.0", "–",
    ]  # fmt: skip
    assert [signed("eval_loss", value) for value in (0.012, -0.2, 1e-9)] == ["+0.012", "−0.200", "+1.0e-9"]


def test_lines_are_found_by_label_and_by_setting() -> None:
    """All words count, whatever their case; a heading without lines goes."""
    lines = lines_of(compare(several()), ACCURACY, same=True)
    assert [line.label for line in matching(lines, "LEARNING training")] == ["settings that differ", "learning_rate"]
    found = [line.label for line in matching(lines, "accuracy")]
    assert found == ["metrics", "eval_accuracy ▲", "  vs ★ (points)", "test_accuracy ▲", "  vs ★ (points)", "cost",
                     "eval_accuracy per minute"]  # fmt: skip
    assert matching(lines, "no such thing") == []
    assert matching(lines, " ") == lines
    assert len(lines) > len(lines_of(compare(several()), ACCURACY)) + 40


@pytest.mark.parametrize("width", [None, 200, 80, 60, 30])
def test_every_line_is_as_wide_as_its_columns(width: int | None) -> None:
    """Names and values go on in the next line; numbers are never broken."""
    comparison = compare(several())
    grid = make_grid(comparison, lines_of(comparison, ACCURACY), width)
    for row in (*grid.head, *grid.body):
        for piece, column in zip(row.pieces, grid.columns, strict=bool(row.pieces)):
            assert sum(cell_len(text) for text, _ in piece) == column
    drawn = ["  ".join("".join(text for text, _ in piece) for piece in row.pieces) for row in grid.body]
    assert any("0.866†" in line and "0.872†" in line for line in drawn)
    assert width is None or grid.fitting(width) * GAP < width
    names = "".join(text for row in grid.head for text, _ in row.pieces[1]).replace(" ", "")
    assert names == "lr3e-5&batch_32|50%#1"


@given(st.text(st.sampled_from("ab 比/_-"), max_size=60), st.integers(2, 12), st.integers(1, 5))
def test_what_is_too_long_goes_on_in_the_next_line(text: str, width: int, most: int) -> None:
    """No line is wider than it may be, and unless it had to be cut nothing but blanks is lost."""
    lines = wrap_cells(text, width, most)
    assert 1 <= len(lines) <= most
    assert all(cell_len(line) <= width for line in lines)
    if not lines[-1].endswith("…"):
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_a_comparison_is_saved_once(tmp_path: Path) -> None:
    """The ending says the format; a file that is there stays, and other endings are refused."""
    comparison = compare(several())
    for name in ("a.md", "a.tex", "a.CSV"):
        assert name in save(tmp_path / name, comparison, ACCURACY, same=False)
        assert "tutorial" in (tmp_path / name).read_text(encoding="utf-8")
    for name, title in (("a.md", "already"), ("a.doc", "kind of file"), ("no/a.md", "cannot be written")):
        with pytest.raises(InputError, match=title):
            save(tmp_path / name, comparison, ACCURACY, same=False)
