"""The app: screens, theme, and what they share."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from textual import work
from textual.binding import BindingType
from textual.notifications import SeverityLevel
from textual.screen import Screen

from bertft_tui.core.analysis.comparison import FEWEST, MOST
from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import BertftError, Problem
from bertft_tui.core.scheduling import helper, preflight, preview
from bertft_tui.core.scheduling.preflight import Checked
from bertft_tui.core.scheduling.service import ensure_running
from bertft_tui.core.scheduling.survey import MakeSurveyor, Survey
from bertft_tui.core.store.backup import DailyBackup
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.records import RunRecord
from bertft_tui.core.tell import Tell
from bertft_tui.tui.arrangement import Arrangement
from bertft_tui.tui.curves import ChartOptions
from bertft_tui.tui.deeds import Deeds
from bertft_tui.tui.export import save_picture
from bertft_tui.tui.feed import Feed
from bertft_tui.tui.form_app import FormApp
from bertft_tui.tui.format import clean
from bertft_tui.tui.keys import bindings
from bertft_tui.tui.messages import FeedFailed, PurgeEnded, ScoringEnded, SnapshotReady
from bertft_tui.tui.metric_choice import following
from bertft_tui.tui.panes.texts import PANES
from bertft_tui.tui.purging import Ended, Purging, purged_words
from bertft_tui.tui.rows import GroupRow
from bertft_tui.tui.scored import score
from bertft_tui.tui.screens.base import StoreScreen
from bertft_tui.tui.screens.compare import CompareScreen
from bertft_tui.tui.screens.dialogs import Confirm
from bertft_tui.tui.screens.run_detail import RunScreen
from bertft_tui.tui.screens.runs import RunsScreen
from bertft_tui.tui.screens.table import TableScreen
from bertft_tui.tui.screens.trash import TrashScreen
from bertft_tui.tui.snapshot import Snapshot
from bertft_tui.tui.tried import TriedTexts

_READING_SECONDS = 12

#: Long after the first paint; from then on it asks for the day's file.
_BACKUP_SECONDS = 60


class BertftApp(FormApp):
    """Shows one store. Closing it never stops a run. Returns a farewell line, empty when there is nothing to say."""

    TITLE = "bertft-tui"
    CSS_PATH = "app.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings("everywhere")

    def __init__(
        self,
        db: Database,
        *,
        highlight: str | None = None,
        wake: Callable[[Database], None] = ensure_running,
        check: Callable[[Sequence[RunConfig], Tell], Sequence[Checked]] = preflight.check_all,
        look: Callable[[RunConfig, Tell], dict[str, Any]] = preview.look,
        survey: MakeSurveyor | None = Survey,
        score: Callable[[Database, RunRecord], str] = score,
        overrides: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(overrides)
        self.db, self.wake, self.check, self.look = db, wake, check, look
        self.make_surveyor = survey  # None: nobody looks ahead while a form is open
        self._score = score
        self.tried = TriedTexts()
        self.scoring: dict[str, str] = {}  # the names of the runs that are being scored, by id
        self.purging: Purging | None = None
        self.deeds = Deeds()
        self.highlight = self.opened_for = highlight
        self.snapshot = Snapshot()
        self.where = ""  # the filter of the table; it does not outlive the app: nobody is to wonder where runs are
        self.feed = Feed(self, db, wake)

    @property
    def store_name(self) -> str:
        """The store's file name, as the header shows it."""
        return self.db.path.file.name + (" (read-only)" if self.db.read_only else "")

    @property
    def metric(self) -> str:
        """The metric that table and charts show."""
        return self.settings.metric

    @property
    def charts(self) -> ChartOptions:
        """How charts are drawn."""
        return self.settings.charts

    def get_default_screen(self) -> Screen[Any]:
        """The table of runs is home."""
        return RunsScreen()

    def on_mount(self) -> None:
        """Begin to look at the store, and see to its backup on the days on which the app stays open."""
        self.feed.start()
        self.ask_background()
        self.warn((*self.db.warnings, *self.setting_problems))
        if not self.db.read_only:
            self.set_interval(_BACKUP_SECONDS, DailyBackup(self.db.path).look)

    def on_unmount(self) -> None:
        """Let a look under way end before the store is closed."""
        self.feed.stop()
        self.keep_settings()

    @property
    def failure(self) -> Exception | None:
        """What ended the app when nobody had foreseen it."""
        error = self._exception
        return getattr(error, "error", error)  # a background worker's comes wrapped

    def _fatal_error(self) -> None:
        """Leave the traceback to the last door: Textual would print it with the values of all variables."""
        self._close_messages_no_wait()

    def on_snapshot_ready(self, event: SnapshotReady) -> None:
        """Show a newer state of the store; say what is the matter with its disk, once."""
        before, self.snapshot = self.snapshot.disk, event.snapshot
        if self.snapshot.disk is not None and self.snapshot.disk != before:
            self.warn((self.snapshot.disk,))
        if self.is_running:  # when the app closes, its screens lose their widgets while snapshots still arrive
            self.welcome()
            self.show()

    def on_feed_failed(self, event: FeedFailed) -> None:
        """Say why the store cannot be read."""
        self.complain(event.problem)

    def show(self) -> None:
        """Bring the screen that is visible up to date; those under it follow when they come back."""
        for screen in reversed(self.screen_stack):
            if isinstance(screen, StoreScreen) and screen.is_mounted:
                screen.show()
                return

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        """Show a message in a corner. Of the older ones only the newest stays, and warnings: they cover the table."""
        others = [each for each in self._notifications if each.severity != "warning"][:-1]
        again = [each for each in self._notifications if each.message == message and each not in others]
        for old in [*others, *again]:
            self._unnotify(old, refresh=False)
        super().notify(message, title=title, severity=severity, timeout=timeout, markup=markup)

    def complain(self, problem: Problem) -> None:
        """Show an error in a corner: what, where, and what to do."""
        text = "\n".join(part for part in (problem.message, problem.hint) if part)
        self._toast(problem.title, text, "error")

    def warn(self, warnings: tuple[Problem, ...]) -> None:
        """Show warnings in a corner, each on its own."""
        for problem in warnings:
            self._toast(problem.title, f"{problem.message} {problem.hint}".strip(), "warning")

    def _toast(self, title: str, text: str, severity: SeverityLevel) -> None:
        """Show foreign text in a corner, long enough to read it."""
        self.notify(
            clean(text, lines=True, limit=600),
            title=clean(title, limit=100),
            severity=severity,
            timeout=_READING_SECONDS,
            markup=False,
        )

    @work(group="actions")
    async def perform(self, call: Callable[[], str | None], done: str = "") -> None:
        """Run something that writes to the store in a thread; say that it is done, or why not.

        A call that returns words is said to be done with these.
        """
        import asyncio

        try:
            said: str | None = await asyncio.to_thread(call)
        except BertftError as error:
            self.complain(error.problem)
        except Exception as error:  # noqa: BLE001 - the door of the interface: one action that fails ends no session
            self.complain(Problem("This did not work", f"{type(error).__name__}: {error}"))
        else:
            self.feed.look()
            if said or done:
                self.notify(said or done, markup=False)

    def score_run(self, run: RunRecord) -> None:
        """Score a run on its test split, unless that is under way."""
        name = clean(run.name, limit=80)
        if run.id in self.scoring:
            self.notify(f"{name} is being scored already; the figure comes when it is there.", markup=False)
            return
        self.scoring[run.id] = name

        def call() -> str:
            try:
                return self._score(self.db, run)
            finally:
                self.post_message(ScoringEnded(run.id))

        self.notify(f"Scoring {name} on its test split…", markup=False)
        self.perform(call)
        self.show()

    def on_scoring_ended(self, event: ScoringEnded) -> None:
        """Say no longer that a run is being scored."""
        del self.scoring[event.run_id]
        if self.is_running:
            self.show()

    @property
    def at_work(self) -> str:
        """What the app itself is doing, for the header; empty when it does nothing."""
        scoring = f"scoring {len(self.scoring)}…" if self.scoring else ""
        return "  ".join(part for part in (scoring, self.purging.words if self.purging else "") if part)

    def purge(self, run_ids: Sequence[str], total: int) -> None:
        """Remove runs in the trash for good, unless a purge is under way. `total`: the bytes that this may free."""
        if self.purging is not None:
            self.notify("A purge is under way already.", severity="warning", markup=False)
            return
        purging = self.purging = Purging(self.db, run_ids, total)

        def call() -> None:
            purged = None
            try:
                purged = purging.run()
            except Ended:
                return  # somebody has left
            finally:
                self.post_message(PurgeEnded(purged))

        self.perform(call)
        self.show()

    def on_purge_ended(self, event: PurgeEnded) -> None:
        """Say what the purge came to."""
        self.purging = None
        if not self.is_running:
            return
        if (purged := event.purged) is not None:
            self.notify(purged_words(purged), markup=False)
            for problem in purged.problems:
                self.complain(problem)
        self.show()

    def open_trash(self) -> None:
        """Show the trash."""
        self.push_screen(TrashScreen())

    def open_queue(self) -> None:
        """Show the devices and the queue."""
        from bertft_tui.tui.screens.queue import QueueScreen  # the first paint does without

        self.push_screen(QueueScreen())

    def open_trial(self, run_ids: tuple[str, ...]) -> None:
        """Let texts be tried on one run or two."""
        from bertft_tui.tui.screens.trying import offer_trial  # likewise

        self.run_worker(offer_trial(self, run_ids), group="actions")

    def open_run(self, run_id: str, pane: int | None = None) -> None:
        """Open a run's own screen, on the pane that was looked at last; or turn to a pane of the one that is open."""
        if isinstance(self.screen, RunScreen):
            self.screen.action_pane(pane or self._run_pane)
        else:
            self.push_screen(RunScreen(run_id, pane or self._run_pane))

    @property
    def _run_pane(self) -> int:
        """The pane of a run's own screen that was looked at last; a file may say anything."""
        return min(max(1, self.settings.panes.get("run", 1)), len(PANES))

    def order_of_runs(self) -> tuple[str, ...]:
        """The ids of the runs in the table that lies under this screen, as they stand there."""
        tables = [screen for screen in self.screen_stack if isinstance(screen, TableScreen)]
        rows = tables[-1].table.rows if tables else ()
        return tuple(run_id for row in rows for run_id in (row.ids if isinstance(row, GroupRow) else (row.id,)))

    def turn_to_run(self, run_id: str) -> None:
        """Open a run's own screen in the place of another run's."""
        if isinstance(self.screen, RunScreen):
            self.pop_screen()
        self.push_screen(RunScreen(run_id, self._run_pane))

    @property
    def home(self) -> RunsScreen | None:
        """The table of runs, under all other screens."""
        return next((screen for screen in self.screen_stack[:1] if isinstance(screen, RunsScreen)), None)

    @property
    def may_go_home(self) -> bool:
        """Whether nothing is lost when all screens over the table are left."""
        return not self.forms

    def open_comparison(self, run_ids: Sequence[str], baseline: str | None = None) -> None:
        """Show runs side by side, held against one of them: `baseline`, else the pinned one, else the first."""
        count = len(dict.fromkeys(run_ids))
        if FEWEST <= count <= MOST:
            self.push_screen(CompareScreen(run_ids, baseline))
            return
        what = "Two runs are the fewest" if count < FEWEST else f"{MOST} runs are the most"
        self.notify(f"{what} that can be compared, not {count or 'none'}.", severity="warning", markup=False)

    @property
    def arrangement(self) -> Arrangement:
        """How the table of runs is arranged."""
        chosen = self.settings
        return Arrangement(self.where, chosen.sort, chosen.reverse, chosen.group_by, chosen.columns)

    def rearrange(self, arrangement: Arrangement) -> None:
        """Arrange the table of runs in another way, which lasts."""
        self.where = arrangement.where
        kept = {name: value for name, value in vars(arrangement).items() if name != "where"}
        if kept != {name: value for name, value in vars(self.arrangement).items() if name != "where"}:
            self.change_settings(**kept)

    @property
    def saved_filters(self) -> tuple[str, ...]:
        """The filters that were kept, the last one first."""
        return self.settings.saved_filters

    def save_filter(self, text: str) -> None:
        """Keep a filter for later."""
        others = (each for each in self.saved_filters if each != text)
        self.change_settings(saved_filters=(text, *others))

    @property
    def metric_names(self) -> list[str]:
        """What the newest runs report."""
        return sorted({name for run in self.snapshot.runs for name in run.metrics})

    def next_metric(self) -> None:
        """Choose the next metric for the table and the charts."""
        self.change_settings(metric=following(self.snapshot.runs, self.metric))

    def draw_charts(self, **changes: Any) -> None:
        """Draw all charts in another way."""
        self.put_settings({f"charts.{name}": value for name, value in changes.items()})

    def settings_changed(self) -> None:
        """Show table and charts as they are set now."""
        self.show()

    def action_export(self) -> None:
        """Save a picture of the screen and say where."""
        path = save_picture(self, Path.cwd())
        self.notify(clean(str(path)), title="Saved", markup=False) if isinstance(path, Path) else self.complain(path)

    async def action_quit(self) -> None:
        """Leave; ask first when a check is under way. What stands in a form is kept as a draft."""
        question = next((form.question for form in self.forms), None)
        if question is None:
            self._quit()
        else:
            self.push_screen(Confirm(question, "leave", "stay"), lambda yes: self._quit() if yes else None)

    def _quit(self) -> None:
        """Leave, with a line about what goes on."""
        helper.end_all()
        if self.purging is not None:
            self.purging.end()
        alive, waiting = self.snapshot.alive, len(self.snapshot.queue.waiting)
        going = " and ".join(
            part for part in (f"{alive} running" if alive else "", f"{waiting} queued" if waiting else "") if part
        )
        lines = [f"Training goes on: {going}. `bertft-tui` shows it again."] if going else []
        lines += [f"The scoring of {name} was ended; E starts it again." for name in self.scoring.values()]
        lines += [f"The form is kept as a draft: {name}." for name in self.keep_drafts()]
        lines += ["The purge was ended; `bertft-tui purge` finishes it."] if self.purging else []
        self.exit("\n".join(lines))
