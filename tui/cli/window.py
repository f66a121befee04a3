"""Opening the app."""

import gc
import os
import signal
import sys

from bertft_tui.core.errors import InputError
from bertft_tui.core.paths import resolve_store
from bertft_tui.core.store.database import Database
from bertft_tui.tui.theme_choice import asked_theme
from bertft_tui.tui.warm_choice import asked_warm

#: Terminals that cannot place text: what Textual takes for their size is a guess, and it draws without end.
_DUMB = ("dumb", "unknown")

#: How long a lone escape waits for the rest of a longer key, which any terminal sends at once. Textual's own tenth of
#: a second can be felt; who has a line that tears keys apart sets another.
_ESCAPE_MILLISECONDS = "25"


def has_terminal() -> bool:
    """Whether the app could open: Textual reads from standard input and draws on standard error."""
    return not _why_not()


def _why_not() -> str:
    """Say why the app cannot open; empty when it can."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return "Standard input or standard error is not one."
    if (name := os.environ.get("TERM", "").lower()) in _DUMB:
        return f"TERM is {name!r}: a terminal that cannot place text."
    return ""


def open_usual(named: str | None) -> None:
    """Open the app on the store that `--db` names, else on the usual one. Raises StoreError, InputError."""
    asked_theme(os.environ)  # before a store is made
    with Database.open(resolve_store(named)) as store:
        open_app(store)


def open_app(db: Database, *, highlight: str | None = None) -> None:
    """Open the app on a store, and say farewell when it closes. Raises InputError where there is no terminal."""
    if reason := _why_not():
        raise InputError(
            "The app needs a terminal",
            reason,
            "Use the commands instead: `bertft-tui --help` lists them.",
        )
    gc.disable()  # of what is loaded from here on nothing is garbage; the app lets it go on when its rows are there
    os.environ.setdefault("ESCDELAY", _ESCAPE_MILLISECONDS)  # Textual reads it when it is loaded
    from bertft_tui.tui.app import BertftApp

    asked = asked_theme(os.environ) | asked_warm(os.environ)
    app = BertftApp(db, highlight=highlight, overrides=asked, frame_first=True)
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:  # by `nohup`, a script: without its terminal it would spin
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
    farewell = app.run(mouse=app.settings.mouse)
    if app.failure is not None:
        raise app.failure
    if farewell:
        print(farewell)
