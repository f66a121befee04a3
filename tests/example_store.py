"""The store that lies in the repository to be looked at."""

from pathlib import Path

EXAMPLE = Path(__file__).parent.parent / "experiments.db.example"
