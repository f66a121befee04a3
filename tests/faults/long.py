"""Many rounds of every kind: `python tests/faults/long.py [ROUNDS] [FIRST_SEED]` writes docs/reliability.md.

Exit code 1 when a round was not sound; its kind and seed are printed, so that it can be run again.
"""

import os
import platform
import signal
import sys
import tempfile
import time
import traceback
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import suppress
from pathlib import Path
from shutil import rmtree

sys.path.append(str(Path(__file__).parents[1]))  # run as a script it finds its own folder only

from harness import LIMIT, Result
from rounds import KINDS, TRAINING, run_round

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
BEGIN, END = "<!-- rounds: written by `make faults` -->", "<!-- end of rounds -->"

#: The columns that are sums.
COUNTS = ("acknowledged", "lost", "wrong", "twice", "orphans")

#: Rounds at once: most of a round is waiting.
SIDE_BY_SIDE = 3 * (os.cpu_count() or 1)


def main(rounds: int, first: int) -> int:
    """Run so many rounds, each kind in turn; write the table and name what was not sound. Ctrl-C ends it early."""
    began, results = time.monotonic(), list[Result]()
    folder = Path(tempfile.mkdtemp(prefix="faults-"))
    pool = ProcessPoolExecutor(SIDE_BY_SIDE)
    futures = [
        pool.submit(one, folder / str(number), kind, seed)
        for number, (kind, seed) in enumerate(planned(rounds, first))
    ]
    with suppress(KeyboardInterrupt):
        for future in as_completed(futures):
            results.append(result := future.result())
            if not result.sound:
                print(f"not sound: {result} in {folder}", flush=True)
            if len(results) % 50 == 0:
                print(f"{len(results)} of {rounds} rounds, {time.monotonic() - began:.0f} s", flush=True)
    pool.shutdown(cancel_futures=True)
    found = table(results, time.monotonic() - began)
    write(found)
    print(found)
    return 0 if all(result.sound for result in results) else 1


def planned(rounds: int, first: int) -> list[tuple[str, int]]:
    """The kinds in turn, with seeds that rise; trainings, which cost ten times as much, come less often."""
    quick = [kind for kind in KINDS if kind != TRAINING]
    plan: list[tuple[str, int]] = []
    seed = first
    while len(plan) < rounds:
        plan += [(kind, seed) for kind in quick]
        plan += [(TRAINING, seed)] if (seed - first) % 3 == 0 else []
        seed += 1
    return plan[:rounds]


def one(place: Path, kind: str, seed: int) -> Result:
    """Run one round; what it left is kept when it was not sound, or could not even be run."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a round is ended whole
    try:
        result = run_round(place, kind, seed)
    except Exception:  # noqa: BLE001  # one round that fails is told, and the others go on
        return Result(kind, seed, wrong=1, faults=traceback.format_exc().splitlines()[-4:])
    if result.sound:
        rmtree(place, ignore_errors=True)
    return result


def table(results: list[Result], seconds: float) -> str:
    """The results as Markdown: one line a kind."""
    by_kind: dict[str, list[Result]] = {kind: [] for kind in KINDS}
    for result in results:
        by_kind[result.kind].append(result)
    head = ["fault", "rounds", "acknowledged points", "lost", "wrong status", "started twice", "orphans", "slowest"]
    lines = ["| " + " | ".join(head) + " |", "|---|" + "---:|" * (len(head) - 1)]
    for kind, mine in ((kind, mine) for kind, mine in by_kind.items() if mine):
        sums = [sum(getattr(result, name) for result in mine) for name in COUNTS]
        slowest = max(result.longest for result in mine)
        lines.append(
            f"| {kind} | {len(mine)} | " + " | ".join(f"{value:,}" for value in sums) + f" | {slowest:.1f} s |"
        )
    about = (
        f"{len(results):,} rounds in {seconds / 60:.0f} minutes on {os.cpu_count()} cores, "
        f"{time.strftime('%Y-%m-%d')}, {platform.system()}, Python {platform.python_version()}. “Slowest”: the "
        "longest time for which a run whose process was gone was still shown as running while a scheduler was at "
        f"work; the limit is {LIMIT:.0f} s."
    )
    return "\n".join([about, "", *lines])


def write(text: str) -> None:
    """Put the table into its page."""
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{rest.partition(END)[2]}", encoding="utf-8")


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    raise SystemExit(main(given[0] if given else 1000, given[1] if len(given) > 1 else 1))
