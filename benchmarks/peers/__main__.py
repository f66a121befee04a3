"""What recording costs, beside other programs: `python -m benchmarks.peers`, half an hour the first time.

Each peer is installed once, in an environment of its own below `build/`, from the package index that pip uses.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from benchmarks.peers.measuring import measure
from benchmarks.peers.page import markdown
from benchmarks.peers.workload import Amount


def main(words: list[str]) -> None:
    """Measure and print what came of it; `--json FILE` keeps the measurements."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.peers", description="Measures this program and others."
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all measurements there")
    parser.add_argument("--no-install", action="store_true", help="leave out what is not installed")
    for name, value in Amount()._asdict().items():
        parser.add_argument(f"--{name}", type=type(value), default=value, help=f"({value})")
    asked = parser.parse_args(words)
    amount = Amount(*(getattr(asked, name) for name in Amount._fields))
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), amount, install=not asked.no_install)
    if asked.json:
        asked.json.write_text(json.dumps(found), encoding="utf-8")
    print(markdown(found))


if __name__ == "__main__":
    main(sys.argv[1:])
