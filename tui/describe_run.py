"""The panes of one run's own screen in words: settings, events, attempts and checkpoints."""

import time

from textual.content import Content

from bertft_tui.core.adjustments import in_words
from bertft_tui.core.config import SECTIONS, RunConfig, format_value
from bertft_tui.core.store.records import AttemptRecord, CheckpointRecord, EventRecord, RequestRecord, RunRecord
from bertft_tui.tui.describe import NEW_LINE
from bertft_tui.tui.differences import differences
from bertft_tui.tui.format import NOTHING, clean, content, duration, moment, number, size
from bertft_tui.tui.glyphs import ACCENT, BRIGHT, ERROR, FAINT, MUTED, TEXT, WARNING
from bertft_tui.tui.interests.history import RunHistory
from bertft_tui.tui.snapshot import Snapshot


def settings_text(run: RunRecord, snapshot: Snapshot) -> Content:
    """All settings: bright where not the default, with a star and the old value where changed from the origin."""
    found = differences(run, snapshot)
    changed = {change.field: format_value(change.old) or NOTHING for change in found.changes}
    defaults, mine = RunConfig().flat(), run.config.flat()
    legend = [("bright", BRIGHT), (": not the default   ", MUTED), ("*", WARNING), (": differs from ", MUTED)]
    lines = [Content.assemble(*legend, content(found.origin, MUTED, limit=100))]
    for section, model in SECTIONS.items():
        lines += [Content(""), Content.styled(section, f"{ACCENT} bold")]
        for name in model.model_fields:
            key = f"{section}.{name}"
            lines.append(_setting(name, mine[key], is_default=mine[key] == defaults[key], old=changed.get(key)))
    return NEW_LINE.join(lines)


def _setting(name: str, value: object, *, is_default: bool, old: str | None) -> Content:
    return Content.assemble(
        ("*" if old is not None else " ", WARNING),
        (f" {name:<28} ", MUTED),
        content(format_value(value) or NOTHING, MUTED if is_default else BRIGHT, limit=300),
        content(f"  was {old}" if old is not None else "", FAINT, limit=300),
    )


def events_text(events: tuple[EventRecord, ...]) -> Content:
    """What happened, oldest first: time, kind, words."""
    if not events:
        return Content.styled("Nothing has happened yet.", MUTED)
    return NEW_LINE.join([_event(event) for event in events])


def _event(event: EventRecord) -> Content:
    colour = {"error": ERROR, "failed": ERROR, "warning": WARNING, "checkpoint": ACCENT}.get(event.type, BRIGHT)
    when = time.strftime("%H:%M:%S", time.localtime(event.time))
    return Content.assemble(
        (f"{when}  ", FAINT), content(f"{event.type:<12} ", colour, limit=20), content(_event_words(event), TEXT)
    )


def _event_words(event: EventRecord) -> str:
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
        return f"number {fields.get('number')} on {fields.get('device')}: {fields.get('device_reason', '')}"
    peak, total = (size(_number(fields.get(name))) for name in ("peak", "total"))
    known = ", as it was found before" if fields.get("known") else ""
    return f"{fields.get('rows')} texts of {fields.get('tokens')} tokens take {peak} of {total}{known}"


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _short(value: object) -> str:
    found = _number(value)
    return number(found) if found is not None else clean(str(value), limit=200)


def log_text(lines: tuple[str, ...]) -> Content:
    """The end of the log."""
    return content("\n".join(lines), TEXT, lines=True, limit=200_000) if lines else _no_log()


def _no_log() -> Content:
    return Content.styled("The log is empty: the process has printed nothing.", MUTED)


def attempts_text(run: RunRecord, history: RunHistory, folder: str) -> Content:
    """The processes of a run, what was asked of it, its checkpoints, and where its files lie."""
    blocks = [Content.styled("attempts", f"{ACCENT} bold"), *(_attempt(item) for item in history.attempts)]
    if not history.attempts:
        blocks.append(Content.styled("  none yet", MUTED))
    if history.requests:
        blocks += [Content(""), Content.styled("requests", f"{ACCENT} bold"), *map(_request, history.requests)]
    blocks += [Content(""), Content.styled("checkpoints", f"{ACCENT} bold")]
    blocks += [_checkpoint(item, run) for item in history.checkpoints] or [Content.styled("  none yet", MUTED)]
    blocks += [Content(""), Content.styled("directory", f"{ACCENT} bold"), content(f"  {folder}", TEXT)]
    if history.bytes is not None:
        blocks.append(Content.styled(f"  {size(history.bytes)} on the disk", MUTED))
    return NEW_LINE.join(blocks)


def _attempt(attempt: AttemptRecord) -> Content:
    ended = "alive" if attempt.lasted is None else duration(attempt.lasted)
    how = [attempt.outcome or "", f"exit code {attempt.exit_code}" if attempt.exit_code is not None else ""]
    how.append(f"signal {attempt.exit_signal}" if attempt.exit_signal is not None else "")
    changed = in_words(attempt.adjustments or {})
    versions = "  ".join(f"{name} {version}" for name, version in attempt.versions.items())
    return Content.assemble(
        (f"  {attempt.number}  {moment(attempt.started_at)}  {ended}  ", TEXT),
        content(", ".join(part for part in how if part), BRIGHT),
        content(f"  process {attempt.pid} on {attempt.host}, {attempt.device}", MUTED),
        content(f"\n     with {changed}" if changed else "", WARNING, lines=True),
        content(f"\n     {versions}" if versions else "", FAINT, lines=True),
    )


def _request(request: RequestRecord) -> Content:
    closed = "waits" if request.closed_at is None else f"closed {moment(request.closed_at)}"
    return Content.assemble(
        (f"  {moment(request.requested_at)}  ", TEXT),
        content(f"{request.kind} by {request.requested_by}", BRIGHT),
        (f"  {closed}", MUTED),
    )


def _checkpoint(item: CheckpointRecord, run: RunRecord) -> Content:
    epoch = run.epoch_of(item.step)
    where = f"step {item.step}" + (f", epoch {epoch:.3g}" if epoch is not None else "")
    return Content.assemble(
        (f"  {where:<24} {size(item.bytes):>9}  {moment(item.time)}", TEXT), ("  best" if item.best else "", BRIGHT)
    )
