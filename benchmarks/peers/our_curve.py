"""This program's `metrics RUN METRIC --json`."""

import json
from pathlib import Path

from benchmarks.peers.our_commands import printed
from bertft_tui.tui.cli.showing import print_metrics


def curve(folder: Path, name: str, metric: str) -> list[tuple[int, float]]:
    """All points of a metric, each with its epoch and time."""
    document = json.loads(printed(folder, lambda db: print_metrics(db, name, metric, as_json=True)))
    return [(point["step"], point["value"]) for point in document["points"]]
