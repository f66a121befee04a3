"""The command line in a process of its own, in a folder with a store of its own."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bertft_tui.core.paths import StorePath

COMMAND = [sys.executable, "-P", "-m", "bertft_tui.tui.cli.main"]


@dataclass(frozen=True)
class Answer:
    """What a command left behind."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Lab:
    """A folder with a store, and the command line as a person in it would use it."""

    folder: Path
    store: StorePath
    environment: dict[str, str] = field(default_factory=dict)

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        """Start a command and do not wait for it."""
        pipe = subprocess.PIPE
        return subprocess.Popen(
            [*COMMAND, *arguments], cwd=self.folder, env=self.environment, stdout=pipe, stderr=pipe, text=True
        )

    def run(self, *arguments: str) -> Answer:
        """Run a command to its end."""
        child = self.start(*arguments)
        out, err = child.communicate(timeout=240)
        return Answer(child.returncode, out, err)


def make_lab(folder: Path, environment: Mapping[str, str] | None = None) -> Lab:
    """Make a lab in a folder, with a store and device locks of its own; `environment` is added to this one."""
    store = StorePath(folder / "lab.db")
    own = {"BERTFT_DB": str(store.file), "BERTFT_RUNTIME_DIR": str(folder / "runtime"), "OMP_NUM_THREADS": "1"}
    return Lab(folder, store, {**os.environ, **(environment or {}), **own, "XDG_STATE_HOME": str(folder / "state")})
