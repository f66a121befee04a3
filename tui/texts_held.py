"""The texts of an evaluation for as long as a screen shows them: read once, by a process of their own."""

import asyncio
import time
from collections.abc import Callable, Iterable
from typing import Protocol

from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import BertftError, Problem
from bertft_tui.core.scheduling.texts_again import EvaluatedText, Reading, TextsAgain, not_readable
from bertft_tui.core.tell import Tell, silent
from bertft_tui.tui.format import clean

#: What stands in the place of a text.
_NOT_YET, _NO_TEXT = "…", "(its text cannot be read again)"


class ReadsTexts(Protocol):
    """What reads texts; `end` may come at any time, from another thread."""

    def read(
        self, config: RunConfig, hashes: Iterable[int], tell: Tell = silent, *, tested: bool = False
    ) -> TextsAgain:
        """Return those with these hashes; `tested`: of the test split. Raises BertftError."""

    def end(self) -> None:
        """Let it be."""


class HeldTexts:
    """What was read of the texts of one run, what is being read, or why nothing can be."""

    def __init__(self, make: Callable[[], ReadsTexts] = Reading) -> None:
        self._make = make
        self._reading: ReadsTexts | None = None
        self._since = 0.0  # monotonic seconds
        self._told = ""
        self.texts: TextsAgain | None = None
        self.problem: Problem | None = None

    @property
    def is_begun(self) -> bool:
        """Whether they were asked for."""
        return self._reading is not None

    @property
    def progress(self) -> str:
        """What is being done, and for how long; empty when nothing is."""
        if self._reading is None or self.texts is not None or self.problem is not None:
            return ""
        return f"{clean(self._told, limit=100) or 'reading the texts'}… {int(time.monotonic() - self._since)} s"

    def text(self, text_hash: int) -> EvaluatedText | str:
        """The text with this hash, or what stands in its place while it is not there, or for good."""
        if self.texts is None:
            return _NO_TEXT if self.problem is not None else _NOT_YET
        return self.texts.texts.get(text_hash, _NO_TEXT)

    async def read(self, config: RunConfig, hashes: Iterable[int], *, tested: bool) -> bool:
        """Read them in another thread; False when nobody wants them any more. `tested`: of the test split."""
        reading = self._reading = self._make()
        self._since, self._told = time.monotonic(), ""
        texts, problem = None, None
        try:
            texts = await asyncio.to_thread(reading.read, config, hashes, self._hear, tested=tested)
            problem = texts.gone
        except BertftError as error:
            problem = not_readable(error)
        if self._reading is not reading:
            return False
        self.texts, self.problem = texts, problem
        return True

    def forget(self) -> None:
        """Hold nothing any more; a reading under way is ended, without waiting for it."""
        if self._reading is not None and self.texts is None:
            self._reading.end()
        self._reading, self.texts, self.problem = None, None, None

    def _hear(self, text: str) -> None:
        """Take what the reading says; it comes from another thread."""
        self._told = text
