"""Opening the app."""

import sys

from bertft_tui.core.errors import InputError
from bertft_tui.core.store.database import Database


def open_app(db: Database, *, highlight: str | None = None) -> None:
    """Open the app on a store, and say farewell when it closes. Raises InputError where there is no terminal."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise InputError(
            "The app needs a terminal",
            "Standard input or output is not one.",
            "Use the commands instead: `bertft-tui --help` lists them.",
        )
    from bertft_tui.tui.app import BertftApp

    farewell = BertftApp(db, highlight=highlight).run()
    if farewell:
        print(farewell)
