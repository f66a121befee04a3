"""What the two screens that show the store have in common."""

import asyncio
import time
from typing import TYPE_CHECKING, ClassVar, TypeVar, cast

from textual.app import ComposeResult
from textual.screen import Screen

from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.feed import Interests
from bertft_tui.tui.keys import Scope
from bertft_tui.tui.metric_choice import choice_title, legend
from bertft_tui.tui.snapshot import Snapshot
from bertft_tui.tui.widgets.lines import HeaderLine, KeyLine

if TYPE_CHECKING:
    from bertft_tui.tui.app import BertftApp

T = TypeVar("T")

#: Durations and times left of live runs go on between two changes of the store.
TICK = 1.0


class StoreScreen(Screen[None]):
    """A header, a body, a footer; shown anew with every snapshot, and once a second while runs are alive."""

    SCOPE: ClassVar[Scope]

    _is_composed = False
    _shown_at = 0.0  # monotonic seconds

    @property
    def bertft(self) -> "BertftApp":
        """The app, by its own type."""
        return cast("BertftApp", self.app)

    @property
    def selected(self) -> RunRecord | None:
        """The run that keys act on."""
        raise NotImplementedError

    @property
    def is_in_charge(self) -> bool:
        """Whether the feed reads for this screen: dialogs may lie over it, but no other screen of the store.

        Textual calls the screen under the one on top current too.
        """
        stores = [screen for screen in self.app.screen_stack if isinstance(screen, StoreScreen)]
        return bool(stores) and stores[-1] is self

    @property
    def place(self) -> str:
        """What the header says instead of how many run and wait; empty for that."""
        return ""

    @property
    def targets(self) -> tuple[RunRecord, ...]:
        """The runs that keys act on which can act on several: the marked ones, else the selected one."""
        return (self.selected,) if self.selected is not None else ()

    #: What is said when a key finds no run to act on.
    NO_RUN: ClassVar[str] = "There is no run yet. Press n to start one."

    def require_run(self) -> RunRecord | None:
        """The selected run; without one, say so."""
        return self._required(self.selected)

    def require_runs(self) -> tuple[RunRecord, ...]:
        """The marked runs, else the selected one; without any, say so."""
        return self._required(self.targets)

    def _required(self, found: T) -> T:
        if not found:
            self.notify(self.NO_RUN, severity="warning", markup=False)
        return found

    def forget_marks(self) -> None:
        """Let no run be marked any more: what they were marked for is done."""

    def compose_body(self) -> ComposeResult:
        """What stands between header and footer."""
        raise NotImplementedError

    def interests(self) -> Interests:
        """What the feed should read for this screen."""
        raise NotImplementedError

    def in_sight(self, snapshot: Snapshot) -> tuple[RunRecord, ...]:
        """The runs whose figures stand on this screen."""
        raise NotImplementedError

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Bring the body up to date."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """Header, body, footer."""
        yield HeaderLine()
        yield from self.compose_body()
        yield KeyLine(self.SCOPE)

    def on_mount(self) -> None:
        """Show what is known, and let the clocks tick."""
        self._is_composed = True
        self.show()
        self.set_interval(TICK, self._tick)

    def on_screen_resume(self) -> None:
        """Ask the feed for what this screen shows, now that it is on top."""
        self.show()

    def on_resize(self) -> None:
        """Choose again what fits."""
        self.call_after_refresh(self.show)

    def show(self) -> None:
        """Bring the screen up to date with the newest snapshot."""
        if not (self._is_composed and self.is_attached and self.query(HeaderLine)):
            return  # keys may come before the screen is there, and an answer while its parts are taken down
        snapshot, self._shown_at = self.bertft.snapshot, time.monotonic()
        with self.app.batch_update():
            metric = choice_title(snapshot.runs, self.bertft.metric)
            mark = legend(self.in_sight(snapshot), self.bertft.metric)
            header = self.query_one(HeaderLine)
            at_work, place = self.bertft.at_work, self.place
            header.show(snapshot, self.bertft.store_name, metric, mark, at_work=at_work, place=place)
            self.show_snapshot(snapshot)
        if self.is_in_charge:
            self.call_after_refresh(self._tell_feed)  # what is known is painted before more is read

    async def painted(self) -> None:
        """Wait until what has been changed by now is on the terminal."""
        done = asyncio.Event()
        self.call_after_refresh(done.set)
        await done.wait()

    def _tell_feed(self) -> None:
        if self.is_in_charge:
            self.bertft.feed.watch(self.interests())

    def _tick(self) -> None:
        if time.monotonic() - self._shown_at < TICK / 2:
            return  # the clocks went on with what else has come
        if self.is_in_charge and (self.bertft.snapshot.alive or self.bertft.at_work):
            self.show()
