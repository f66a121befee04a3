"""From launch to the first training step: a plain script, ours cold, ours warm: `python -m benchmarks.launch`.

All three train the packaged model on the same 300 news articles, and each has been launched before: what they keep
of a data set is there.
"""

import csv
import os
import statistics
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from benchmarks.alone import measure_alone
from benchmarks.figures import figures
from benchmarks.script import run_script
from bertft_tui.core import locks
from bertft_tui.core.config import RunConfig
from bertft_tui.core.forking import NO_WARM, WARM_MODULE
from bertft_tui.core.journal import read_events
from bertft_tui.core.packaged import demo_corpus_directory, demo_model_directory
from bertft_tui.core.paths import StorePath
from bertft_tui.core.scheduling import service
from bertft_tui.core.store import commands
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.status import Request

#: How often each is launched.
REPETITIONS = 7

#: Articles, and tokens of each at most.
_ROWS, _TOKENS = 300, 96

#: Seconds that anything may take.
_PATIENCE = 180.0

#: The kinds of launch, and what the page calls them.
KINDS = {
    "script": "plain script",
    "alone": "this program, cold, with its scheduler",
    "cold": "this program, cold",
    "warm": "this program, warm",
}


class Launch(NamedTuple):
    """Seconds from a launch until training begins, and until its first step is done."""

    begins: float
    step: float


def measure(folder: Path, repetitions: int = REPETITIONS) -> dict[str, Any]:
    """Launch each in turn, so many times; return the seconds of every launch, and the memory of a warm process."""
    os.environ["BERTFT_RUNTIME_DIR"] = str(folder / "runtime")
    os.environ["HF_DATASETS_CACHE"] = str(folder / "datasets")
    data = _write_articles(folder / "data")
    config = RunConfig().with_settings(
        {
            "model.name_or_path": str(demo_model_directory()),
            "data.dataset": str(data),
            "data.max_length": _TOKENS,
            "hardware.device": "cpu",
        }
    )
    found: dict[str, list[Launch]] = {kind: [] for kind in KINDS}
    memory = 0.0
    with _opened(folder / "expected") as expected, _opened(folder / "alone") as alone:
        try:
            for turn in range(repetitions + 1):  # the first time fills the caches
                launches = {
                    "script": _launch_script(data, folder / "script"),
                    "alone": _launch(alone, config, "cold"),
                }
                memory = _wait_for_warm_process(expected)
                launches |= {kind: _launch(expected, config, kind) for kind in ("cold", "warm")}
                for kind, launch in launches.items():
                    found[kind] += [launch] if turn else []
        finally:
            _end_scheduler(expected.path)
    return {
        "repetitions": repetitions,
        "rows": _ROWS,
        "warm_memory": memory,
        **{kind: [launch._asdict() for launch in launches] for kind, launches in found.items()},
    }


def markdown(found: dict[str, Any]) -> str:
    """The section of the page."""
    lines = [_line(kind, found) for kind in KINDS]
    return "\n".join(
        [
            "## From launch to the first step",
            "",
            f"MiniLM on {found['rows']} news articles, all files in the system's cache; {found['repetitions']} "
            "launches of each, in turn.",
            "",
            "| | training begins | spread | × sooner than the script | first step done | × sooner |",
            "|---|---:|---|---|---:|---|",
            *lines,
            "",
            "- **Launch**: for the script its start; for this program the moment at which its run goes into the "
            "queue. A scheduler waits for it, with a warm process, as while the form of a new run is open; with "
            "`--no-warm` the start is a cold one. “With its scheduler”: none is there yet, as for `run` on the "
            "command line.",
            "- **× sooner**: the median of the ratios within each turn, and their spread.",
            f"- The warm process takes {found['warm_memory'] / 1e6:,.0f} MB while it waits (proportional set size).",
        ]
    )


def _line(kind: str, found: Mapping[str, Any]) -> str:
    begins, steps = ([launch[part] for launch in found[kind]] for part in Launch._fields)
    theirs = ([launch[part] for launch in found["script"]] for part in Launch._fields)
    sooner = [_sooner(script, own) for script, own in zip(theirs, (begins, steps), strict=True)]
    spread = f"{min(begins):.2f} to {max(begins):.2f} s"
    return (
        f"| {KINDS[kind]} | {statistics.median(begins):.2f} s | {spread} | {sooner[0]} "
        f"| {statistics.median(steps):.2f} s | {sooner[1]} |"
    )


