"""What is said about runs to be: their names, what they belong to, note and tags."""

from collections.abc import Sequence
from dataclasses import dataclass

from bertft_tui.core.config import RunConfig
from bertft_tui.core.grid import Grid
from bertft_tui.core.run_names import default_name
from bertft_tui.core.store.commands import NewRun
from bertft_tui.core.store.records import RunRecord


@dataclass(frozen=True)
class Said:
    """What a person says about what is launched; what is left out is made up from the settings."""

    name: str | None = None
    experiment: str | None = None
    note: str = ""
    tags: tuple[str, ...] = ()


def new_runs(grid: Grid, configs: Sequence[RunConfig], said: Said, parent: RunRecord | None = None) -> list[NewRun]:
    """Return the runs of a grid: one experiment, and names that say what differs.

    `configs`: those of the grid in their order, as they were checked.
    """
    experiment = said.experiment or (parent.experiment if parent else None) or offered_experiment(grid)
    return [
        NewRun(config, run_name(grid, own, said.name), experiment or None, said.note, said.tags)
        for own, config in zip(grid.configs, configs, strict=True)
    ]


def run_name(grid: Grid, config: RunConfig, name: str | None) -> str | None:
    """The name of one run of a grid; None leaves it to the settings."""
    words = grid.words(config)
    return f"{name}: {words}" if name and words else name or words or None


def offered_experiment(grid: Grid) -> str:
    """What the runs of a grid belong to when nobody says it; empty for a single run, which needs no group."""
    return f"{default_name(grid.first, but=grid.lists)}: {grid.title}" if grid.lists else ""
