"""Where and with what a run was made, and how to make it again."""

from collections.abc import Sequence

from textual.content import Content

from bertft_tui.core.store.records import AttemptRecord
from bertft_tui.tui.device_words import device_words
from bertft_tui.tui.form.command import command_of
from bertft_tui.tui.format import NOTHING, clean, content, size
from bertft_tui.tui.glyphs import BRIGHT, MUTED
from bertft_tui.tui.hanging import Hung
from bertft_tui.tui.panes.frame import Line, Pane, apart, muted, row, title

_PARTS = {
    "os": "system",
    "cpu": "processor",
    "cores": "cores",
    "memory": "memory",
    "gpu": "GPU",
    "gpu_memory": "GPU memory",
    "driver": "GPU driver",
    "cuda": "CUDA of the driver",
}
_STARTS = {
    "warm": "warm: from a process that had the libraries ready",
    "cold": "cold: a process of its own from the beginning",
}
_BYTES = ("memory", "gpu_memory")


def machine_lines(pane: Pane) -> list[Line]:
    """The command, the machine, the versions, and the fingerprints of settings and data."""
    run, history = pane.run, pane.history
    newest = history.attempts[-1] if history.attempts else None
    digest = clean(history.rows_digest, limit=64)
    prints = [row("settings", run.config.fingerprint(), MUTED), row("rows", digest or NOTHING, MUTED)]
    return apart(
        [
            [
                title("to make this run again"),
                Hung(content(f"  {command_of(run)}", BRIGHT), 4),
                muted("  Y copies it, N opens the form."),
            ],
            [title("machine"), *_machine(pane, newest)],
            _recipe(history.recipe),
            [title("versions"), *_versions(newest)],
            [
                title("fingerprints"),
                *prints,
                muted("  Equal ones: the same settings, the same rows in the same order."),
            ],
        ]
    )


def _recipe(parts: Sequence[tuple[str, str]]) -> list[Line]:
    column = max((len(name) for name, _ in parts), default=0) + 1
    return [title("what auto became"), *(row(*part, column=column) for part in parts)] if parts else []


def _machine(pane: Pane, newest: AttemptRecord | None) -> list[Line]:
    if newest is None:
        return [muted("  It has not started yet.")]
    found = pane.history.machine.get("machine")
    facts = found if isinstance(found, dict) else {}
    lines: list[Line] = [row("host", newest.host or NOTHING), row("device", device_words(pane.run) or NOTHING)]
    if (start := pane.history.machine.get("start")) in _STARTS:
        lines.append(row("start", _STARTS[start]))
    for key, name in _PARTS.items():
        if (value := facts.get(key)) is not None:
            text = size(value) if key in _BYTES and isinstance(value, int | float) else str(value)
            lines.append(row(name, text))
    if not facts:
        lines.append(muted("  An older version started it, which noted no more."))
    return lines


def _versions(newest: AttemptRecord | None) -> list[Line]:
    found = newest.versions if newest is not None else {}
    return [row(name, version) for name, version in found.items()] or [Content.styled(f"  {NOTHING}", MUTED)]
