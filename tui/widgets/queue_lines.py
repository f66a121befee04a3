"""The lines of the queue's screen: each device with what it does, and under them who waits. Pure functions."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rich.cells import cell_len

from bertft_tui.core.scheduling.readings import Reading
from bertft_tui.core.scheduling.waiting import PAUSED, Wait, taken_by
from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.format import NOTHING, clean, count_of, duration, percent, size
from bertft_tui.tui.glyphs import ACCENT, BRIGHT, ERROR, MUTED, STATUS_COLOURS, TEXT, WARNING, glyphs
from bertft_tui.tui.outlook import Outlook
from bertft_tui.tui.progress import bar, health_mark, progress_spans
from bertft_tui.tui.widgets.board_line import Line
from bertft_tui.tui.widgets.braille import Span
from bertft_tui.tui.widgets.strips import fit_cells, that_fit, wrap_cells

#: From this share on a gauge is drawn as one that is nearly full.
_FULL = 0.95

#: Cells of a column of times.
_TIME = 9

_NAMES_AT_MOST = 48

#: What ends a pause, where its reason does not say so itself.
_GO_ON = "P lets it go on"
_WHY_AT_LEAST = 24


@dataclass(frozen=True)
class Board:
    """What there is to draw."""

    outlook: Outlook
    run: Callable[[str], RunRecord | None]
    age: Callable[[RunRecord], float]  # seconds since a record was read
    elapsed: float = 0.0  # seconds since the outlook was


def board_lines(board: Board, width: int) -> list[Line]:
    """Return all lines, for so many cells."""
    lines: list[Line] = []
    for reading in board.outlook.readings.devices:
        lines += [*_device(board, reading, width), _EMPTY]
    if trouble := board.outlook.readings.trouble:
        lines += [_plain(f" No NVIDIA GPU can be looked at: {clean(trouble, limit=200)}", WARNING, width), _EMPTY]
    lines += _elsewhere(board, width)
    return [*lines, *_waiting(board, width)]


_EMPTY = Line(())


def _plain(text: str, style: str, width: int) -> Line:
    return Line(((fit_cells(text, width).rstrip(), style),))


def _device(board: Board, reading: Reading, width: int) -> Iterator[Line]:
    """A device's name and gauges, in one line where they fit for all devices, and what runs there."""
    devices = board.outlook.readings.devices
    title, gauges = _title(reading), _gauges(reading, width)
    longest = max(_cells(_title(each)) for each in devices)
    if longest + 2 + max(_cells(_gauges(each, width)) for each in devices) <= width:
        yield Line((*title, (" " * (longest + 2 - _cells(title)), ""), *gauges))
    else:
        yield Line(tuple(_cut(title, width)))
        yield Line(((" " * 2, ""), *that_fit(gauges, width - 2)))
    if reading.trouble:
        yield _plain(f"   {clean(reading.trouble, limit=200)}", WARNING, width)
    yield from _occupants(board, reading, width)


def _title(reading: Reading) -> list[Span]:
    name, title = clean(reading.device.name, limit=40), clean(reading.device.title, limit=60)
    return [(f" {name}", f"{ACCENT} bold"), (f"  {title}", BRIGHT)]


def _gauges(reading: Reading, width: int) -> list[Span]:
    """Memory, how busy, how warm, power; what is unknown is a dash. The first ones stay the longest."""
    cells = 8 if width < 70 else 10 if width < 120 else 16
    used, total = reading.used_bytes, reading.total_bytes
    share = used / total if used is not None and total else None
    spans = [
        *_gauge("memory", share, f"{_bytes(used):>7} of {_bytes(total):>7}", cells),
        *_gauge("busy", reading.utilisation, f"{percent(reading.utilisation):>5}", cells),
        (f"  {NOTHING if reading.temperature is None else format(reading.temperature, '.0f'):>3} °C", TEXT),
    ]
    if reading.power is not None:
        limit = f" of {reading.power_limit:.0f}" if reading.power_limit is not None else ""
        spans.append((f"  {reading.power:>4.0f}{limit} W", MUTED))
    if reading.load is not None:
        spans.append((f"  load {reading.load:.1f}", MUTED))
    return spans


def _gauge(name: str, share: float | None, figure: str, cells: int) -> list[Span]:
    """A bar with its name and its figure, always as wide; no bar for what is unknown."""
    drawn: list[Span] = [(" " * cells, "")] if share is None else bar(share, cells, glyphs())
    if share is not None and share >= _FULL:
        drawn[0] = (drawn[0][0], WARNING)
    return [(f" {name} ", MUTED), *drawn, (f" {figure} ", TEXT)]


def _bytes(count: int | None) -> str:
    return NOTHING if count is None else size(count)


def _occupants(board: Board, reading: Reading, width: int) -> Iterator[Line]:
    machine, name = board.outlook.machine, reading.device.name
    mine = [run for run in machine.alive if run.device == name]
    holder = machine.holders.get(name)
    owner = machine.run_on(name)
    is_ours = owner is not None and (holder is None or holder.directory == machine.path.run(owner.id))
    if holder is not None and not is_ours:
        yield _plain(f"   taken by {clean(taken_by(name, machine), limit=400)}", WARNING, width)
    for run in mine:
        yield from _live(board, run, width)
    if holder is None and not mine:
        yield _plain("   free", MUTED, width)
    strangers = [each for each in reading.processes if holder is None or each.pid != holder.pid]
    for each in strangers[:3]:
        held = f", {size(each.used_bytes)}" if each.used_bytes is not None else ""
        yield _plain(f"   also there: {clean(each.name or 'a process', limit=60)} ({each.pid}){held}", MUTED, width)
    if len(strangers) > 3:
        yield _plain(f"   and {count_of(len(strangers) - 3, 'process', 'processes')} more", MUTED, width)


