"""An app that tells things in a corner: what it did, warnings, errors."""

from textual.app import App
from textual.notifications import SeverityLevel

from bertft_tui.core.errors import Problem
from bertft_tui.tui.format import clean

_READING_SECONDS = 12


class TellingApp(App[str]):
    """Shows messages in a corner: foreign text is safe there, and stays long enough to be read."""

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

    @property
    def failure(self) -> Exception | None:
        """What ended the app when nobody had foreseen it."""
        error = self._exception
        return getattr(error, "error", error)  # a background worker's comes wrapped

    def _fatal_error(self) -> None:
        """Leave the traceback to the last door: Textual would print it with the values of all variables."""
        self._close_messages_no_wait()
