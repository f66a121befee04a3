"""A worker that trains nothing: it holds its run's lock and writes points as a training does, until it is killed.

    python -m benchmarks.live_worker RUN_DIR POINTS_A_SECOND [BEAT_SECONDS]

With a beat it also reports an evaluation accuracy about so often, each a thousandth above the one before, and says
on its output when: `0.101 12345.678`, the time in monotonic seconds.
"""

import os
import random
import socket
import sys
import time
from pathlib import Path

from bertft_tui.core import locks
from bertft_tui.core.boot import boot_id
from bertft_tui.core.journal import JournalWriter
from bertft_tui.core.paths import RunDirectory

STEPS, PER_EPOCH = 100_000, 1000

#: Accuracies that no other run has, and no axis is marked with.
FIRST, LAST = 101, 399


def main(directory: RunDirectory, points_a_second: float, beat: float) -> None:
    """Write for as long as the process lives."""
    lock = locks.hold(directory.lock)
    assert lock is not None, f"{directory.lock} is held already"
    journal, draw = JournalWriter(directory.events), random.Random(1)
    journal.write(
        "attempt", number=1, pid=os.getpid(), host=socket.gethostname(), boot_id=boot_id(), device="cpu", versions={}
    )
    journal.write("plan", max_steps=STEPS, steps_per_epoch=PER_EPOCH, train_rows=8000, eval_rows=1000)
    journal.write("phase", phase="training")
    began, accuracy, next_beat = time.monotonic(), FIRST, beat
    for step in range(1, STEPS):
        epoch = step / PER_EPOCH
        values = {"loss": 0.7 * 0.999**step, "grad_norm": draw.uniform(0.5, 2), "learning_rate": 5e-5}
        journal.write("metrics", step=step, epoch=epoch, values=values)
        if step % 5 == 0:
            journal.write("progress", step=step, max_steps=STEPS, epoch=epoch, samples_per_second=80.0)
        due = began + step / points_a_second
        while beat and accuracy <= LAST and began + next_beat <= due:
            time.sleep(max(0.0, began + next_beat - time.monotonic()))
            journal.write("metrics", step=step, epoch=epoch, values={"eval_accuracy": accuracy / 1000})
            print(f"{accuracy / 1000:.3f} {time.monotonic()}", flush=True)
            accuracy += 2 if accuracy % 10 == 9 else 1  # 0.110, 0.120, … may stand on an axis
            next_beat += draw.uniform(0.5 * beat, 1.5 * beat)  # in step with nothing
        time.sleep(max(0.0, due - time.monotonic()))


if __name__ == "__main__":
    main(RunDirectory(Path(sys.argv[1])), float(sys.argv[2]), float(sys.argv[3]) if len(sys.argv) > 3 else 0.0)
