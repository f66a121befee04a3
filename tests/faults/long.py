"""Many rounds of every kind, or of one: `python tests/faults/long.py --help`.

Exit code 1 when a round was not sound; its kind and seed are printed, so that it can be run again.
"""

import argparse
import os
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from shutil import rmtree

sys.path.append(str(Path(__file__).parents[1]))  # run as a script it finds its own folder only

from disks import can_mount, go_where_one_can_mount
from page import table, write
from result import Result
from rounds import KINDS, run_round

#: Rounds at once: most of a round is waiting.
SIDE_BY_SIDE = 3 * (os.cpu_count() or 1)


def main(words: list[str]) -> int:
    """Run the rounds that were asked for; name what was not sound."""
    asked = _parser().parse_args(words)
    go_where_one_can_mount()
    if asked.only is not None and asked.rounds is None:
        return run_one(_kind(asked.only), asked.seed)
    rounds, kinds = asked.rounds or 1000, list(KINDS) if asked.only is None else [_kind(asked.only)]
    skipped = [] if can_mount() else [kind for kind in kinds if KINDS[kind].disk]
    began = time.monotonic()
    plan = planned([kind for kind in kinds if kind not in skipped], rounds, asked.seed)
    results = run_all(plan, asked.side_by_side)
    found = table(results, list(KINDS), skipped, time.monotonic() - began)
    if asked.page:
        write(found)
    print(found)
    return 0 if all(result.sound for result in results) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Rounds of faults, each from a seed.")
    parser.add_argument("rounds", type=int, nargs="?", help="how many rounds, each kind in turn (1000)")
    parser.add_argument("--seed", type=int, default=1, help="the first seed (1)")
    parser.add_argument("--only", metavar="KIND", help="this kind alone, by a part of its name; one round, all told")
    parser.add_argument("--page", action="store_true", help="write the table into docs/reliability.md")
    parser.add_argument("--side-by-side", type=int, default=SIDE_BY_SIDE, help=f"rounds at once ({SIDE_BY_SIDE})")
    return parser


def _kind(part: str) -> str:
    """Find a kind by its name, or a part that no other has. Ends the program when there is none."""
    found = [kind for kind in KINDS if part in kind]
    if part in found or len(found) == 1:
        return part if part in found else found[0]
    raise SystemExit("\n".join([f"{part!r} is not one of:", *KINDS]))


def run_one(kind: str, seed: int) -> int:
    """Run one round again, tell all of it, and keep what it left."""
    place = Path(tempfile.mkdtemp(prefix="faults-")) / "round"
    result = one(place, kind, seed, keep=True)
    for name, value in vars(result).items():
        print(f"{name}: {value}" if not isinstance(value, list) else "\n  ".join([f"{name}:", *value]))
    print(f"{'sound' if result.sound else 'not sound'}; all of it is in {place}")
    return 0 if result.sound else 1


def run_all(plan: list[tuple[str, int]], side_by_side: int) -> list[Result]:
    """Run many rounds; tell those that are not sound. Ctrl-C ends it early."""
    began, results = time.monotonic(), list[Result]()
    folder = Path(tempfile.mkdtemp(prefix="faults-"))
    pool = ProcessPoolExecutor(side_by_side)
    futures = [pool.submit(one, folder / str(number), kind, seed) for number, (kind, seed) in enumerate(plan)]
    asked_to_end: list[int] = []  # an interrupt that were raised inside the pool would leave its locks held
    signal.signal(signal.SIGINT, lambda number, frame: asked_to_end.append(number))
    for future in as_completed(futures):
        results.append(result := future.result())
        if not result.sound:
            print(f"not sound: {result} in {folder / str(futures.index(future))}", flush=True)
        if len(results) % 50 == 0:
            print(f"{len(results)} of {len(plan)} rounds, {time.monotonic() - began:.0f} s", flush=True)
        if asked_to_end:
            break
    pool.shutdown(cancel_futures=True)  # the rounds that are under way end whole
    return results


def planned(kinds: list[str], rounds: int, first: int) -> list[tuple[str, int]]:
    """The kinds in turn, with seeds that rise; what costs more comes less often, and alone as often as is asked."""
    return [pair for pair, _ in zip(_in_turn(kinds, first), range(rounds), strict=False)]


def _in_turn(kinds: list[str], seed: int) -> Iterator[tuple[str, int]]:
    first = seed
    while kinds:
        for kind in kinds:
            if len(kinds) == 1 or (seed - first) % KINDS[kind].every == 0:
                yield kind, seed
        seed += 1


def one(place: Path, kind: str, seed: int, *, keep: bool = False) -> Result:
    """Run one round; what it left is kept when it was not sound, or could not even be run."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a round is ended whole
    try:
        result = run_round(place, kind, seed)
    except Exception:  # noqa: BLE001  # one round that fails is told, and the others go on
        return Result(kind, seed, wrong=1, found=traceback.format_exc().splitlines()[-6:])
    if result.sound and not keep:
        rmtree(place, ignore_errors=True)
    return result


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
