"""This program's `list --json`."""

import json
from pathlib import Path
from typing import Any

from benchmarks.peers.our_commands import printed
from benchmarks.peers.programs import Listed
from benchmarks.peers.workload import BEST
from bertft_tui.core.store.selecting import Selection
from bertft_tui.tui.cli.listing import print_list

lists_best = True


def listing(folder: Path) -> dict[str, Listed]:
    """All runs with all that is known of them."""
    runs = json.loads(printed(folder, lambda db: print_list(db, Selection(), "json")))
    return {run["name"]: Listed(run["metrics"][BEST]["best"], _count(run["config"])) for run in runs}


def _count(config: dict[str, dict[str, Any]]) -> int:
    return sum(len(section) for section in config.values())
