"""What can be done with a run, from the table and from its own screen."""

from collections.abc import Callable
from functools import partial
from typing import Any

from bertft_tui.core.analysis.smoothing import level_after
from bertft_tui.core.errors import Problem
from bertft_tui.core.scheduling.asking import ask
from bertft_tui.core.scheduling.launcher import check_settings
from bertft_tui.core.store import commands
from bertft_tui.core.store.new_runs import tags_in
from bertft_tui.core.store.records import RunRecord
from bertft_tui.core.store.status import Request, refusal
from bertft_tui.tui.format import clean
from bertft_tui.tui.screens.dialogs import AskText, Confirm
from bertft_tui.tui.screens.trash_actions import TrashActions

_DONE = {
    Request.STOP: "will save and stop",
    Request.CANCEL: "is being cancelled",
    Request.RESUME: "will go on when its turn comes",
}

NO_TEST_SPLIT = Problem(
    "This run has no test split",
    "data.test_split is empty, so no rows were set aside that training never saw.",
    "N starts a run with one; `bertft-tui evaluate RUN --dataset FILE` scores other data.",
)

#: From what was typed to what is written; None writes nothing.
Values = Callable[[str], dict[str, Any] | None]


class RunActions(TrashActions):
    """A screen with a selected run."""

    def _request(self, kind: Request) -> None:
        """Ask for something, and see to it that a scheduler hears it: the last one may have gone."""
        if (run := self.require_run()) is None:
            return
        run_id, app = run.id, self.bertft

        def ask_it() -> str:
            if kind is Request.RESUME:
                check_settings(app.db.path.run(run_id), run.config)
            words = ask(app.db, run_id, kind)
            app.wake(app.db)
            return words

        app.perform(ask_it, done=f"{clean(run.name, limit=80)} {_DONE[kind]}.")

    def action_stop(self) -> None:
        """Ask the run to save and stop."""
        self._request(Request.STOP)

    def action_resume(self) -> None:
        """Ask for another attempt."""
        self._request(Request.RESUME)

    def action_cancel(self) -> None:
        """Ask, then cancel the run: this cannot be undone."""
        run = self.require_run()
        if run is None:
            return
        if (refused := refusal(Request.CANCEL, run.status)) is not None:
            self.bertft.complain(refused.problem)
            return
        question = f"Cancel {clean(run.name, limit=80)}? Nothing is saved. Stop (x) saves a checkpoint instead."
        self.app.push_screen(
            Confirm(question, "cancel the run"), lambda yes: self._request(Request.CANCEL) if yes else None
        )

    def action_evaluate(self) -> None:
        """Score the best checkpoint on the test split, which training never saw."""
        run = self.require_run()
        if run is None:
            return
        if run.config.data.test_split is None:
            self.bertft.complain(NO_TEST_SPLIT)
            return
        self.bertft.score_run(run)

    def action_rename(self) -> None:
        """Give the run another name."""
        if (run := self.require_run()) is not None:
            self._ask(run, "Name", run.name, lambda text: {"name": text} if text.strip() else None)

    def action_note(self) -> None:
        """Write a note on the run."""
        if (run := self.require_run()) is not None:
            self._ask(run, "Note", run.note, lambda text: {"note": text.strip()})

    def action_tags(self) -> None:
        """Give the run tags."""
        if (run := self.require_run()) is not None:
            self._ask(run, "Tags, separated by spaces", " ".join(run.tags), lambda text: {"tags": [*tags_in(text)]})

    def _ask(self, run: RunRecord, title: str, text: str, values: Values) -> None:
        def answered(answer: str | None) -> None:
            if answer is not None and (given := values(answer)) is not None:
                self.bertft.perform(partial(commands.annotate, self.bertft.db, run.id, **given))

        self.app.push_screen(AskText(title, text), answered)

    def action_copy_run(self) -> None:
        """Start a run from this one, with settings changed."""
        if (run := self.require_run()) is not None:
            self.bertft.open_form(run.config, origin=run.name, parent=run)

    def action_open_log(self) -> None:
        """Show what the run's process printed."""
        if (run := self.require_run()) is not None:
            self.bertft.open_run(run.id, pane=4)

    def action_next_metric(self) -> None:
        """Show the next metric."""
        self.bertft.next_metric()

    def action_log_y(self) -> None:
        """Logarithmic or linear y axis."""
        self.bertft.draw_charts(log_y=not self.bertft.charts.log_y)

    def action_smoother(self) -> None:
        """Smooth the loss curve more."""
        self.bertft.draw_charts(smoothing=level_after(self.bertft.charts.smoothing, 1))

    def action_rougher(self) -> None:
        """Smooth the loss curve less."""
        self.bertft.draw_charts(smoothing=level_after(self.bertft.charts.smoothing, -1))

    def action_no_smoothing(self) -> None:
        """Do not smooth."""
        self.bertft.draw_charts(smoothing=0.0)

    def action_cursor_down(self) -> None:
        """Down in whatever has the focus."""
        self._press("down")

    def action_cursor_up(self) -> None:
        """Up in whatever has the focus."""
        self._press("up")

    def action_cursor_first(self) -> None:
        """To the first line of whatever has the focus."""
        self._press("home")

    def action_cursor_last(self) -> None:
        """To the last line of whatever has the focus."""
        self._press("end")

    def _press(self, key: str) -> None:
        self.app.simulate_key(key)
