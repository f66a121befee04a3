"""Nothing that was typed into the form is lost: it is kept as a draft until it is launched."""

import asyncio
from collections.abc import Mapping
from threading import Lock
from types import MappingProxyType

from textual.timer import Timer

from bertft_tui.core.config import RunConfig
from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.form.drafts import Drafts
from bertft_tui.tui.form.origin import Origin
from bertft_tui.tui.format import clean
from bertft_tui.tui.screens.new_run.base import FormBase

#: Seconds behind the last key after which the draft is written.
_PAUSE = 0.4


class Drafting(FormBase):
    """A form that writes down what stands in it."""

    _draft_of: Origin
    _changes: Mapping[str, str] = MappingProxyType({})  # what stands in the fields that were changed
    _advised: Mapping[str, str] = MappingProxyType({})  # what was filled in when it was opened, and is no draft yet
    _draft_timer: Timer | None = None
    _draft_failed = False
    _launched = False

    def __init__(
        self, config: RunConfig, origin: Origin, parent: RunRecord | None, texts: Mapping[str, str] | None
    ) -> None:
        super().__init__(config, origin, parent, texts)
        self._writing = Lock()

    @property
    def drafts(self) -> Drafts:
        """The drafts beside the store."""
        return Drafts(self.bertft.db.path.drafts)

    def draft_soon(self) -> None:
        """Write the draft when the keys pause."""
        self._changes = {row.key: row.text for row in self.form.edited}
        self._stop_timer()
        self._draft_timer = self.set_timer(_PAUSE, self._write_soon)

    async def _write_soon(self) -> None:
        self._draft_timer = None
        if not self._launched:
            await asyncio.to_thread(self._write, self._changes)

    def keep_draft(self) -> bool:
        """Write the draft now; say whether there is one."""
        self._stop_timer()
        if self._launched:
            return False
        self._write(self._changes)
        return bool(self._typed(self._changes)) and not self._draft_failed

    def _typed(self, changes: Mapping[str, str]) -> Mapping[str, str]:
        """What there is to keep: nothing while only that stands there with which the form was opened."""
        return {} if changes == self._advised else changes

    def on_unmount(self) -> None:
        """However the form goes, what stands in it is kept."""
        if self._draft_timer is not None:
            self.keep_draft()

    def _stop_timer(self) -> None:
        if self._draft_timer is not None:
            self._draft_timer.stop()
            self._draft_timer = None

    def drop_draft(self) -> None:
        """The form was launched: there is nothing to keep any more."""
        self._launched = True
        self._stop_timer()
        with self._writing:  # a thread may be at it
            self.drafts.discard(self._draft_of)

    def _write(self, changes: Mapping[str, str]) -> None:
        try:
            with self._writing:
                if not self._launched:
                    self.drafts.keep(self._draft_of, self._base, self._typed(changes))
        except OSError as error:
            if not self._draft_failed:
                self._draft_failed = True
                words = clean(f"The draft cannot be kept: {error.strerror or error}.", limit=200)
                self.app.call_later(self.notify, words, severity="warning", markup=False)
        else:
            self._draft_failed = False
