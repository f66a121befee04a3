"""Checks before a run is enqueued, in a helper process: the interface never loads what they need."""

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bertft_tui.core.config import RunConfig
from bertft_tui.core.config_file import to_toml
from bertft_tui.core.errors import BertftError, InputError, Problem

CHECK_MODULE = "bertft_tui.core.training.check"

#: Seconds. Reading a few hundred megabytes of text takes a while; a network name that hangs takes for ever.
TIMEOUT = 120


@dataclass(frozen=True)
class Checked:
    """A config that can be launched: its local paths are absolute, its data and model were looked at."""

    config: RunConfig
    warnings: tuple[Problem, ...] = ()
    train_rows: int | None = None
    eval_rows: int | None = None
    labels: tuple[str, ...] = ()


def check(config: RunConfig) -> Checked:
    """Look at data and model as the worker would. Raises InputError with what is wrong and what to do."""
    config = absolute_paths(config)
    with tempfile.TemporaryDirectory(prefix="bertft-check-") as folder:
        file = Path(folder) / "config.toml"
        file.write_text(to_toml(config, comments=False), encoding="utf-8")
        answer = _ask(file)
    if not answer.get("ok"):
        problem = answer["error"]
        raise InputError(problem["title"], problem["message"], problem.get("hint", ""))
    return Checked(
        config=config,
        warnings=tuple(Problem(**warning) for warning in answer.get("warnings", [])),
        train_rows=answer.get("train_rows"),
        eval_rows=answer.get("eval_rows"),
        labels=tuple(answer.get("labels", ())),
    )


def absolute_paths(config: RunConfig) -> RunConfig:
    """Make names of files and folders that exist here absolute: the worker runs elsewhere."""
    settings = {"model.name_or_path": config.model.name_or_path, "data.dataset": config.data.dataset}
    found = {
        key: str(Path(name).expanduser().absolute())
        for key, name in settings.items()
        if name != "demo" and Path(name).expanduser().exists()
    }
    return config.with_settings(found)


def _ask(file: Path) -> dict[str, Any]:
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", CHECK_MODULE, str(file)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT,
            check=False,
            text=True,
        )
    except subprocess.TimeoutExpired:
        raise InputError(
            "The check took too long",
            f"Data and model were not read within {TIMEOUT} seconds.",
            "Is the data on a slow disk or behind a network that does not answer?",
        ) from None
    try:
        answer: dict[str, Any] = json.loads(done.stdout.strip().rpartition("\n")[2])  # what is above is progress
    except ValueError:
        tail = "\n".join(done.stderr.strip().splitlines()[-3:])
        raise BertftError(
            "The check itself failed", tail or f"exit code {done.returncode}", "`bertft-tui doctor` looks closer."
        ) from None
    return answer
