"""Opening the app."""

import sys

from bertft_tui.core.errors import InputError
from bertft_tui.core.store.database import Database


def require_terminal() -> None:
    """Raise InputError where the app could not open: nothing is to be enqueued for it then."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise InputError(
            "The app needs a terminal",
            "Standard input or output is not one.",
            "Use the commands instead, for example `bertft-tui demo --headless`; `bertft-tui --help` lists them.",
        )


def open_app(db: Database, *, highlight: str | None = None) -> None:
    """Open the app on a store, and say farewell when it closes."""
    from bertft_tui.tui.app import BertftApp

    farewell = BertftApp(db, highlight=highlight).run()
    if farewell:
        print(farewell)
