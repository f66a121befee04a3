"""A warm process that has nothing to import, and forks quick workers: `python -m quick_warm`."""

import os
from pathlib import Path

import quick_worker

from bertft_tui.core.paths import RunDirectory
from bertft_tui.core.training.downloads import end_children
from bertft_tui.core.training.fork_server import serve


def work(directory: Path, ticket: str) -> int:
    """Be a quick worker."""
    return quick_worker.main(RunDirectory(directory), ticket)


if __name__ == "__main__":
    code = serve(lambda: None, work)
    end_children()
    os._exit(code)
