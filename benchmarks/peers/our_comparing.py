"""This program's `compare RUN RUN… --csv`."""

import csv
import io
from pathlib import Path

from benchmarks.peers.our_commands import printed
from benchmarks.peers.programs import Compared
from benchmarks.peers.workload import BEST
from bertft_tui.core.store.database import Database
from bertft_tui.tui.cli.compare import print_comparison


def comparing(folder: Path, names: list[str]) -> Compared:
    """The settings that it prints are those in which runs differ."""

    def compare(db: Database) -> None:
        print_comparison(db, names, baseline=None, metric=BEST, kind="csv")

    rows = list(csv.DictReader(io.StringIO(printed(folder, compare))))
    best = {row["name"]: float(row[BEST]) for row in rows}
    return Compared(best, {column for column in rows[0] if "." in column})
