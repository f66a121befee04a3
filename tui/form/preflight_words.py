"""What preflight has found, in the lines of its pane."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from textual.content import Content

from bertft_tui.core.analysis.pace import Expected
from bertft_tui.core.analysis.plan import plan_of
from bertft_tui.core.grid import Grid
from bertft_tui.core.scheduling.devices import Device
from bertft_tui.tui.describe import problem_block
from bertft_tui.tui.form.findings import LEAST_SAVED, Findings
from bertft_tui.tui.form.reading import names_of, sentence_of
from bertft_tui.tui.format import clean, content, count_of, duration, size
from bertft_tui.tui.glyphs import ACCENT, BRIGHT, ERROR, MUTED, TEXT, WARNING, glyphs
from bertft_tui.tui.hanging import Hanging, Hung

#: Labels whose shares are named.
_LABELS = 4

#: What CUDA itself takes of a device's memory beside a run, in bytes: 813 to 826 MB on an H200 with torch 2.11.
_CONTEXT = 850_000_000

#: Of the memory that is free; above it another program or a longer text could make it too little.
_TIGHT = 0.9

_EIGHTHS = " ▁▂▃▄▅▆▇█"
_PLAIN = " .:-=+*#%"

_NAME = 11

#: What a line is about, and its words.
Line = tuple[str, Content]


@dataclass(frozen=True)
class Ahead:
    """All that the pane speaks of."""

    found: Findings
    grid: Grid | None
    device: Device | None  # where it would run; None until that is known
    expected: Expected | None
    command: str
    faults: Mapping[str, str] = field(default_factory=dict)  # the fields that are wrong, where there is no grid


def preflight_text(ahead: Ahead) -> Hanging:
    """The pane: rows, labels, lengths, padding, overlap; steps, memory, duration; what is wrong; the command."""
    found = ahead.found
    blocks: list[list[Hung]] = [[Hung(line) for line in _title(ahead).split("\n")]]
    blocks += [_missing(ahead)]
    blocks += [[Hung(line) for line in problem.split("\n")] for problem in _problems(found)]
    blocks += [[_hung(*row) for row in rows] for rows in (_data_lines(found), _run_lines(ahead))]
    blocks += [[Hung(note, 2) for note in _notes(found)]]
    if ahead.command:
        command = content(ahead.command, TEXT, limit=1500)
        blocks.append([Hung(command), Hung(Content.styled("copy ^y  TOML ^t  to a file F5", MUTED))])
    between = Hung(Content(" "))
    shown = [block for block in blocks if block]
    return Hanging([line for place, block in enumerate(shown) for line in ([between] if place else []) + block])


def _hung(name: str, words: Content) -> Hung:
    return Hung(Content.assemble((f"{name:<{_NAME}}", MUTED), words), _NAME)


def summary(ahead: Ahead) -> Content:
    """The answer in a few words, for where there is no room for the pane."""
    found = ahead.found
    if found.problems:
        return content(f"   {found.problems[-1][1].title}: F3 says more", ERROR, limit=200)
    if found.at is not None:
        return content(f"   {found.at}…", MUTED, limit=100)
    parts = []
    if ahead.grid is not None and found.train_rows:
        parts.append(count_of(plan_of(ahead.grid.first.training, found.train_rows).steps, "step"))
    if ahead.expected is not None:
        parts.append(f"about {duration(ahead.expected.seconds)}")
    return Content.styled(f"   {', '.join(parts)}" if parts else "", MUTED)


def _title(ahead: Ahead) -> Content:
    several = f"  of the first of {len(ahead.grid.configs)} runs" if ahead.grid and ahead.grid.lists else ""
    at = f"\n{ahead.found.at}…" if ahead.found.at else ""
    return Content.assemble(
        ("Before you launch", f"{BRIGHT} bold"), (several, MUTED), content(at, ACCENT, lines=True)
    )


def _missing(ahead: Ahead) -> list[Hung]:
    """What must be mended before anything more can be said."""
    if ahead.grid is not None or not ahead.faults:
        return []
    lines = [Hung(content(f"Mend {names_of(ahead.faults)} first", f"{ERROR} bold"))]
    lines += [Hung(content(sentence_of(key, fault), TEXT, limit=300), 2) for key, fault in ahead.faults.items()]
    found = ahead.found
    is_old = bool(found.data or found.check or found.problems)
    then = "What stands below was found before." if is_old else "Then data and model are looked at here."
    return [*lines, Hung(Content.styled(then, MUTED))]


def _line(name: str, *parts: Content | tuple[str, str]) -> Line:
    return name, Content.assemble(*parts)


def _problems(found: Findings) -> list[Content]:
    return [problem_block(problem) for _, problem in found.problems]


def _data_lines(found: Findings) -> list[Line]:
    return [*_rows(found), *_labels(found), *_lengths(found)]


def _rows(found: Findings) -> list[Line]:
    if found.train_available is None:
        return [_line("splits", content(", ".join(found.splits), TEXT, limit=200))] if found.splits else []
    carved = " carved out" if found.data.get("carved") else ""
    if found.train_rows is not None:
        words = f"{found.train_rows:,} to train on, {found.eval_rows:,}{carved} to evaluate"
        there = f"  of {found.train_available:,}" if found.train_rows != found.train_available else ""
    else:
        words, there = f"{found.train_available:,} to train on", ""
    columns = ", ".join(f"{role} {clean(name, limit=40)!r}" for role, (name, _) in found.columns.items())
    lines = [_line("rows", (words, BRIGHT), (there, MUTED))]
    return [*lines, _line("columns", (columns, TEXT))] if columns else lines


def _labels(found: Findings) -> list[Line]:
    labels: dict[str, Any] = found.data.get("labels") or {}
    if not labels:
        return []
    lines = []
    if labels["counts"]:
        ranked = sorted(labels["counts"].items(), key=lambda item: -item[1])
        shares = [f"{clean(name, limit=24)} {count / labels['rows']:.1%}" for name, count in ranked[:_LABELS]]
        more = f", {len(ranked) - _LABELS} more" if len(ranked) > _LABELS else ""
        lines.append(_line("labels", (f"{', '.join(shares)}{more}", TEXT)))
    metric = {"mse": "mse", "subset_accuracy": "subset accuracy"}.get(labels["baseline_metric"], "accuracy")
    always = f"always {clean(labels['majority'], limit=30)!r}: {metric} {labels['baseline']:.3g}"
    lines.append(_line("guessing", (always, BRIGHT)))
    if labels["first_are"] is not None:
        lines.append(_line("", ("the rows are sorted by label; subsets are drawn at random", MUTED)))
    return lines


def _lengths(found: Findings) -> list[Line]:
    lengths = found.lengths
    if not lengths:
        why = found.tokens.get("why")
        return [_line("lengths", content(str(why), MUTED))] if why else []
    cut = f"{lengths['share_cut']:.0%} cut at {lengths['max_length']:,}"
    lines = [
        _line(
            "lengths",
            (histogram([each["texts"] for each in lengths["bins"]]), ACCENT),
            (f"  median {lengths['median']:,}, longest {lengths['longest']:,}", TEXT),
        ),
        _line("", (cut, WARNING if lengths["share_cut"] >= 0.05 else TEXT)),
    ]
    if found.saved is not None:
        words = f"{lengths['padding']:.0%} of all tokens, padded to {lengths['max_length']:,}"
        saves = f"; {found.padded} saves {found.saved:.1f}×" if found.saved >= LEAST_SAVED else ""
        lines.append(_line("padding", (words, TEXT), (saves, BRIGHT)))
    return lines


def histogram(counts: list[int]) -> str:
    """Counts as bars of a cell each; what is not nothing can be seen."""
    shapes = _EIGHTHS if glyphs().braille else _PLAIN
    top = max(counts, default=0)
    if not top:
        return ""
    return "".join(shapes[-(-count * (len(shapes) - 1) // top)] for count in counts)


def _run_lines(ahead: Ahead) -> list[Line]:
    found, grid = ahead.found, ahead.grid
    lines = []
    if grid is not None and found.train_rows:
        plan = plan_of(grid.first.training, found.train_rows)
        words = f"{plan.steps:,}  ({plan.steps_per_epoch:,} an epoch, {count_of(plan.evaluations, 'evaluation')})"
        lines.append(_line("steps", (words, TEXT)))
    if ahead.device is not None:
        lines.append(_line("memory", *_memory(found, ahead.device)))
        lines.append(_line("duration", *_duration(ahead)))
    return lines


def _memory(found: Findings, device: Device) -> list[tuple[str, str]]:
    """The peak and the verdict; unknown where nothing was measured."""
    if not device.name.startswith("cuda"):
        return [("unknown", TEXT), (f"  {device.name} shares the machine's", MUTED)]
    peak = found.memory.get("peak")
    if peak is None:
        return [("unknown", TEXT), ("  until a batch like it was tried here", MUTED)]
    free, total = device.free_bytes, device.total_bytes
    whole = f"{size(peak)} of {size(total)}  " if total else f"{size(peak)}  "
    measured = found.memory.get("measured", 0)
    source = "  measured" if measured == 1 else f"  told from {measured} batches"
    if free is None:
        return [(whole, TEXT), (source, MUTED)]
    verdict, colour = _verdict(peak, free - _CONTEXT)
    return [(whole, TEXT), (verdict, f"{colour} bold"), (source, MUTED)]


def _verdict(peak: int, free: int) -> tuple[str, str]:
    if peak > free:
        return "TOO BIG", ERROR
    return ("TIGHT", WARNING) if peak > _TIGHT * free else ("SAFE", ACCENT)


def _duration(ahead: Ahead) -> list[tuple[str, str]]:
    expected, device = ahead.expected, ahead.device
    assert device is not None
    where = f" on {device.name}"
    if expected is None:
        return [("unknown", TEXT), (f"  no run like it has finished{where}", MUTED)]
    runs = len(ahead.grid.configs) if ahead.grid else 1
    each = " each" if runs > 1 else ""
    source = f"  from {count_of(expected.runs, 'run')} like it"
    return [(f"about {duration(expected.seconds)}{each}{where}", BRIGHT), (source, MUTED)]


def _notes(found: Findings) -> list[Content]:
    """What is noteworthy."""
    return [
        Content.assemble(
            content(note["title"], WARNING, limit=200), content(f"  {note['message']}", MUTED, limit=300)
        )
        for note in found.notes
    ]
