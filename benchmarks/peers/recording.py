"""Records one run with one program, in that program's environment, and says what it took.

python -m benchmarks.peers.recording MODULE FOLDER NUMBER RESULT
"""

import importlib
import json
import sys
import time
from pathlib import Path

from benchmarks.peers.programs import recorder_in
from benchmarks.peers.workload import read_runs


def main(module: str, folder: Path, number: int, result: Path) -> None:
    """Record; write seconds into the result: of the start and each call, of a processor for and until the import."""
    before = time.process_time()
    record = recorder_in(importlib.import_module(f"benchmarks.peers.{module}"))
    processor = time.process_time()
    imported = processor - before
    run = read_runs(folder)[number]
    figures = run.figures()
    calls, started, last = [], 0.0, 0
    began = time.perf_counter()
    recording = record(folder, run)
    for step, values in figures:
        if step != last:
            time.sleep(run.seconds)
            last = step
        before = time.perf_counter()
        recording.log(step, values)
        after = time.perf_counter()
        calls.append(after - before)
        started = started or after - began - run.seconds
    before = time.perf_counter()
    recording.finish()
    finishing = time.perf_counter() - before
    found = {"import": imported, "imported": processor, "start": started, "calls": calls, "finish": finishing}
    result.write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