def _sooner(theirs: Sequence[float], ours: Sequence[float]) -> str:
    ratio = figures([a / b for a, b in zip(theirs, ours, strict=True)])
    return f"{ratio.median:.1f} ({ratio.lowest:.1f} to {ratio.highest:.1f})"


def _write_articles(folder: Path) -> Path:
    """Write train.csv and test.csv with news articles of all classes; return the folder."""
    folder.mkdir(parents=True)
    files = sorted(demo_corpus_directory().glob("*/*.txt"), key=lambda path: (path.stem, path.parent.name))
    texts = [(path.read_bytes().decode("utf-8", "replace"), path.parent.name) for path in files[: _ROWS + 100]]
    for name, rows in (("train.csv", texts[:_ROWS]), ("test.csv", texts[_ROWS:])):
        with (folder / name).open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([("text", "label"), *rows])
    return folder


def _launch_script(data: Path, output: Path) -> Launch:
    began = time.time()
    settings = {"max_length": _TOKENS, "max_steps": 1, "save_strategy": "no", "use_cpu": True}
    found = run_script(demo_model_directory(), data, output, settings)
    return Launch(found["begins"] - began, found["steps"][0] - began)


def _opened(folder: Path) -> Database:
    folder.mkdir(parents=True, exist_ok=True)
    return Database.open(StorePath(folder / "experiments.db"))


def _launch(db: Database, config: RunConfig, start: str) -> Launch:
    """Launch a run, and cancel it when its first step is done; a scheduler that stays for no launch goes, too."""
    stays = _warm_process(db.path) is not None
    if start == "cold":
        os.environ[NO_WARM] = "1"
    began = time.time()
    run_id = commands.enqueue(db, config)
    service.ensure_running(db)
    os.environ.pop(NO_WARM, None)
    times: dict[str, float] = {}
    try:
        while "step" not in times:
            if time.time() - began > _PATIENCE:
                raise TimeoutError(f"{run_id} has not come to its first step")
            time.sleep(0.02)
            times = _times(db, run_id, start)
    finally:
        commands.request(db, run_id, Request.CANCEL)
        while locks.is_held(db.path.run(run_id).lock) or (not stays and service.is_running(db.path)):
            time.sleep(0.05)
    return Launch(times["begins"] - began, times["step"] - began)


def _times(db: Database, run_id: str, start: str) -> dict[str, float]:
    """When training began and its first step was done, in seconds since the epoch, as far as it has come to that."""
    times = {}
    for event, _ in read_events(db.path.run(run_id).events):
        if event.type == "attempt" and event.fields["start"] != start:
            raise RuntimeError(f"{run_id} was started {event.fields['start']}, not {start}")
        if event.type == "phase" and event.fields["phase"] == "training":
            times.setdefault("begins", event.time)
        if event.type == "metrics" and "loss" in event.fields["values"]:
            times.setdefault("step", event.time)
    return times


def _wait_for_warm_process(db: Database) -> float:
    """Say that a launch is near, and wait until the warm process has nothing more to import; return its memory."""
    service.expect_launch(db)
    used = -1.0
    while True:
        time.sleep(1.0)
        process = _warm_process(db.path)
        if process is not None:
            before, used = used, process.cpu_times().user
            if used == before and process.status() == psutil.STATUS_SLEEPING:
                return float(process.memory_full_info().pss)


def _warm_process(path: StorePath) -> psutil.Process | None:
    scheduler = service._started.get(path.file)
    children = psutil.Process(scheduler.pid).children() if scheduler is not None else []
    forked = path.runs.resolve()
    for child in children:
        if WARM_MODULE in child.cmdline() and not Path(child.cwd()).is_relative_to(forked):
            return child
    return None


def _end_scheduler(path: StorePath) -> None:
    if (child := service._started.pop(path.file, None)) is not None:
        child.terminate()
        child.wait()


if __name__ == "__main__":
    measure_alone(measure, markdown)
