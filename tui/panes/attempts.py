"""The processes of a run, and what was asked of it."""

from textual.content import Content

from bertft_tui.core.adjustments import in_words
from bertft_tui.core.store.records import AttemptRecord, RequestRecord
from bertft_tui.tui.format import content, duration, moment, size
from bertft_tui.tui.glyphs import BRIGHT, MUTED, TEXT, WARNING
from bertft_tui.tui.hanging import Hung
from bertft_tui.tui.panes.frame import Line, Pane, apart, muted, title


def attempt_lines(pane: Pane) -> list[Line]:
    """Attempts, requests, and where the files lie."""
    history = pane.history
    attempts: list[Line] = [line for attempt in history.attempts for line in _attempt(attempt)]
    requests: list[Line] = [Hung(_request(each), 4) for each in history.requests]
    held = [muted(f"  {_held(history.bytes)}")] if history.bytes is not None else []
    return apart(
        [
            [title("attempts"), *(attempts or [muted("  none yet")])],
            [title("requests"), *requests] if requests else [],
            [title("directory"), Hung(content(f"  {pane.folder}", TEXT), 2), *held],
        ]
    )


def _attempt(attempt: AttemptRecord) -> list[Hung]:
    ended = "alive" if attempt.lasted is None else duration(attempt.lasted)
    how = [attempt.outcome or "", f"exit code {attempt.exit_code}" if attempt.exit_code is not None else ""]
    how.append(f"signal {attempt.exit_signal}" if attempt.exit_signal is not None else "")
    line = Content.assemble(
        (f"  {attempt.number}  {moment(attempt.started_at)}  {ended}  ", TEXT),
        content(", ".join(part for part in how if part), BRIGHT),
        content(f"  {_where(attempt)}", MUTED),
    )
    lines = [Hung(line, 5)]
    if changed := in_words(attempt.adjustments or {}):
        lines.append(Hung(content(f"     with {changed}", WARNING), 5))
    return lines


def _where(attempt: AttemptRecord) -> str:
    """Which process it was, of what is known of it."""
    process = "an unknown process" if attempt.pid is None else f"process {attempt.pid}"
    return ", ".join(filter(None, [f"{process} on {attempt.host}" if attempt.host else process, attempt.device]))


def _held(bytes_held: int) -> str:
    return f"{size(bytes_held)} on the disk" if bytes_held else "nothing of it is on the disk"


def _request(request: RequestRecord) -> Content:
    closed = "waits" if request.closed_at is None else f"closed {moment(request.closed_at)}"
    return Content.assemble(
        (f"  {moment(request.requested_at)}  ", TEXT),
        content(f"{request.kind} by {request.requested_by}", BRIGHT),
        (f"  {closed}", MUTED),
    )
