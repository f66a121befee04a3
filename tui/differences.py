"""What sets a run apart: from the run it was made from, else from the preset that is nearest."""

from dataclasses import dataclass

from bertft_tui.core.config import Change, RunConfig
from bertft_tui.core.presets import nearest
from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.snapshot import Snapshot


@dataclass(frozen=True)
class Differences:
    """The settings in which a run differs, and from what."""

    origin: str  # "preset demo", or the parent's name
    changes: tuple[Change, ...]
    base: RunConfig


def differences(run: RunRecord, snapshot: Snapshot) -> Differences:
    """Compare a run with its parent if that is known, else with the nearest preset."""
    parent = snapshot.run(run.parent)
    if parent is not None:
        return Differences(parent.name, parent.config.diff(run.config), parent.config)
    near = nearest(run.config)
    return Differences(f"preset {near.name}", near.config.diff(run.config), near.config)
