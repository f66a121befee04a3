"""Opening the app."""

import sys

from bertft_tui.core.errors import InputError
from bertft_tui.core.store.database import Database


def has_terminal() -> bool:
    """Whether the app could open: Textual reads from standard input and draws on standard error."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def open_app(db: Database, *, highlight: str | None = None) -> None:
    """Open the app on a store, and say farewell when it closes. Raises InputError where there is no terminal."""
    if not has_terminal():
        raise InputError(
            "The app needs a terminal",
            "Standard input or standard error is not one.",
            "Use the commands instead: `bertft-tui --help` lists them.",
        )
    from bertft_tui.tui.app import BertftApp

    farewell = BertftApp(db, highlight=highlight).run()
    if farewell:
        print(farewell)
