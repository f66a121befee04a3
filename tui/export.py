"""A picture of the screen as SVG."""

import time
from pathlib import Path

from textual.app import App

from bertft_tui.core.errors import Problem
from bertft_tui.core.whole_file import write_whole


def save_picture(app: App[str], folder: Path) -> Path | Problem:
    """Write what is on screen into a new file in a folder; return its path, or why it could not be written."""
    path = folder / time.strftime("bertft-tui-%Y%m%d-%H%M%S.svg")
    try:
        write_whole(path, app.export_screenshot(title=app.title).encode(), shared=True)
    except OSError as error:
        return Problem(
            "The picture could not be saved",
            f"{path}: {error.strerror or error}.",
            "Start the app in a folder that can be written to.",
        )
    return path
