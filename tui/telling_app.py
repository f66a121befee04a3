"""An app that tells things in a corner: what it did, warnings, errors; and keeps them to be read again."""

import time
from collections import deque
from dataclasses import dataclass

from textual.app import App
from textual.content import Content
from textual.notifications import SeverityLevel

from bertft_tui.core.errors import Problem
from bertft_tui.tui.format import clean
from bertft_tui.tui.in_app import in_app
from bertft_tui.tui.keys import key_of

#: Seconds for which foreign text stays, and the letters that are read in one.
_READING_SECONDS = 12
_LETTERS_A_SECOND = 15

#: Up to this height a message takes no more lines than these under its title, and covers the others.
_LOW = 24
_LINES: dict[SeverityLevel, int] = {"information": 2, "warning": 3, "error": 3}

#: Cells that a message leaves free beside its words: its edge, a margin, and what the corner keeps.
_BESIDE = 6

#: Messages that are kept.
_KEPT = 200


@dataclass(frozen=True)
class Told:
    """A message, whole."""

    at: float
    title: str
    message: str
    severity: SeverityLevel


class TellingApp(App[str]):
    """Shows messages in a corner: foreign text is safe there, and stays long enough to be read."""

    VERTICAL_BREAKPOINTS = [(0, "-few-lines"), (_LOW + 1, "-many-lines")]  # noqa: RUF012 - Textual's own declaration

    def __init__(self) -> None:
        super().__init__()
        self.told: deque[Told] = deque(maxlen=_KEPT)  # the last one last

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
        self.told.append(Told(time.time(), title, message, severity))
        shown = self._shortened(message, _LINES[severity]) if self._is_low and not markup else message
        others = [each for each in self._notifications if each.severity != "warning"][:-1]
        again = [each for each in self._notifications if each.message == shown and each not in others]
        for old in [*others, *again]:
            self._unnotify(old, refresh=False)
        if timeout is None:
            timeout = max(self.NOTIFICATION_TIMEOUT, (len(title) + len(shown)) / _LETTERS_A_SECOND)
        super().notify(shown, title=title, severity=severity, timeout=timeout, markup=markup)

    @property
    def _is_low(self) -> bool:
        return self.size.height <= _LOW

    def _shortened(self, message: str, lines: int) -> str:
        """As much of a message as so many lines hold, and the key that shows the whole where that is not all."""
        width, more = max(30, self.size.width - _BESIDE), f"… {key_of('messages', 'everywhere')} shows the whole."
        shown = Content(" ".join(message.split())).wrap(width)
        if len(shown) > lines:
            shown[lines - 1 :] = [shown[lines - 1].truncate(width - len(more)) + more]
        return "\n".join(line.plain.rstrip() for line in shown)

    def complain(self, problem: Problem) -> None:
        """Show an error in a corner: what, where, and what to do."""
        text = "\n".join(part for part in (problem.message, problem.hint) if part)
        self._toast(problem.title, text, "error")

    def warn(self, warnings: tuple[Problem, ...]) -> None:
        """Show warnings in a corner, each on its own; where they cover each other, the last says of the others."""
        for number, problem in enumerate(warnings, 1):
            covers = self._is_low and number == len(warnings) > 1
            others = f" (and {number - 1} more: {key_of('messages', 'everywhere')})" if covers else ""
            self._toast(problem.title + others, f"{problem.message} {problem.hint}".strip(), "warning")

    def _toast(self, title: str, text: str, severity: SeverityLevel) -> None:
        """Show foreign text in a corner, long enough to read it, with the keys of the app for what is to be done."""
        self.notify(
            clean(in_app(text), lines=True, limit=600),
            title=clean(title, limit=100),
            severity=severity,
            timeout=_READING_SECONDS,
            markup=False,
        )

    @property
    def failure(self) -> Exception | None:
        """What ended the app when nobody had foreseen it."""
        error = self._exception
        return getattr(error, "error", error)  # a background worker's comes wrapped

    def _fatal_error(self) -> None:
        """Leave the traceback to the last door: Textual would print it with the values of all variables."""
        self._close_messages_no_wait()
