"""The app: screens, theme, and what they share."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import work
from textual.binding import BindingType
from textual.screen import Screen

from bertft_tui.core.errors import BertftError, Problem
from bertft_tui.tui import late
from bertft_tui.tui.arrangement import Arrangement
from bertft_tui.tui.curves import ChartOptions
from bertft_tui.tui.deeds import Deeds
from bertft_tui.tui.format import clean
from bertft_tui.tui.keys import bindings
from bertft_tui.tui.messages import FeedFailed, PurgeEnded, ScoringEnded, SnapshotReady
from bertft_tui.tui.opening_app import OpeningApp

if TYPE_CHECKING:  # what stands here is loaded when it is used: the frame is drawn before, and a test sees to it
    from bertft_tui.core.config import RunConfig
    from bertft_tui.core.scheduling.preflight import Checked
    from bertft_tui.core.scheduling.survey import MakeSurveyor
    from bertft_tui.core.store.database import Database
    from bertft_tui.core.store.records import RunRecord
    from bertft_tui.core.tell import Tell
    from bertft_tui.tui.purging import Purging
    from bertft_tui.tui.screens.runs import RunsScreen
    from bertft_tui.tui.tried import TriedTexts

#: Long after the first paint; from then on it asks for the day's file.
_BACKUP_SECONDS = 60


class BertftApp(OpeningApp):
    """Shows one store. Closing it never stops a run. Returns a farewell line, empty when there is nothing to say."""

    TITLE = "bertft-tui"
    CSS_PATH = "app.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings("everywhere")

    def __init__(
        self,
        db: "Database",
        *,
        highlight: str | None = None,
        wake: "Callable[[Database], None]" = late.wake,
        expect: "Callable[[Database], None]" = late.expect,
        check: "Callable[[Sequence[RunConfig], Tell], Sequence[Checked]]" = late.check,
        look: "Callable[[RunConfig, Tell], dict[str, Any]]" = late.look,
        survey: "MakeSurveyor | None" = late.survey,
        score: "Callable[[Database, RunRecord], str]" = late.score,
        overrides: Mapping[str, Any] | None = None,
        frame_first: bool = False,
    ) -> None:
        """`frame_first`: draw the frame of the home screen, and only then load what the rows need."""
        super().__init__(overrides, frame_first=frame_first)
        self.db, self.wake, self.expect, self.check, self.look = db, wake, expect, check, look
        self.make_surveyor = survey  # None: nobody looks ahead while a form is open
        self._score = score
        self.scoring: dict[str, str] = {}  # the names of the runs that are being scored, by id
        self.purging: Purging | None = None
        self.deeds = Deeds()
        self.highlight = self.opened_for = highlight
        self.where = ""  # the filter of the table; it does not outlive the app: nobody is to wonder where runs are
        self._is_furnished = False
        if not frame_first:
            self.furnish()

    tried: "TriedTexts"

    def furnish(self) -> None:
        """Load the home screen and what it stands on."""
        from bertft_tui.tui.feed import Feed
        from bertft_tui.tui.screens import runs  # noqa: F401  # here, in a thread, and not when it is shown
        from bertft_tui.tui.snapshot import Snapshot
        from bertft_tui.tui.tried import TriedTexts

        self.snapshot, self.tried = Snapshot(), TriedTexts()
        self.feed = Feed(self, self.db, self.wake)
        self._is_furnished = True

    @property
    def store_name(self) -> str:
        """The store's file name, as the header shows it."""
        path = self.db.path
        marks = [("copy of the example", path.is_copy_of_example), ("read-only", bool(self.db.read_only))]
        said = ", ".join(mark for mark, holds in marks if holds)
        return f"{path.file.name} ({said})" if said else path.file.name

    @property
    def metric(self) -> str:
        """The metric that table and charts show."""
        chosen = self.settings.metric
        return self.snapshot.metric(chosen) if self._is_furnished else chosen

    @property
    def charts(self) -> ChartOptions:
        """How charts are drawn."""
        return self.settings.charts

    def new_home(self) -> Screen[Any]:
        """The table of runs is home."""
        from bertft_tui.tui.screens.runs import RunsScreen

        return RunsScreen()

    def begin(self) -> None:
        """Look at the store from now on, and see to its backup on the days on which the app stays open."""
        self.feed.start()
        self.warn((*self._about_copy(), *self.db.warnings, *self.setting_problems))
        if not self.db.read_only:
            from bertft_tui.core.store.backup import DailyBackup

            self.set_interval(_BACKUP_SECONDS, DailyBackup(self.db.path).look)

    def _about_copy(self) -> tuple[Problem, ...]:
        """What to know of a store that is the copy of an example."""
        if not self.db.path.is_copy_of_example:
            return ()
        from bertft_tui.core.store.example import note

        return (note(self.db.path),)

    def on_unmount(self) -> None:
        """Let a look under way end before the store is closed."""
        if self._is_furnished:
            self.feed.stop()
        self.keep_settings()

    async def on_snapshot_ready(self, event: SnapshotReady) -> None:
        """Show a newer state of the store; say what is the matter with its disk, once."""
        before, self.snapshot = self.snapshot.disk, event.snapshot
        if self.snapshot.disk is not None and self.snapshot.disk != before:
            self.warn((self.snapshot.disk,))
        if self.is_running:  # when the app closes, its screens lose their widgets while snapshots still arrive
            await self.enter()
            self.welcome()
            self.show()

    async def on_feed_failed(self, event: FeedFailed) -> None:
        """Say why the store cannot be read."""
        await self.enter()
        self.complain(event.problem)

    def show(self) -> None:
        """Bring the screen that is visible up to date; those under it follow when they come back."""
        if not self._is_furnished:
            return
        from bertft_tui.tui.screens.base import StoreScreen

        for screen in reversed(self.screen_stack):
            if isinstance(screen, StoreScreen) and screen.is_mounted:
                screen.show()
                return

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

    def score_run(self, run: "RunRecord") -> None:
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
        from bertft_tui.tui.purging import Ended, Purging

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
            from bertft_tui.tui.purging import purged_words

            self.notify(purged_words(purged), markup=False)
            for problem in purged.problems:
                self.complain(problem)
        self.show()

    def open_trial(self, run_ids: tuple[str, ...]) -> None:
        """Let texts be tried on one run or two."""
        from bertft_tui.tui.screens.trying import offer_trial

        self.run_worker(offer_trial(self, run_ids), group="actions")

    def open_run(self, run_id: str, pane: int | None = None) -> None:
        """Open a run's own screen, on the pane that was looked at last; or turn to a pane of the one that is open."""
        from bertft_tui.tui.screens.run_detail import RunScreen

        if isinstance(self.screen, RunScreen):
            self.screen.action_pane(pane or self._run_pane)
        else:
            self.push_screen(RunScreen(run_id, pane or self._run_pane))

    @property
    def _run_pane(self) -> int:
        """The pane of a run's own screen that was looked at last; a file may say anything."""
        from bertft_tui.tui.panes.texts import PANES

        return min(max(1, self.settings.panes.get("run", 1)), len(PANES))

    def order_of_runs(self) -> tuple[str, ...]:
        """The ids of the runs in the table that lies under this screen, as they stand there."""
        from bertft_tui.tui.rows import GroupRow
        from bertft_tui.tui.screens.table import TableScreen

        tables = [screen for screen in self.screen_stack if isinstance(screen, TableScreen)]
        rows = tables[-1].table.rows if tables else ()
        return tuple(run_id for row in rows for run_id in (row.ids if isinstance(row, GroupRow) else (row.id,)))

    def turn_to_run(self, run_id: str) -> None:
        """Open a run's own screen in the place of another run's."""
        from bertft_tui.tui.screens.run_detail import RunScreen

        if isinstance(self.screen, RunScreen):
            self.pop_screen()
        self.push_screen(RunScreen(run_id, self._run_pane))

    @property
    def home(self) -> "RunsScreen | None":
        """The table of runs, under all other screens."""
        from bertft_tui.tui.screens.runs import RunsScreen

        return next((screen for screen in self.screen_stack[:1] if isinstance(screen, RunsScreen)), None)

    @property
    def may_go_home(self) -> bool:
        """Whether nothing is lost when all screens over the table are left."""
        return not self.forms

    def open_comparison(self, run_ids: Sequence[str], baseline: str | None = None) -> None:
        """Show runs side by side, held against one of them: `baseline`, else the pinned one, else the first."""
        from bertft_tui.core.analysis.comparison import FEWEST, MOST
        from bertft_tui.tui.screens.compare import CompareScreen

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
        from bertft_tui.tui.metric_choice import following

        self.change_settings(metric=following(self.snapshot.runs, self.metric))

    def draw_charts(self, **changes: Any) -> None:
        """Draw all charts in another way."""
        self.put_settings({f"charts.{name}": value for name, value in changes.items()})

    def settings_changed(self) -> None:
        """Show table and charts as they are set now."""
        self.show()

    def action_export(self) -> None:
        """Save a picture of the screen and say where."""
        from bertft_tui.tui.export import save_picture

        path = save_picture(self, Path.cwd())
        self.notify(clean(str(path)), title="Saved", markup=False) if isinstance(path, Path) else self.complain(path)

    async def action_quit(self) -> None:
        """Leave; ask first when a check is under way. What stands in a form is kept as a draft."""
        if not self._is_furnished:
            self.exit("")
            return
        from bertft_tui.tui.screens.dialogs import Confirm

        question = next((form.question for form in self.forms), None)
        if question is None:
            self._quit()
        else:
            self.push_screen(Confirm(question, "leave", "stay"), lambda yes: self._quit() if yes else None)

    def _quit(self) -> None:
        """Leave, with a line about what goes on."""
        from bertft_tui.core.scheduling import helper

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
