"""Runs recorded and read, program after program: what each took."""

import json
import os
import shutil
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from benchmarks.calibration import processor_seconds_of_children
from benchmarks.peers import environments
from benchmarks.peers.programs import OFFLINE, OURS, PEERS, Program
from benchmarks.peers.reading import COMPARING, CURVE, LISTING
from benchmarks.peers.rows import told_of
from benchmarks.peers.workload import BEST, EVALUATED_EACH, Amount, Run, write_runs
from bertft_tui.core.config import RunConfig

_ROOT = Path(__file__).parents[2]


def runs_to_record(amount: Amount) -> list[Run]:
    """Runs that differ in four settings, as a search for the best ones leaves them."""
    base = RunConfig().model_dump(mode="json")
    settings = {f"{section}.{name}": value for section, fields in base.items() for name, value in fields.items()}
    return [
        Run(
            f"run {number}",
            {
                **settings,
                "training.learning_rate": (1e-5, 2e-5, 3e-5, 5e-5)[number % 4],
                "training.per_device_train_batch_size": (8, 16)[number % 2],
                "training.weight_decay": (0.0, 0.01, 0.1)[number % 3],
                "training.seed": number,
            },
            amount.steps,
            amount.seconds,
            number,
        )
        for number in range(amount.runs)
    ]


class Measured:
    """One program in a folder of its own, and what was measured of it so far."""

    def __init__(self, program: Program, folder: Path, runs: list[Run]) -> None:
        self.program, self._folder, self._runs = program, folder, runs
        self._data, self._results = folder / "data", folder / "results"
        self._data.mkdir(parents=True)
        self._results.mkdir()
        write_runs(self._data, runs)
        self._before = _size(self._data)
        self._scheduler: subprocess.Popen[str] | None = None
        self.found: dict[str, Any] = {"recordings": [], **{what: [] for what in (LISTING, CURVE, COMPARING)}}

    def __enter__(self) -> Self:
        if self.program is OURS:
            command = [sys.executable, "-m", "benchmarks.peers.our_scheduler", str(self._data)]
            pipe = subprocess.PIPE
            self._scheduler = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=self._environment)
        return self

    def __exit__(self, *_: object) -> None:
        self.end_recording()

    def end_recording(self) -> None:
        """Let our scheduler close the store. Raises CalledProcessError when it failed."""
        if (scheduler := self._scheduler) is not None:
            self._scheduler = None
            scheduler.communicate()
            if scheduler.returncode:
                raise subprocess.CalledProcessError(scheduler.returncode, scheduler.args)

    @property
    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("BERTFT_", "WANDB_"))}
        paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH") if self.program is OURS else None])]
        own = {"TRACKIO_DIR": str(self._data), "PYTHONPATH": os.pathsep.join(paths), "HOME": str(self._folder)}
        return {**kept, **OFFLINE, **own, "BERTFT_RUNTIME_DIR": str(self._folder)}

    def record(self, number: int) -> None:
        """Record one run. Raises CalledProcessError when the program could not."""
        took, used = (self._results / f"{kind}.json" for kind in ("took", "used"))
        python = str(environments.interpreter(self.program))
        words = [self.program.recorder, str(self._data), str(number), str(took)]
        command = [sys.executable, "-m", "benchmarks.peers.tree", str(used)]
        command += [python, "-m", "benchmarks.peers.recording", *words]
        ours = self._in_scheduler(number, command)
        if ours is None:
            self._run(command)
        found = json.loads(took.read_text(encoding="utf-8"))
        processor = json.loads(used.read_text(encoding="utf-8")) - found.pop("imported")
        found |= {"processor": processor + (ours or 0.0), "scheduler": ours}
        found |= told_of(found.pop("calls"))
        self.found["recordings"].append(found)

    def _in_scheduler(self, number: int, command: list[str]) -> float | None:
        """Give the run to our scheduler; return its processor time. None for the other programs."""
        if self._scheduler is None:
            return None
        assert self._scheduler.stdin
        assert self._scheduler.stdout
        self._scheduler.stdin.write(json.dumps([number, command]) + "\n")
        self._scheduler.stdin.flush()
        if not (line := self._scheduler.stdout.readline()):
            self.end_recording()
        return float(line)

    def read(self, what: str) -> None:
        """Read once. Raises CalledProcessError when the program could not, or read something else."""
        result = self._results / "read.json"
        command = [str(environments.interpreter(self.program)), "-m", "benchmarks.peers.reading"]
        before = processor_seconds_of_children()
        self._run([*command, self.program.reader.format(what), str(self._data), what, str(result)])
        found = json.loads(result.read_text(encoding="utf-8"))
        self.found[what].append({**found, "process": processor_seconds_of_children() - before})

    def measure_disk(self) -> None:
        """See how much was written."""
        self.found["bytes"] = _size(self._data) - self._before

    def _run(self, command: list[str]) -> None:
        with (self._folder / "output.txt").open("wb") as output:
            subprocess.run(command, check=True, stdout=output, stderr=output, cwd=self._folder, env=self._environment)


def _size(folder: Path) -> int:
    """Bytes of all files below a folder; a link is its own."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())


def measure_programs(programs: list[Program], folder: Path, amount: Amount) -> dict[str, Any]:
    """Record and read with each: run by run in turn, so that what slows the machine for a while slows all of them."""
    runs = runs_to_record(amount)
    with ExitStack() as stack:
        places = [folder / program.recorder for program in programs]
        all_measured = [
            stack.enter_context(Measured(program, place, runs))
            for program, place in zip(programs, places, strict=True)
        ]
        for number in range(amount.runs):
            for measured in all_measured:
                measured.record(number)
        for measured in all_measured:
            measured.end_recording()
            measured.measure_disk()
        for what in (LISTING, CURVE, COMPARING) * amount.readings:
            for measured in all_measured:
                if measured.program.reader:
                    measured.read(what)
    for place in places:
        shutil.rmtree(place)
    return {measured.program.name: measured.found for measured in all_measured}


def measure(folder: Path, amount: Amount | None = None, *, install: bool = True) -> dict[str, Any]:
    """Measure this program and its peers in a folder; what `page.markdown` writes.

    `install`: make the environments that are not there. A peer without one is left out, and named.
    """
    amount = amount or Amount()
    missing: dict[str, str] = {}
    for peer in PEERS:
        try:
            if install:
                environments.make(peer)
            elif not environments.is_ready(peer):
                missing[peer.name] = "not measured, its environment is not installed."
        except (OSError, subprocess.CalledProcessError) as error:
            missing[peer.name] = f"not measured, its environment could not be installed ({error})."
    peers = [peer for peer in PEERS if peer.name not in missing]
    first = runs_to_record(amount)[0]
    return {
        "amount": amount._asdict(),
        "points": first.points,
        "settings": len(first.settings),
        "each": EVALUATED_EACH,
        "best": BEST,
        "versions": {peer.name: environments.version(peer) for peer in peers},
        "missing": missing,
        "programs": measure_programs([OURS, *peers], folder, amount),
    }
