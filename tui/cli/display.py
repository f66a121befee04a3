"""The progress of one run: a bar on a terminal, elsewhere a line whenever there is something new to say."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from bertft_tui.core.metric_names import evaluation_name
from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.format import clean, duration, metric
from bertft_tui.tui.glyphs import glyphs
from bertft_tui.tui.progress import phase_words, seconds_left

Show = Callable[[RunRecord], None]

_FIELDS = ("phase", "loss", "best", "left")


@contextmanager
def progress_display(console: Console) -> Iterator[Show]:
    """Give a function that shows a run's newest record; what it drew on a terminal is gone at the end."""
    if not console.is_terminal:
        yield _line_printer(console)
        return
    phase, *rest = (TextColumn(f"{{task.fields[{name}]}}", markup=False) for name in _FIELDS)
    with Progress(phase, BarColumn(), TaskProgressColumn(), *rest, console=console, transient=True) as bar:
        task = bar.add_task("", total=None, phase="", loss="", best="", left="")
        yield lambda run: bar.update(
            task, total=run.progress.max_steps, completed=run.progress.step, refresh=True, **_words(run)
        )


def _words(run: RunRecord) -> dict[str, Any]:
    """What stands around the bar: phase, loss, best value, time left; empty where unknown."""
    left, loss = seconds_left(run), run.metrics.get("loss")
    return {
        "phase": clean(phase_words(run)),
        "loss": f"loss {metric(loss.last)}" if loss else "",
        "best": _best_words(run),
        "left": f"ETA {duration(left)}" if left is not None else "",
    }


def _line_printer(console: Console) -> Show:
    """Return a function that prints a line whenever a run says something that it had not said before."""
    said: set[str] = set()

    def show(run: RunRecord) -> None:
        step = f" at step {run.progress.step}/{run.progress.max_steps}" if run.progress.max_steps else ""
        for words in (run.phase or "", _best_words(run)):
            if words and words not in said:
                said.add(words)
                console.print(clean(words + step), markup=False)

    return show


def _best_words(run: RunRecord) -> str:
    """The best value so far of the metric that chooses the checkpoint; empty before the first evaluation."""
    name = run.best_metric
    found = run.metrics.get(evaluation_name(name))
    return f"best {name} {metric(found.best)}{glyphs().selected if found.is_selected else ''}" if found else ""
