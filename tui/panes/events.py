"""What happened to a run, oldest first."""

import time

from textual.content import Content

from bertft_tui.core.store.records import EventRecord
from bertft_tui.tui.format import clean, content, number, size
from bertft_tui.tui.glyphs import ACCENT, BRIGHT, ERROR, FAINT, TEXT, WARNING
from bertft_tui.tui.hanging import Hung
from bertft_tui.tui.panes.frame import Line, Pane, muted

#: What a key turns through; the empty one is all. What is in none of them is shown with all only.
KINDS: dict[str, tuple[str, ...]] = {
    "": (),
    "warnings and errors": ("warning", "error", "failed"),
    "checkpoints": ("checkpoint", "predictions"),
    "phases": ("attempt", "phase", "plan", "memory", "finished", "stopped", "cancelled", "failed"),
}

_COLOURS = {"error": ERROR, "failed": ERROR, "warning": WARNING, "checkpoint": ACCENT}
_TIMES = {True: ("%H:%M:%S", 10), False: ("%m-%d %H:%M:%S", 16)}
_KIND = 12


def kind_after(kind: str) -> str:
    """The kind of events after this one."""
    kinds = list(KINDS)
    return kinds[(kinds.index(kind) + 1) % len(kinds)]


def event_lines(pane: Pane) -> list[Line]:
    """Time, kind and words of every event that is asked for."""
    events = pane.history.events
    if not events:
        return [muted("Nothing has happened yet.")]
    of_kind = [event for event in events if not KINDS[pane.kind] or event.type in KINDS[pane.kind]]
    shown = [event for event in of_kind if not pane.find or pane.wants(event.type, event_words(event))]
    one_day = time.localtime(events[0].time)[:3] == time.localtime(events[-1].time)[:3]
    lines: list[Line] = [_event(event, one_day=one_day) for event in shown]
    if len(shown) < len(events):
        kind = f" ({pane.kind})" if pane.kind else ""
        lines.append(muted(f"{len(shown)} of {len(events)} events{kind}; o shows another kind."))
    return lines


def _event(event: EventRecord, *, one_day: bool) -> Hung:
    pattern, room = _TIMES[one_day]
    line = Content.assemble(
        (time.strftime(pattern, time.localtime(event.time)).ljust(room), FAINT),
        content(f"{event.type:<{_KIND}} ", _COLOURS.get(event.type, BRIGHT), limit=20),
        content(event_words(event), TEXT),
    )
    return Hung(line, room + _KIND + 1)


def event_words(event: EventRecord) -> str:
    """An event in words."""
    fields = event.fields
    match event.type:
        case "phase":
            return str(fields.get("phase", ""))
        case "checkpoint":
            best = ", the best so far" if fields.get("best") else ""
            return f"step {fields.get('step')}, {size(_number(fields.get('bytes')))}{best}"
        case "warning" | "error":
            return f"{fields.get('title', '')}: {fields.get('message', '')} {fields.get('hint', '')}".strip()
        case "plan":
            return (
                f"{fields.get('max_steps')} steps, {_short(fields.get('steps_per_epoch'))} an epoch, "
                f"{fields.get('train_rows')} texts to train on, {fields.get('eval_rows')} to evaluate"
            )
        case "attempt" | "memory":
            return _equipment(event)
    return "  ".join(f"{key} {_short(value)}" for key, value in fields.items())


def _equipment(event: EventRecord) -> str:
    """What an attempt has to work with: the device, or the memory that its longest batch takes."""
    fields = event.fields
    if event.type == "attempt":
        reason = f" ({fields['device_reason']})" if fields.get("device_reason") else ""
        return f"number {fields.get('number')} on {fields.get('device')}{reason}"
    peak, total = (size(_number(fields.get(name))) for name in ("peak", "total"))
    known = ", as it was found before" if fields.get("known") else ""
    return f"{fields.get('rows')} texts of {fields.get('tokens')} tokens take {peak} of {total}{known}"


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _short(value: object) -> str:
    found = _number(value)
    return number(found) if found is not None else clean(str(value), limit=200)
