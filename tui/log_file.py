"""The end of a log, read without reading the rest."""

from pathlib import Path

from bertft_tui.core.redaction import redact
from bertft_tui.tui.format import clean

#: What is read of a log, from its end.
TAIL_BYTES = 64 * 1024
TAIL_LINES = 400
_LINE_LIMIT = 500


def log_stamp(path: Path) -> tuple[int, int]:
    """Size and time of a log: equal exactly when nothing was added."""
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return (found.st_size, found.st_mtime_ns)


def read_tail(path: Path) -> tuple[str, ...]:
    """Return the last lines of a log, safe to print; of a progress bar's rewritten line the last state."""
    try:
        with path.open("rb") as file:
            start = max(0, file.seek(0, 2) - TAIL_BYTES)
            file.seek(start)
            text = redact(
                file.read(TAIL_BYTES).decode("utf-8", errors="replace")
            )  # native code prints past the worker
    except OSError:
        return ()
    lines = text.replace("\r\n", "\n").rstrip("\n").split("\n") if text else []
    shown = lines[1:] if start and len(lines) > 1 else lines
    return tuple(clean(line.rstrip("\r").rpartition("\r")[2], limit=_LINE_LIMIT) for line in shown[-TAIL_LINES:])
