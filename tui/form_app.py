"""What the app does about new runs: opening forms, coming back from a launch, keeping drafts."""

import math
import time
from collections.abc import Mapping, Sequence
from threading import Thread
from typing import TYPE_CHECKING, Any, cast

from textual.events import Event, Key

from bertft_tui.core.errors import Problem
from bertft_tui.tui.format import clean, count_of
from bertft_tui.tui.guided_app import GuidedApp
from bertft_tui.tui.keys import key_of

if TYPE_CHECKING:
    from bertft_tui.core.config import RunConfig
    from bertft_tui.core.store.records import RunRecord
    from bertft_tui.tui.app import BertftApp
    from bertft_tui.tui.feed import Feed
    from bertft_tui.tui.screens.new_run.form import FormScreen

#: Seconds between two times that a launch is said to be near.
_EXPECT_SECONDS = 30.0

#: Behind a launch, seconds for which keys were still typed at the form.
_DEAF_SECONDS = 0.4


class FormApp(GuidedApp):
    """An app with forms for new runs; what they need is loaded with the first one."""

    feed: "Feed"
    highlight: str | None
    _deaf_until = 0.0  # by the monotonic clock: keys that were typed before it are not heard
    _expected_at = -math.inf  # likewise: when a launch was last said to be near

    def expect_launch(self) -> None:
        """Say, now and then, that somebody is about to launch a run; a thread does, so that no key waits for it."""
        now = time.monotonic()
        if now - self._expected_at >= _EXPECT_SECONDS:
            self._expected_at = now
            app = cast("BertftApp", self)
            Thread(target=app.expect, args=(app.db,), daemon=True).start()

    def go_home(self) -> None:
        """Leave all screens over the table of runs."""
        while len(self.screen_stack) > 1:
            self.pop_screen()

    def open_presets(self) -> None:
        """Offer the presets."""
        from bertft_tui.tui.screens.new_run.presets import PresetScreen

        self.push_screen(PresetScreen())

    def open_form(
        self,
        config: "RunConfig",
        *,
        origin: str,
        parent: "RunRecord | None" = None,
        preset: str | None = None,
        texts: Mapping[str, str] | None = None,
    ) -> None:
        """Show a config's settings for editing and launching; a draft that was left is offered first.

        `texts`: what is filled into fields at once.
        """
        from bertft_tui.tui.form.origin import Origin
        from bertft_tui.tui.screens.new_run.opening import open_form

        began = Origin("settings", origin)
        if parent is not None:
            began = Origin("run", parent.id, origin)
        began = Origin("preset", preset) if preset is not None else began
        open_form(cast("BertftApp", self), config, began, parent, texts)

    def launched(self, run_ids: Sequence[str], warnings: tuple[Problem, ...]) -> None:
        """Go back to the table, to the first of the runs that were just launched, with the others in sight."""
        self.go_home()
        self._deaf_until = time.monotonic() + _DEAF_SECONDS
        self.highlight = run_ids[0]
        if (home := cast("BertftApp", self).home) is not None:
            home.expect(run_ids)
        self.feed.look()
        titles = "; ".join(problem.title for problem in warnings)
        self.notify(
            clean(f"{titles}. The events have the whole." if titles else self._start_words(len(run_ids)), limit=300),
            title=f"{count_of(len(run_ids), 'run')} queued",
            severity="warning" if warnings else "information",
            markup=False,
        )

    def _start_words(self, count: int) -> str:
        """Say when runs start that were just launched, and how to find several again."""
        several = count > 1
        group = f" {key_of('group', 'runs')} groups them by their experiment." if several else ""
        if cast("BertftApp", self).snapshot.queue.paused:
            return f"The queue is paused: {key_of('toggle_queue', 'runs')} lets it go on.{group}"
        return ("They start as devices get free." if several else "It starts when a device is free.") + group

    async def on_event(self, event: Event) -> None:
        """Let no key that was meant for a form that has just gone act on the table."""
        if isinstance(event, Key) and event.time < self._deaf_until:
            return
        await super().on_event(event)

    @property
    def forms(self) -> "list[FormScreen]":
        """The forms that are open."""
        return [cast(Any, screen) for screen in self.screen_stack if getattr(screen, "SCOPE", None) == "form"]

    def keep_drafts(self) -> list[str]:
        """Write down what stands in open forms; return what they began as."""
        return [clean(form.origin.words, limit=80) for form in self.forms if form.keep_draft()]
