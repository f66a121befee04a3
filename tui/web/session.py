"""The app of one browser tab: a process that the server starts for each, with the store's file as its argument."""

import os
import sys
from pathlib import Path

from bertft_tui.core.errors import BertftError
from bertft_tui.core.paths import StorePath
from bertft_tui.core.store.database import Database
from bertft_tui.tui.app import BertftApp
from bertft_tui.tui.theme_choice import asked_theme
from bertft_tui.tui.warm_choice import asked_warm


def main(file: str) -> int:
    """Show the store until the tab is closed or somebody leaves; return the exit code."""
    try:
        with Database.open(StorePath(Path(file))) as db:
            app = BertftApp(db, overrides=asked_theme(os.environ) | asked_warm(os.environ))
            app.run(mouse=app.settings.mouse)
    except BertftError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    if app.failure is not None:
        print(f"{type(app.failure).__name__}: {app.failure}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