def _live(board: Board, run: RunRecord, width: int) -> Iterator[Line]:
    """A run that is alive: its name, and under it how far it is."""
    shape = (f"   {glyphs().status[run.status]}", STATUS_COLOURS[run.status])
    name = (f" {fit_cells(clean(run.name, limit=300), width - 6).rstrip()}", BRIGHT)
    yield Line((shape, health_mark(run, glyphs()), name), run.id)
    yield Line((("      ", ""), *progress_spans(run, board.age(run), width - 8, glyphs())), run.id)


def _elsewhere(board: Board, width: int) -> Iterator[Line]:
    """Runs that are alive on a device that this machine does not show, or on none yet."""
    here = {reading.device.name for reading in board.outlook.readings.devices}
    others = [run for run in board.outlook.machine.alive if run.device not in here]
    if others:
        yield Line(((" elsewhere", f"{ACCENT} bold"),))
    for run in others:
        yield _plain(f"   on {clean(run.device or 'no device yet', limit=40)}", MUTED, width)
        yield from _live(board, run, width)
    if others:
        yield _EMPTY


def _waiting(board: Board, width: int) -> Iterator[Line]:
    waiting, queue = board.outlook.waiting, board.outlook.queue
    count = f" {len(waiting)}" if waiting else ""
    head: list[Span] = [(" waiting", f"{ACCENT} bold"), (count, BRIGHT)]
    pause = f"{PAUSED}: {clean(queue.reason, limit=200)}" if queue.paused else ""
    if pause and _GO_ON not in pause:
        pause += f", {_GO_ON}"
    in_line = _cells(head) + 2 + cell_len(pause) <= width
    yield Line((*head, (f"  {pause}", WARNING)) if pause and in_line else tuple(head))
    for line in wrap_cells(pause, width - 4, 3) if pause and not in_line else ():
        yield _plain(f"   {line}", WARNING, width)
    if not waiting:
        yield _plain("   nothing waits", MUTED, width)
        return
    names = {each.run_id: _name(board, each) for each in waiting}
    longest = min(max(map(cell_len, names.values())), _NAMES_AT_MOST)
    left = 1 + len(str(len(waiting))) + 2
    room = width - left - longest - _TIME - 4
    is_wide = room >= max(_WHY_AT_LEAST, min(40, max(cell_len(_why(board, each)[0]) for each in waiting)))
    for each in waiting:
        yield from (
            _wide_row(board, each, names, (left, longest, room)) if is_wide else _rows(board, each, names, width)
        )


def _name(board: Board, wait: Wait) -> str:
    run = board.run(wait.run_id)
    return clean(run.name, limit=300) if run is not None else wait.run_id


def _place(board: Board, wait: Wait) -> Span:
    digits = len(str(len(board.outlook.waiting)))
    return f" {wait.place:>{digits}}  ", MUTED


def _starts(board: Board, wait: Wait) -> str:
    """When it may start; nothing when that is unknown, or at once."""
    if not wait.starts_in:
        return ""
    return f"in {duration(max(0.0, wait.starts_in - board.elapsed))}"


def _why(board: Board, wait: Wait) -> Span:
    """Why a run waits; nothing where it is the pause alone, whose reason stands above."""
    run = board.run(wait.run_id)
    asked = run.pending_request if run is not None else None
    if asked in ("stop", "cancel"):
        return "it is leaving the queue…", WARNING
    if wait.why == PAUSED:
        return "", TEXT
    return clean(wait.why, limit=400), ERROR if wait.why.startswith("it asks for") else TEXT


def _wide_row(board: Board, wait: Wait, names: dict[str, str], widths: tuple[int, int, int]) -> Iterator[Line]:
    _, longest, room = widths
    why, colour = _why(board, wait)
    spans = (
        _place(board, wait),
        (fit_cells(names[wait.run_id], longest), BRIGHT),
        (f"  {fit_cells(_starts(board, wait), _TIME, right=True)}  ", MUTED),
        (fit_cells(why, room).rstrip(), colour),
    )
    yield Line(spans, wait.run_id)


def _rows(board: Board, wait: Wait, names: dict[str, str], width: int) -> Iterator[Line]:
    """The name in a line of its own, the reason under it: a name is cut last."""
    place, starts = _place(board, wait), _starts(board, wait)
    room = width - cell_len(place[0]) - (cell_len(starts) + 2 if starts else 0)
    name = fit_cells(names[wait.run_id], room)
    yield Line((place, (name if starts else name.rstrip(), BRIGHT), (f" {starts}", MUTED)), wait.run_id)
    why, colour = _why(board, wait)
    if not why:
        return
    indent = " " * cell_len(place[0])
    yield Line(((f"{indent}{fit_cells(why, width - len(indent)).rstrip()}", colour),), wait.run_id)


def _cells(spans: list[Span]) -> int:
    return sum(cell_len(text) for text, _ in spans)


def _cut(spans: list[Span], width: int) -> list[Span]:
    """Cut the last span so that all fit."""
    *first, (text, style) = spans
    return [*first, (fit_cells(text, max(0, width - _cells(first))).rstrip(), style)]
