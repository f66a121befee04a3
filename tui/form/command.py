"""Runs as the command line that makes the same: those of a form, and one that is there."""

import shlex
from collections.abc import Mapping
from typing import Any

from bertft_tui.core.config import RunConfig
from bertft_tui.core.grid import Grid, written, written_list
from bertft_tui.core.presets import PRESETS
from bertft_tui.core.store.new_runs import Said
from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.form.origin import Origin


def command_line(origin: Origin, base: RunConfig, grid: Grid, said: Said, store: str | None = None) -> str:
    """Return `bertft-tui run …`, quoted for a shell. `base`: what the form began with. `store`: for `--db`."""
    words = ["bertft-tui", "run"]
    words += ["--db", store] if store else []
    words += {"preset": ["--preset", origin.key], "run": ["--from", origin.key]}.get(origin.kind, [])
    before = (RunConfig() if origin.kind == "settings" else base).flat()
    for key, value in grid.first.flat().items():
        if key in grid.lists:
            words += ["--set", f"{key}={written_list(key, grid.lists[key], ',')}"]
        elif value != before[key]:
            words += ["--set", f"{key}={written(key, value)}"]
    words += [word for name, text in _about(said) if text for word in (name, text)]
    return shlex.join(words)


def command_of(run: RunRecord) -> str:
    """The command line that makes a run again: the nearest preset, and every setting in which the run differs."""
    near = min(PRESETS.values(), key=lambda preset: len(preset.config.diff(run.config)))
    return command_line(Origin("preset", near.name), near.config, Grid((run.config,), {}), Said())


def command_that_changes(run: RunRecord, changes: Mapping[str, Any]) -> str:
    """The command line that starts a run from one that is there, with some settings changed."""
    grid = Grid((run.config.with_settings(dict(changes)),), {})
    return command_line(Origin("run", run.id), run.config, grid, Said())


def _about(said: Said) -> list[tuple[str, str]]:
    options = [("--name", said.name or ""), ("--experiment", said.experiment or ""), ("--note", said.note)]
    return options + [("--tag", tag) for tag in said.tags]
