"""The progress of one run: a bar on a terminal, elsewhere a line for each news and one now and then between them."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
from rich.text import Text

from bertft_tui.core.metric_names import evaluation_name
from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.format import clean, duration, metric
from bertft_tui.tui.metric_choice import best_text
from bertft_tui.tui.progress import phase_words, seconds_left

Show = Callable[[RunRecord], None]

#: Seconds after which a log is told how far the work is.
_SILENCE = 30.0

_FIELDS = ("phase", "loss", "best", "left")


@contextmanager
def progress_display(console: Console, clock: Callable[[], float] = time.monotonic) -> Iterator[Show]:
    """Give a function that shows a run's newest record; what it drew on a terminal is gone at the end."""
    if not console.is_terminal:
        yield _line_printer(console, clock)
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


def _line_printer(console: Console, clock: Callable[[], float]) -> Show:
    """Return a function that prints what a run says for the first time, and after a silence how far it is."""
    said: set[str] = set()
    last = clock()

    def show(run: RunRecord) -> None:
        nonlocal last
        step = f" at step {run.progress.step}/{run.progress.max_steps}" if run.progress.max_steps else ""
        news = [words for words in (run.phase or "", _best_words(run)) if words and words not in said]
        said.update(news)
        left = seconds_left(run)
        if not news and clock() - last >= _SILENCE:
            news = [phase_words(run)]
            step += f", ETA {duration(left)}" if left is not None else ""
        for words in news:
            last = clock()
            console.print(Text(clean(words + step)))  # of a str, rich takes :words: for emoji even without markup

    return show


def _best_words(run: RunRecord) -> str:
    """The best value so far of the metric that chooses the checkpoint; empty before the first evaluation."""
    name = run.best_metric
    found = run.metrics.get(evaluation_name(name))
    return f"best {name} {best_text(found)}" if found else ""
