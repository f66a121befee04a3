"""Memory, processor and GPU of a run's process: lines over its time, with the last and the highest values."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from textual.content import Content

from bertft_tui.core.store.records import RunRecord, VitalsSummary, VitalsTrace
from bertft_tui.core.vitals import Vitals
from bertft_tui.tui.format import NOTHING, duration, number, size
from bertft_tui.tui.glyphs import ACCENT, BRIGHT, METRIC, MUTED, TEXT, glyphs
from bertft_tui.tui.panes.frame import Line, Pane, apart, muted, title

_NAMES = 14
_VALUES = 10
_LEAST, _MOST = 8, 72


def _percent(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.0f} %"


def _rate(value: float | None) -> str:
    return NOTHING if value is None else f"{size(value)}/s"


def _with(unit: str) -> Callable[[float | None], str]:
    return lambda value: NOTHING if value is None else f"{number(value, 3)} {unit}"


class _Shown(NamedTuple):
    """One measurement: its name, how its values are written, and what the line reaches up to at least."""

    key: str
    name: str
    write: Callable[[float | None], str]
    top: float = 0.0


_PROCESS = (
    _Shown("memory", "memory", size),
    _Shown("cpu", "processor", _percent, 100.0),
    _Shown("disk_read", "disk read", _rate),
    _Shown("disk_write", "disk write", _rate),
)
_GPU = (
    _Shown("gpu_use", "use", _percent, 100.0),
    _Shown("gpu_memory", "memory", size),
    _Shown("gpu_temperature", "temperature", _with("°C"), 100.0),
    _Shown("gpu_power", "power", _with("W")),
)


def vitals_lines(pane: Pane) -> list[Line]:
    """The process, then the GPU; what this machine does not tell is left out."""
    summary, trace = pane.vitals, pane.trace
    if not summary.count:
        alive = pane.run.status.is_alive
        return [muted("Nothing was measured yet." if alive else "This run recorded none: an older version made it.")]
    width = min(_MOST, max(_LEAST, pane.width - _NAMES - 2 * _VALUES - 3))
    head = muted(
        f"  {'':{_NAMES}}{f'over {duration(summary.seconds)}':{width}} "
        f"{'now' if pane.run.status.is_alive else 'last':>{_VALUES}}{'highest':>{_VALUES}}"
    )
    parts: list[list[Line]] = [
        [title("process"), head, *_rows(_PROCESS, summary, trace, width)],
        _with_title("GPU", _rows(_GPU, summary, trace, width)),
        [muted(words) for words in _peaks(summary)],
    ]
    return apart(parts)


def _with_title(name: str, rows: list[Line]) -> list[Line]:
    return [title(name), *rows] if rows else []


def _rows(shown: Sequence[_Shown], summary: VitalsSummary, trace: VitalsTrace, width: int) -> list[Line]:
    return [_row(each, summary, trace, width) for each in shown if getattr(summary.peak, each.key) is not None]


def _row(each: _Shown, summary: VitalsSummary, trace: VitalsTrace, width: int) -> Content:
    peak: float = getattr(summary.peak, each.key)
    top = max(each.top, peak, (summary.peak.gpu_memory_total or 0.0) if each.key == "gpu_memory" else 0.0)
    places = [(seconds, getattr(value, each.key)) for seconds, value in zip(trace.seconds, trace.values, strict=True)]
    return Content.assemble(
        (f"  {each.name:{_NAMES}}", TEXT),
        (spark(places, summary.seconds, top, width), METRIC),
        (f" {each.write(getattr(summary.last, each.key)):>{_VALUES}}", BRIGHT),
        (f"{each.write(peak):>{_VALUES}}", MUTED),
    )


def spark(places: Sequence[tuple[float, float | None]], end: float, top: float, width: int) -> str:
    """Draw values over time in one line of so many cells, each as high as its highest value; blank where is none."""
    shapes, highest = glyphs().spark, [-1.0] * width
    for seconds, value in places:
        if value is not None:
            cell = min(width - 1, int(seconds / end * width)) if end > 0 else width - 1
            highest[cell] = max(highest[cell], value)
    most = len(shapes) - 1
    return "".join(
        " " if value < 0 else shapes[round(min(1.0, value / top if top > 0 else 0.0) * most)]
        for value in _held(highest)
    )


def _held(values: list[float]) -> list[float]:
    """Let a value hold until the next: one that is measured every half minute makes no gaps."""
    held, before = list[float](), -1.0
    for value in values:
        before = value if value >= 0 else before
        held.append(before)
    return held


def _peaks(summary: VitalsSummary) -> list[str]:
    """The memory that the run needed, as its own process knows it."""
    peak = summary.peak
    found = [f"The process took {size(peak.peak_memory)} at most."] if peak.peak_memory else []
    if peak.gpu_peak_memory:
        of = f"the GPU's {size(peak.gpu_memory_total)}" if peak.gpu_memory_total else "the GPU"
        found.append(f"Of {of} it had {size(peak.gpu_peak_memory)} for itself at most.")
    return found


def vitals_block(run: RunRecord, summary: VitalsSummary) -> Content | None:
    """In a line: what a live run takes just now, or what one that has ended took at most; None when nobody knows."""
    if not summary.count:
        return None
    found = _now(summary.last) if run.status.is_alive else _most(summary.peak)
    return Content.assemble((found[0], ACCENT), (f"  {found[1]}" if found[1] else "", MUTED)) if any(found) else None


def _now(last: Vitals) -> tuple[str, str]:
    memory = f"{size(last.gpu_memory)} of {size(last.gpu_memory_total)}" if last.gpu_memory is not None else ""
    heat = f"{last.gpu_temperature:.0f} °C" if last.gpu_temperature is not None else ""
    power = f"{last.gpu_power:.0f} W" if last.gpu_power is not None else ""
    use = f"GPU {_percent(last.gpu_use)}" if last.gpu_use is not None else ""
    gpu = "  ".join(part for part in (use, memory, heat, power) if part)
    own = [size(last.memory) if last.memory is not None else "", _percent(last.cpu) if last.cpu is not None else ""]
    process = "  ".join(part for part in own if part)
    return (gpu, f"process {process}") if gpu else (f"process {process}", "")


def _most(peak: Vitals) -> tuple[str, str]:
    gpu = f", {size(peak.gpu_peak_memory)} of the GPU" if peak.gpu_peak_memory else ""
    return (f"memory {size(peak.peak_memory)} at most{gpu}", "") if peak.peak_memory else ("", "")
