"""What can be done with a run, from the table and from its own screen."""

from collections.abc import Callable, Sequence
from typing import Any

from bertft_tui.core.analysis.smoothing import level_after
from bertft_tui.core.errors import BertftError, Problem
from bertft_tui.core.store import commands
from bertft_tui.core.store.commands import tags_in
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.records import RunRecord
from bertft_tui.core.store.status import Request, refusal
from bertft_tui.tui.curves import axis_after
from bertft_tui.tui.deeds import Deed
from bertft_tui.tui.format import count_of
from bertft_tui.tui.run_words import called
from bertft_tui.tui.screens.dialogs import AskText, Confirm
from bertft_tui.tui.screens.trash_actions import TrashActions

_DONE = {  # of one run, of several
    Request.STOP: ("will save and stop", "will save and stop"),
    Request.CANCEL: ("is being cancelled", "are being cancelled"),
    Request.RESUME: ("will go on when its turn comes", "will go on when their turns come"),
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
        if not (runs := self.require_runs()):
            return
        app = self.bertft

        def ask_one(run: RunRecord) -> str:
            from bertft_tui.core.scheduling.asking import ask  # in its thread: the table is shown before
            from bertft_tui.core.scheduling.launcher import check_settings

            if kind is Request.RESUME:
                check_settings(app.db.path.run(run.id), run.config)
            return ask(app.db, run.id, kind)

        def ask_all() -> str:
            try:
                return for_each(runs, ask_one, _DONE[kind])
            finally:
                app.wake(app.db)

        app.perform(ask_all)
        self.forget_marks()

    def action_stop(self) -> None:
        """Ask the run to save and stop."""
        self._request(Request.STOP)

    def action_resume(self) -> None:
        """Ask for another attempt."""
        self._request(Request.RESUME)

    def action_cancel(self) -> None:
        """Ask, then cancel the runs: this cannot be undone."""
        runs = self.require_runs()
        if not runs:
            return
        refused = [refusal(Request.CANCEL, run.status) for run in runs]
        if refused[0] is not None and None not in refused:
            self.bertft.complain(refused[0].problem)
            return
        question = f"Cancel {called(runs)}? Nothing is saved. Stop (x) saves a checkpoint instead."
        deed = "cancel the run" if len(runs) == 1 else "cancel the runs"
        self.app.push_screen(Confirm(question, deed), lambda yes: self._request(Request.CANCEL) if yes else None)

    def action_evaluate(self) -> None:
        """Score the best checkpoint on the test split, which training never saw."""
        run = self.require_run()
        if run is None:
            return
        if run.config.data.test_split is None:
            self.bertft.complain(NO_TEST_SPLIT)
            return
        self.bertft.score_run(run)

    def action_toggle_queue(self) -> None:
        """Pause the queue, or let it go on."""
        db = self.bertft.db
        if self.bertft.snapshot.queue.paused:
            self.bertft.perform(lambda: commands.resume_queue(db), done="The queue goes on.")
        else:
            self.bertft.perform(
                lambda: commands.pause_queue(db, "by hand, P lets it go on"),
                done="The queue is paused; runs that are alive go on.",
            )

    def action_try_it(self) -> None:
        """Type a text and see what the run makes of it, or two that are marked."""
        runs = self.require_runs()
        if len(runs) > 2:
            self.notify(f"{len(runs)} runs are marked; two at most are tried.", severity="warning", markup=False)
        elif runs:
            self.bertft.open_trial(tuple(run.id for run in runs))

    def action_rename(self) -> None:
        """Give the run another name."""
        if (run := self.require_run()) is not None:
            self._ask((run,), "Name", run.name, lambda text: {"name": text} if text.strip() else None)

    def action_note(self) -> None:
        """Write a note on the run."""
        if (run := self.require_run()) is not None:
            self._ask((run,), "Note", run.note, lambda text: {"note": text.strip()})

    def action_tags(self) -> None:
        """Give the runs tags; for several: the ones that all have."""
        if runs := self.require_runs():
            common = [tag for tag in runs[0].tags if all(tag in run.tags for run in runs)]
            of = f" of {count_of(len(runs), 'run')}" if len(runs) > 1 else ""
            self._ask_tags(runs, f"Tags{of}, separated by spaces", common)

    def _ask(self, runs: Sequence[RunRecord], title: str, text: str, values: Values) -> None:
        def answered(answer: str | None) -> None:
            if answer is not None and (given := values(answer)) is not None:
                self._annotate([(run, given) for run in runs])

        self.app.push_screen(AskText(title, text), answered)

    def _ask_tags(self, runs: Sequence[RunRecord], title: str, common: list[str]) -> None:
        def answered(answer: str | None) -> None:
            if answer is not None:
                self._annotate([(run, {"tags": _changed_tags(run, common, answer)}) for run in runs])

        self.app.push_screen(AskText(title, " ".join(common)), answered)

    def _annotate(self, changes: Sequence[tuple[RunRecord, dict[str, Any]]]) -> None:
        """Write what was said about runs; z takes it back."""
        db, deeds = self.bertft.db, self.bertft.deeds
        before = [(run, _said(run, given)) for run, given in changes if _said(run, given) != given]
        if not before:
            return

        def undo() -> str:
            write_all(db, before)
            return f"Taken back: {', '.join(before[0][1])} of {called([run for run, _ in before])}."

        def annotate() -> None:
            write_all(db, changes)
            deeds.add(Deed(tuple(run.id for run, _ in before), undo))

        self.bertft.perform(annotate)

    def action_copy_run(self) -> None:
        """Start a run from this one, with settings changed."""
        if (run := self.require_run()) is not None:
            self.bertft.open_form(run.config, origin=run.name, parent=run)

    def action_take_advice(self) -> None:
        """Start a run from this one, with the settings changed that its verdict would change."""
        if (run := self.require_run()) is not None:
            from bertft_tui.tui.screens.advising import take_advice  # with the form that it opens

            take_advice(self.bertft, run)

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

    def action_turn_axis(self) -> None:
        """Count epochs, steps or time on the x axis."""
        self.bertft.draw_charts(x=axis_after(self.bertft.charts.x))

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


def for_each(runs: Sequence[RunRecord], do: Callable[[RunRecord], str], done: tuple[str, str]) -> str:
    """Do something with each run and say for how many it was done, and what the others refused.

    Raises the BertftError of the first when none could be done.
    """
    said: list[str] = []
    refused: list[BertftError] = []
    for run in runs:
        try:
            said.append(do(run))
        except BertftError as error:
            refused.append(error)
    if not said:
        raise refused[0]
    if len(runs) == 1:
        return said[0] or f"{called(runs)} {done[0]}."
    rest = f" {count_of(len(refused), 'run')} could not: {refused[0].problem.message}" if refused else ""
    return f"{count_of(len(said), 'run')} {done[len(said) > 1]}.{rest}"


def write_all(db: Database, changes: Sequence[tuple[RunRecord, dict[str, Any]]]) -> None:
    """Write names, notes or tags of runs."""
    for run, given in changes:
        commands.annotate(db, run.id, **given)


def _said(run: RunRecord, given: dict[str, Any]) -> dict[str, Any]:
    """What stands now where something else is to be said."""
    now = {"name": run.name, "note": run.note, "tags": list(run.tags)}
    return {part: now[part] for part in given}


def _changed_tags(run: RunRecord, common: list[str], text: str) -> list[str]:
    """A run's tags after those that it shares with others were edited."""
    own = [tag for tag in run.tags if tag not in common]
    return list(dict.fromkeys([*own, *tags_in(text)]))
