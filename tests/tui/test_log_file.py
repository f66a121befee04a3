"""The end of a log costs what is shown of it, whatever stands before and in it."""

import time
from pathlib import Path

from bertft_tui.tui.log_file import TAIL_LINES, read_tail


def test_a_gigabyte(tmp_path: Path) -> None:
    """The last lines of a gigabyte, with a line of a megabyte, binary and a progress bar, are read at once."""
    path = tmp_path / "train.log"
    with path.open("wb") as file:
        file.truncate(1_000_000_000)  # holes: no disk is filled
        file.seek(0, 2)
        file.write(b"x" * 1_000_000 + b"\nfirst\n" + bytes(range(256)) + b"\n10 %\r55 %\r99 %\nlast\n")
    began = time.monotonic()
    tail = read_tail(path)
    assert time.monotonic() - began < 1
    assert tail[-2:] == ("99 %", "last")
    assert len(tail) <= TAIL_LINES
    assert all(len(line) <= 600 and line.isprintable() for line in tail)
