"""A store for command lines to be thrown at: put back before each throw, compared after it."""

import shutil
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import Any

from bertft_tui.core.paths import StorePath
from bertft_tui.tui.cli import main as command_line


@dataclass(frozen=True)
class Thrown:
    """A folder with a store of eight runs beside it, as it was and as it is."""

    template: Path
    store: StorePath
    here: Path

    def restore(self) -> dict[str, bytes]:
        """Put the store back as it was, and nothing beside it; return what there is."""
        for path in (*self.store.file.parent.iterdir(), *self.here.iterdir()):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        shutil.copy(self.template, self.store.file)
        return self.state()

    def state(self) -> dict[str, bytes]:
        """Every file and what is in it, but for the locks, SQLite's places for readers, and the backup of the day."""
        files = [*self.store.file.parent.glob("*"), *self.here.rglob("*")]
        passing = (".lock", "-shm")
        found = {str(path): path.read_bytes() for path in files if path.is_file() and not path.name.endswith(passing)}
        return {name: content for name, content in found.items() if content or not name.endswith("-wal")}

    def throw(self, words: list[str]) -> tuple[int, str]:
        """Run a command line in this process; return its exit code and what it said on stderr."""
        out, err = (TextIOWrapper(BytesIO(), "utf-8") for _ in range(2))
        sys.argv, sys.stdin = ["bertft-tui", *words], StringIO("one line\n")
        code: Any = 0
        with redirect_stdout(out), redirect_stderr(err):
            try:
                command_line.main()
            except SystemExit as end:
                code = end.code or 0
        err.seek(0)
        return code, err.read()
