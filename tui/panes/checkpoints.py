"""The checkpoints of a run: where, how large, how good, and whether they are still there."""

from pathlib import Path

from textual.content import Content

from bertft_tui.core.store.records import CheckpointRecord
from bertft_tui.tui.format import NOTHING, content, metric, moment, number, size
from bertft_tui.tui.glyphs import BRIGHT, FAINT, MUTED, TEXT, glyphs
from bertft_tui.tui.panes.frame import Line, Pane, apart, muted, title

_GONE = "removed"


def checkpoint_lines(pane: Pane) -> list[Line]:
    """A line for each; those whose files were removed are faint."""
    found, history = pane.history.checkpoints, pane.history
    if not found:
        return [muted("No checkpoint was saved yet.")]
    values = dict(history.scores)
    name = pane.run.best_metric
    wide = max(12, len(name) + 2)
    best, there = best_of(history.checkpoints), history.on_disk
    lines: list[Line] = [
        title("checkpoints"),
        muted(f"    {'step':>9} {'epoch':>7} {'size':>9} {name:>{wide}}  saved"),
    ]
    for each in found:
        epoch = pane.run.epoch_of(each.step)
        place, here = ("" if epoch is None else number(epoch, 3)) or NOTHING, each.step in there
        value = metric(values[each.step]) if each.step in values else NOTHING
        style = TEXT if here else FAINT
        lines.append(
            Content.assemble(
                (f"  {glyphs().best if each is best else ' '} ", BRIGHT),
                (f"{each.step:>9,} {place:>7} {size(each.bytes):>9} ", style),
                (f"{value:>{wide}}", BRIGHT if each is best else style),
                (f"  {moment(each.time)}", MUTED if here else FAINT),
                ("" if here else f"  {_GONE}", FAINT),
            )
        )
    held = sum(each.bytes for each in found if each.step in there)
    total = f"{len(there)} of {len(found)} are on the disk, {size(held)}: of those that are replaced the best stays."
    if not there:
        total = f"0 of {len(found)} are on the disk: they were removed, or left where the run was made."
    ending: list[Line] = [content(total, MUTED)]
    if best is not None and best.step in there:
        ending.append(content(f"{glyphs().best} is the best by {name}. Y copies the path of its folder.", MUTED))
    return apart([lines, ending])


def best_of(checkpoints: tuple[CheckpointRecord, ...]) -> CheckpointRecord | None:
    """The best checkpoint: of those that were the best so far when they were saved the last."""
    return next((each for each in reversed(checkpoints) if each.best), None)


def path_of(checkpoint: CheckpointRecord, folder: str) -> Path:
    """Where a checkpoint's folder is: in older journals without the folder of all of them."""
    name = Path(checkpoint.path).name
    return Path(folder) / "checkpoints" / name
