"""The app: screens, theme, and what they share."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from textual import work
from textual.app import App, SystemCommand
from textual.binding import BindingType
from textual.events import Event, Key
from textual.notifications import SeverityLevel
from textual.screen import Screen

from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import BertftError, Problem
from bertft_tui.core.scheduling import helper, preflight, preview
from bertft_tui.core.scheduling.preflight import Checked
from bertft_tui.core.scheduling.service import ensure_running
from bertft_tui.core.scheduling.survey import Survey
from bertft_tui.core.store.backup import DailyBackup
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.records import RunRecord
from bertft_tui.core.tell import Tell
from bertft_tui.tui.curves import ChartOptions
from bertft_tui.tui.export import save_picture
from bertft_tui.tui.feed import Feed
from bertft_tui.tui.form.origin import Origin
from bertft_tui.tui.format import clean, count_of
from bertft_tui.tui.keys import bindings, commands
from bertft_tui.tui.messages import FeedFailed, PurgeEnded, ScoringEnded, SnapshotReady
from bertft_tui.tui.metric_choice import AUTO, following
from bertft_tui.tui.purging import Ended, Purging, purged_words
from bertft_tui.tui.scored import score
from bertft_tui.tui.screens.base import StoreScreen
from bertft_tui.tui.screens.dialogs import Confirm
from bertft_tui.tui.screens.help import HelpScreen
from bertft_tui.tui.screens.new_run.form import FormScreen
from bertft_tui.tui.screens.new_run.opening import open_form
from bertft_tui.tui.screens.new_run.presets import PresetScreen
from bertft_tui.tui.screens.new_run.surveying import MakeSurveyor
from bertft_tui.tui.screens.palette import Palette
from bertft_tui.tui.screens.run_detail import RunScreen
from bertft_tui.tui.screens.runs import RunsScreen
from bertft_tui.tui.screens.trash import TrashScreen
from bertft_tui.tui.snapshot import Snapshot
from bertft_tui.tui.theme import QUIET

_READING_SECONDS = 12

#: Behind a launch, seconds for which keys were still typed at the form.
_DEAF_SECONDS = 0.4

#: Long after the first paint; from then on it asks for the day's file.
_BACKUP_SECONDS = 60


class BertftApp(App[str]):
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
    ) -> None:
        super().__init__()
        self.db, self.wake, self.check, self.look = db, wake, check, look
        self.make_surveyor = survey  # None: nobody looks ahead while a form is open
        self._score = score
        self.scoring: dict[str, str] = {}  # the names of the runs that are being scored, by id
        self.purging: Purging | None = None
        self.deleted: list[str] = []  # what was deleted here and not taken back, the last one last
        self.highlight = self.opened_for = highlight
        self.snapshot = Snapshot()
        self._deaf_until = 0.0  # by the monotonic clock: keys that were typed before it are not heard
        self.metric = AUTO
        self.charts = ChartOptions()
        self.feed = Feed(self, db, wake)
        self.register_theme(QUIET)
        self.theme = QUIET.name
        self.animation_level = "none"  # over a slow line an animation is a stutter

    @property
    def store_name(self) -> str:
        """The store's file name, as the header shows it."""
        return self.db.path.file.name + (" (read-only)" if self.db.read_only else "")

    def get_default_screen(self) -> Screen[Any]:
        """The table of runs is home."""
        return RunsScreen()

    def on_mount(self) -> None:
        """Begin to look at the store, and see to its backup on the days on which the app stays open."""
        self.feed.start()
        self.warn(self.db.warnings)
        if not self.db.read_only:
            self.set_interval(_BACKUP_SECONDS, DailyBackup(self.db.path).look)

    def on_unmount(self) -> None:
        """Let a look under way end before the store is closed."""
        self.feed.stop()

    @property
    def failure(self) -> Exception | None:
        """What ended the app when nobody had foreseen it."""
        error = self._exception
        return getattr(error, "error", error)  # a background worker's comes wrapped

    def _fatal_error(self) -> None:
        """Leave the traceback to the last door: Textual would print it with the values of all variables."""
        self._close_messages_no_wait()

    def action_command_palette(self) -> None:
        """Open the palette."""
        if not isinstance(self.screen, Palette):
            self.push_screen(Palette(id="--command-palette"))

    def on_snapshot_ready(self, event: SnapshotReady) -> None:
        """Show a newer state of the store; say what is the matter with its disk, once."""
        before, self.snapshot = self.snapshot.disk, event.snapshot
        if self.snapshot.disk is not None and self.snapshot.disk != before:
            self.warn((self.snapshot.disk,))
        if self.is_running:  # when the app closes, its screens lose their widgets while snapshots still arrive
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

    def open_run(self, run_id: str, pane: int = 1) -> None:
        """Open a run's own screen, or turn to another pane of the one that is open."""
        if isinstance(self.screen, RunScreen):
            self.screen.action_pane(pane)
        else:
            self.push_screen(RunScreen(run_id, pane))

    def open_presets(self) -> None:
        """Offer the presets."""
        self.push_screen(PresetScreen())

    def open_form(
        self, config: RunConfig, *, origin: str, parent: RunRecord | None = None, preset: str | None = None
    ) -> None:
        """Show a config's settings for editing and launching; a draft that was left is offered first."""
        began = Origin("settings", origin)
        if parent is not None:
            began = Origin("run", parent.id, origin)
        open_form(self, config, Origin("preset", preset) if preset is not None else began, parent)

    def launched(self, run_ids: Sequence[str], warnings: tuple[Problem, ...]) -> None:
        """Go back to the table, to the first of the runs that were just put into the queue."""
        while len(self.screen_stack) > 1:
            self.pop_screen()
        self._deaf_until = time.monotonic() + _DEAF_SECONDS
        self.highlight = run_ids[0]
        self.feed.look()
        titles = "; ".join(problem.title for problem in warnings)
        self.notify(
            clean(f"{titles}. The events have the whole.", limit=300)
            if titles
            else "They start when a device is free.",
            title=f"{count_of(len(run_ids), 'run')} queued",
            severity="warning" if titles else "information",
            markup=False,
        )

    async def on_event(self, event: Event) -> None:
        """Let no key that was meant for a form that has just gone act on the table."""
        if isinstance(event, Key) and event.time < self._deaf_until:
            return
        await super().on_event(event)

    def next_metric(self) -> None:
        """Choose the next metric for the table and the charts."""
        self.metric = following(self.snapshot.runs, self.metric)
        self.show()

    def draw_charts(self, **changes: Any) -> None:
        """Draw all charts in another way."""
        self.charts = replace(self.charts, **changes)
        self.show()

    def action_help(self) -> None:
        """Show all keys, those of this screen first."""
        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(getattr(self.screen, "SCOPE", "runs")))

    def action_export(self) -> None:
        """Save a picture of the screen and say where."""
        path = save_picture(self, Path.cwd())
        self.notify(clean(str(path)), title="Saved", markup=False) if isinstance(path, Path) else self.complain(path)

    async def action_quit(self) -> None:
        """Leave; ask first when a check is under way. What stands in a form is kept as a draft."""
        form = next((screen for screen in self.screen_stack if isinstance(screen, FormScreen)), None)
        question = form.question if form is not None else None
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
        lines += [f"The form is kept as a draft: {name}." for name in self._keep_drafts()]
        lines += ["The purge was ended; `bertft-tui purge` finishes it."] if self.purging else []
        self.exit("\n".join(lines))

    def _keep_drafts(self) -> list[str]:
        """Write down what stands in open forms; return what they began as."""
        forms = [screen for screen in self.screen_stack if isinstance(screen, FormScreen)]
        return [clean(form.origin.words, limit=80) for form in forms if form.keep_draft()]

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """The palette offers what the keys of the present screen do."""
        scope = getattr(screen, "SCOPE", None)
        for command in commands(scope) if scope else []:
            if command.palette:
                namespace = self if command.is_global else screen
                run = partial(self.run_action, command.action, namespace)
                yield SystemCommand(f"{command.label} ({command.first_key})", command.help, run)
