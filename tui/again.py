"""The command line that makes a run again."""

import shlex

from bertft_tui.core.config import format_value
from bertft_tui.core.presets import PRESETS
from bertft_tui.core.store.records import RunRecord


def command_line(run: RunRecord) -> str:
    """The nearest preset, and every setting in which the run differs from it."""
    near = min(PRESETS.values(), key=lambda preset: len(preset.config.diff(run.config)))
    changes = near.config.diff(run.config)
    words = ["bertft-tui", "run", "--preset", near.name]
    for change in changes:
        words += ["--set", f"{change.field}={format_value(change.new)}"]
    return shlex.join(words)
