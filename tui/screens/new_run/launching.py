"""The launch: the check of data and model, the queue, and the way back to the table."""

import asyncio
import time
from collections.abc import Sequence

from textual import work
from textual.content import Content
from textual.worker import Worker

from bertft_tui.core.errors import BertftError, Problem
from bertft_tui.core.grid import MANY_RUNS, Grid
from bertft_tui.core.scheduling import helper
from bertft_tui.core.scheduling.preflight import Checked
from bertft_tui.core.store import commands
from bertft_tui.core.store.new_runs import Said, new_runs
from bertft_tui.tui.describe import problem_block
from bertft_tui.tui.form.fields import named_in
from bertft_tui.tui.format import content, count_of
from bertft_tui.tui.glyphs import ACCENT, MUTED
from bertft_tui.tui.screens.dialogs import Confirm
from bertft_tui.tui.screens.new_run.drafting import Drafting
from bertft_tui.tui.widgets.config_form import NAME


class Launching(Drafting):
    """A form that can be launched."""

    _checking_since: float | None = None
    _check: Worker[None] | None = None  # what escape would end
    _heard = ""  # what the check last said that it is doing
    _cursor = NAME  # where it stood when the check began

    def action_launch(self) -> None:
        """Check the settings and put the run, or the runs of lists, into the queue."""
        if self._checking_since is not None:
            return
        checked = self.read()
        if checked.grid is None:
            self.show_faults(checked.faults)
            return
        grid, said = checked.grid, self.form.said
        if len(grid.configs) <= MANY_RUNS:
            self._begin(grid, said)
            return
        question = f"Launch {len(grid.configs)} runs? They are the combinations of {grid.title}."
        self.app.push_screen(Confirm(question, "launch them"), lambda yes: self._begin(grid, said) if yes else None)

    def _begin(self, grid: Grid, said: Said) -> None:
        """Close the fields and check."""
        self._checking_since, self._heard = time.monotonic(), ""
        self._cursor = self.form.focused_row.key if self.form.focused_row else NAME
        self.form.disabled = True  # what would be typed now would not be in the run
        self.show_check()
        self._check = self._launch(grid, said)

    @work(group="launch")
    async def _launch(self, grid: Grid, said: Said) -> None:
        try:
            checks = self.known_checks(grid)
            if checks is None:
                checks = await asyncio.to_thread(self.bertft.check, grid.configs, self._hear)
            self._check = None
            run_ids = await asyncio.to_thread(self._enqueue, grid, checks, said)
        except BertftError as error:
            self._open_fields()
            self.show_problem(error.problem)
        else:
            self.drop_draft()
            # The screen goes, and this worker with it: the app must do the rest.
            self.app.call_later(self.bertft.launched, run_ids, _warnings(checks))

    def known_checks(self, grid: Grid) -> Sequence[Checked] | None:
        """What is known of the runs already, so that nobody has to look again; None when somebody has to."""
        return None

    def show_problem(self, problem: Problem) -> None:
        """Say what the check found; go to the setting that it names, and mark it."""
        self.judge(problem_block(problem))
        if (key := named_in(problem, self.form.texts)) is not None:
            self.form.mark(key, problem.title)

    def _enqueue(self, grid: Grid, checks: Sequence[Checked], said: Said) -> list[str]:
        """Put the runs into the queue, all or none, and wake the scheduler."""
        runs = new_runs(grid, [checked.config for checked in checks], said, self._made_from)
        run_ids = commands.enqueue_all(self.bertft.db, runs, parent=self._made_from)
        self.bertft.wake(self.bertft.db)
        return run_ids

    def end_check(self) -> None:
        """End the check, unless it has passed and the run is on its way into the queue."""
        if self._check is not None:
            self._check.cancel()
            helper.end_all("The check")
            self._open_fields()
            self.judge(Content.styled("The check was ended: nothing was launched.", MUTED))

    def _open_fields(self) -> None:
        """Let the settings be changed again; the cursor is where it was."""
        self._checking_since = self._check = None
        self.form.disabled = False
        self.form.focus_on(self._cursor)

    def _hear(self, text: str) -> None:
        """Take what the check says; it comes from another thread, and the next tick shows it."""
        self._heard = text

    def show_check(self) -> None:
        """Say how long the check takes, and what it is at."""
        if self._checking_since is not None:
            seconds = int(time.monotonic() - self._checking_since)
            count = len(self._checked.grid.configs) if self._checked.grid else 1
            several = f" of {count_of(count, 'run')}" if count > 1 else ""
            what = f"Checking data and model{several}… {seconds} s"
            heard = content(f"  {self._heard}\n", MUTED, lines=True, limit=200)
            rest = ("The settings rest meanwhile; esc ends the check.", MUTED)
            self.say(Content.assemble((what, ACCENT), heard, rest))


def _warnings(checks: Sequence[Checked]) -> tuple[Problem, ...]:
    """What the checks warn of, each once."""
    return tuple(dict.fromkeys(warning for checked in checks for warning in checked.warnings))
