"""The checkpoints of a run: where, how large, how good, and whether they are still there."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.cells import cell_len
from textual.content import Content

from bertft_tui.core.analysis.intervals import interval_of_share
from bertft_tui.core.store.records import CheckpointRecord
from bertft_tui.tui.difference_words import half_width
from bertft_tui.tui.format import NOTHING, clean, content, metric, moment, number, size
from bertft_tui.tui.glyphs import BRIGHT, FAINT, MUTED, TEXT, glyphs
from bertft_tui.tui.panes.frame import Line, Pane, apart, muted, title

_GONE = "removed"
_GAP = "  "


@dataclass(frozen=True)
class _Column:
    """A column: its title, the text of each checkpoint, its colour where the files are there."""

    title: str
    texts: Sequence[str]
    colour: str = TEXT

    @property
    def width(self) -> int:
        """The cells of the widest text."""
        return max(map(cell_len, (self.title, *self.texts)))


def checkpoint_lines(pane: Pane) -> list[Line]:
    """A line for each; those whose files were removed are faint."""
    found, there = pane.history.checkpoints, pane.history.on_disk
    if not found:
        return [muted("No checkpoint was saved yet.")]
    name, best = clean(pane.run.best_metric, limit=40), best_of(found)
    columns = _that_fit(pane, name)
    lines: list[Line] = [title("checkpoints"), muted("    " + _GAP.join(f"{c.title:>{c.width}}" for c in columns))]
    for place, each in enumerate(found):
        lines.append(_row(columns, place, is_there=each.step in there, bright=name if each is best else None))
    held = sum(each.bytes for each in found if each.step in there)
    total = f"{len(there)} of {len(found)} are on the disk, {size(held)}: of those that are replaced the best stays."
    if not there:
        total = f"0 of {len(found)} are on the disk: they were removed, or left where the run was made."
    ending: list[Line] = [content(total, MUTED)]
    if best is not None and best.step in there:
        ending.append(content(f"{glyphs().best} is the best by {name}. Y copies the path of its folder.", MUTED))
    return apart([lines, ending])


def _that_fit(pane: Pane, name: str) -> list[_Column]:
    """The columns; in a narrow pane the size of what was removed, then the epoch, then the time are left out."""
    found, there, values = pane.history.checkpoints, pane.history.on_disk, dict(pane.history.scores)
    epochs = [pane.run.epoch_of(each.step) for each in found]
    step = _Column("step", [f"{each.step:,}" for each in found])
    epoch = _Column("epoch", [number(each, 3) for each in epochs])
    sizes = [size(each.bytes) for each in found]
    gone = ["" if each.step in there else _GONE for each in found]
    left = [words or held for words, held in zip(gone, sizes, strict=True)]
    score = _Column(name, [metric(values[each.step]) if each.step in values else NOTHING for each in found])
    spreads = [half_width(interval_of_share(name, values.get(each.step), pane.run.eval_rows)) for each in found]
    sure = [_Column("95 %", spreads, MUTED)] if any(spreads) else []
    saved = _Column("saved", [moment(each.time) for each in found], MUTED)
    ways = (
        [step, epoch, _Column("size", sizes), score, *sure, saved, *([_Column("", gone)] if any(gone) else [])],
        [step, epoch, _Column("size", left), score, *sure, saved],
        [step, _Column("size", left), score, *sure, saved],
        [step, _Column("size", left), score, *sure],
        [step, _Column("size", left), score],
    )
    fitting = (way for way in ways if sum(each.width for each in way) + len(_GAP) * len(way) + 2 <= pane.width)
    return next(fitting, ways[0] if not pane.width else ways[-1])


def _row(columns: Sequence[_Column], place: int, *, is_there: bool, bright: str | None) -> Content:
    """One checkpoint; `bright`: of the best one the column of its score."""
    cells = [Content.styled(f"  {glyphs().best if bright else ' '} ", BRIGHT)]
    for column in columns:
        colour = BRIGHT if column.title == bright else column.colour if is_there else FAINT
        cells.append(Content.styled(f"{column.texts[place]:>{column.width}}", colour))
    return cells[0] + Content(_GAP).join(cells[1:])


def best_of(checkpoints: tuple[CheckpointRecord, ...]) -> CheckpointRecord | None:
    """The best checkpoint: of those that were the best so far when they were saved the last."""
    return next((each for each in reversed(checkpoints) if each.best), None)


def path_of(checkpoint: CheckpointRecord, folder: str) -> Path:
    """Where a checkpoint's folder is: in older journals without the folder of all of them."""
    name = Path(checkpoint.path).name
    return Path(folder) / "checkpoints" / name
