"""A log costs what is shown of it, whatever stands before and in it; and all of it can be reached and searched."""

import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bertft_tui.core.paths import RunDirectory
from bertft_tui.tui.log_file import PIECE, log_files, log_stamp, read_after, read_around, read_before, read_tail
from bertft_tui.tui.log_search import Matches, first_failure, search
from bertft_tui.tui.widgets.log_lines import MOST_LINES, LogLines


def texts(lines: LogLines) -> list[str]:
    """What is held of a log."""
    return [line.text for line in lines.lines]


def test_a_gigabyte(tmp_path: Path) -> None:
    """The last lines of a gigabyte, with a line of a megabyte, binary and a progress bar, are read at once."""
    files = (tmp_path / "train.log",)
    with files[0].open("wb") as file:
        file.truncate(1_000_000_000)  # holes: no disk is filled
        file.seek(0, 2)
        file.write(b"x" * 1_000_000 + b"\nfirst\n" + bytes(range(256)) + b"\n10 %\r55 %\r99 %\nlast\n")
    began = time.monotonic()
    tail = [line.text for line in read_tail(files).lines]
    assert time.monotonic() - began < 1
    assert tail[-2:] == ["99 %", "last"]
    assert all(len(line) <= 4001 and line.isprintable() for line in tail)


def test_a_log_that_goes_on_in_another_file_is_one(tmp_path: Path) -> None:
    """What came before stands before; offsets run on; a log that was begun anew has another stamp."""
    run = RunDirectory(tmp_path)
    files = log_files(run)
    assert (read_tail(files).lines, log_stamp(files).size) == ((), 0)
    run.log.write_bytes(b"one\ntwo\n")
    before = log_stamp(files)
    run.log.rename(run.older_log)
    run.log.write_bytes(b"three \xff\x00\nfour")
    piece = read_tail(files)
    assert [line.text for line in piece.lines] == ["one", "two", "three \N{REPLACEMENT CHARACTER}␀", "four"]
    assert [line.offset for line in piece.lines] == [0, 4, 8, 17]
    assert not log_stamp(files).goes_on(before)
    assert search(files, "T").offsets == (4, 8)


@given(st.lists(st.integers(0, 3 * PIECE // 2), min_size=1, max_size=6), st.integers(0, 5))
def test_pieces_join(tmp_path_factory: pytest.TempPathFactory, lengths: list[int], begin: int) -> None:
    """Read backwards from any line to the start and forwards to the end, a log is whole, whatever its lines."""
    folder = tmp_path_factory.getbasetemp() / "pieces"
    folder.mkdir(exist_ok=True)
    files = (folder / "train.log",)
    data = b"".join(b"%d " % number + b"x" * length + b"\n" for number, length in enumerate(lengths))
    files[0].write_bytes(data)
    at = [0, *(place + 1 for place, byte in enumerate(data) if byte == 10)][min(begin, len(lengths))]
    first = last = read_around(files, at)
    pieces = [first]
    while first.start > 0:
        first = read_before(files, first.start)
        pieces.insert(0, first)
    while last.end < len(data):
        last = read_after(files, last.end)
        pieces.append(last)
    assert all(one.end == two.start for one, two in pairwise(pieces))
    assert (pieces[0].start, pieces[-1].end) == (0, len(data))


def test_a_search_goes_on_where_it_ended(tmp_path: Path) -> None:
    """Capitals do not matter; a line counts once; what is added is looked through alone; a torn line again."""
    files = (tmp_path / "train.log",)
    files[0].write_bytes(b"Loss 1\nno\nloss loss\n" + b"y" * 2_000_000 + b"\nthe lo")
    found = search(files, "LOSS")
    assert found.offsets == (0, 10)
    with files[0].open("ab") as file:
        file.write(b"ss ends\n")
    again = search(files, "LOSS", found)
    assert again.offsets == (0, 10, 2_000_021)
    assert again == search(files, "LOSS", again) == search(files, "LOSS")
    assert search(files, "nowhere") == Matches((), files[0].stat().st_size)
    assert first_failure(files) is None
    end = files[0].stat().st_size
    with files[0].open("ab") as file:
        file.write(b"errors: 0 of 5\nRuntimeError: CUDA\nTraceback (most recent call last)\n")
    assert first_failure(files) == end + len(b"errors: 0 of 5\n")


def test_only_so_many_lines_are_held(tmp_path: Path) -> None:
    """Scrolling through a long log lets go what is far away, and the rows move as they are told."""
    files = (tmp_path / "train.log",)
    files[0].write_bytes(b"".join(b"%07d %s\n" % (number, b"ab" * 20) for number in range(12_000)))
    held = LogLines()
    held.show(read_tail(files))
    held.wrap(24)
    assert len(held.rows) == 2 * len(held.lines)
    while held.start > 0:
        offset, rows = held.lines[0].offset, len(held.rows)
        come = held.prepend(read_before(files, held.start))
        assert held.row_of(offset) == come > 0
        assert len(held.rows) <= max(rows + come, 2 * MOST_LINES)
    assert texts(held)[0].startswith("0000000")
    assert len(held.lines) == MOST_LINES
    assert held.row_of(files[0].stat().st_size - 1) is None
    while held.end < files[0].stat().st_size:
        held.append(read_after(files, held.last_begins))
    assert texts(held)[-1].startswith("0011999")
    assert len(held.lines) == MOST_LINES
    assert held.start == held.lines[0].offset
