"""What a form began as."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Origin:
    """A preset, a run, or settings from somewhere else."""

    kind: Literal["preset", "run", "settings"]
    key: str  # the preset's name, the run's id, or what the settings are called
    title: str = ""  # the run's name

    @property
    def words(self) -> str:
        """What people call it: `preset demo`, or the run's name."""
        return f"preset {self.key}" if self.kind == "preset" else self.title or self.key
