"""The progress of a run on the command line: a bar in a terminal, lines in a log."""

import re
from io import StringIO

from acted_runs import ActedRun
from rich.console import Console

from bertft_tui.core.store import queries
from bertft_tui.core.store.database import Database
from bertft_tui.tui.cli.display import progress_display


def test_the_progress_display_shows_phase_loss_and_time_left(store: Database) -> None:
    """On a terminal: phase, share, loss, best value and the time that is left; elsewhere lines, none twice."""
    run = queries.get_run(store, ActedRun(store, "live").start().train(50).id)
    for terminal in (True, False):
        screen = StringIO()
        with progress_display(Console(file=screen, force_terminal=terminal, width=100)) as show:
            show(run)
            show(run)
        text = screen.getvalue()
        assert "best accuracy 0.9" in text
        if terminal:
            assert all(words in text for words in ("training", "66%", "loss 0.", "ETA 0:"))
        else:
            assert [line.partition(" at ")[2] for line in text.splitlines()] == ["step 50/76", "step 50/76"]


def test_the_progress_in_a_log_speaks_after_a_silence(store: Database) -> None:
    """Without a terminal, half a minute without news is followed by a line with the step and the time left."""
    run = queries.get_run(store, ActedRun(store, "live").start().train(50).id)
    screen, moments = StringIO(), iter([0.0, 1.0, 1.0, 20.0, 31.5, 31.5, 60.0])
    with progress_display(Console(file=screen, width=100), lambda: next(moments)) as show:
        for _ in range(4):
            show(run)
    assert len(screen.getvalue().splitlines()) == 3
    assert re.fullmatch(r"training at step 50/76, ETA 0:\d\d", screen.getvalue().splitlines()[-1])


def test_the_progress_in_a_log_shows_words_as_they_are(store: Database) -> None:
    """What a library says is neither markup nor an emoji."""
    live = ActedRun(store, "live").start().say("progress", detail="[red]model:bell:")
    screen, moments = StringIO(), iter([0.0, 0.0, 31.5, 31.5])
    with progress_display(Console(file=screen, width=100), lambda: next(moments)) as show:
        for _ in range(2):
            show(queries.get_run(store, live.id))
    assert "[red]model:bell:" in screen.getvalue()
