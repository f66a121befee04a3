"""Seconds to train and evaluate, the tutorial as a plain script against a run: `python -m benchmarks.training`.

Both are real processes with the packaged MiniLM on the packaged articles, one after the other: the same texts,
epochs, batch and learning rate. Counted is all from texts to accuracy: tokens, training, evaluation, and for a run
its checkpoints and predictions too; not what is imported and loaded before: the worker has imported all that it needs
when it starts, as one has that is forked from a warm process.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.corpora import KINDS, write_corpus
from benchmarks.figures import figures
from benchmarks.script import run_script
from bertft_tui.core.analysis.intervals import Interval, wilson
from bertft_tui.core.config import RunConfig
from bertft_tui.core.journal import Event, read_events
from bertft_tui.core.packaged import DEMO, demo_model_directory
from bertft_tui.core.paths import RunDirectory
from bertft_tui.core.scheduling.children import Child, Fork
from bertft_tui.core.scheduling.devices import Device
from bertft_tui.core.scheduling.launcher import start_worker

_PREPARED = Path(__file__).with_name("prepared_worker.py")

#: How many times as fast a run is to be, by the texts.
TARGETS = {"sentences": 30.0, "news": 4.0, "long": 3.0}

#: What is set alike on both sides: the learning rate is one at which MiniLM learns from a few hundred texts.
_ALIKE = {"learning_rate": 2e-4, "warmup_steps": 0.1}


class Amount(NamedTuple):
    """How much is trained."""

    train: int = 160
    evaluation: int = 160
    seeds: int = 3
    epochs: int = 2  # after one of so few texts, accuracy is the luck of their order


class Measured(NamedTuple):
    """One training: seconds from texts to accuracy, and the accuracy."""

    seconds: float
    accuracy: float


def measure(folder: Path, amount: Amount | None = None) -> dict[str, Any]:
    """Train on every kind of texts, by script and by run in turns."""
    amount = amount or Amount()
    found: dict[str, Any] = {"amount": amount._asdict(), "kinds": {}}
    for kind in KINDS:
        place = folder / kind.name
        write_corpus(place, kind.name, amount.train, amount.evaluation)
        by_script: list[Measured] = []
        by_run: list[Measured] = []
        for seed in range(1, amount.seeds + 1):
            by_script.append(script(place, seed, amount.epochs))
            by_run.append(run(place, f"run-{seed}", seed, amount.epochs))
            say(f"{kind.name}, seed {seed}: script {by_script[-1].seconds:.1f} s, run {by_run[-1].seconds:.1f} s")
        found["kinds"][kind.name] = {"script": by_script, "run": by_run}
    return found | settled(folder / KINDS[0].name / "run-1")


def script(place: Path, seed: int, epochs: int) -> Measured:
    """Train by the script of the tutorial."""
    settings = {**_ALIKE, "seed": seed, "num_train_epochs": epochs, "eval_strategy": "epoch", "use_cpu": True}
    figures = run_script(demo_model_directory(), place, place / f"script-{seed}.json", settings)
    return Measured(figures["seconds"], figures["accuracy"])


def run(place: Path, name: str, seed: int, epochs: int = 1, settings: Mapping[str, Any] | None = None) -> Measured:
    """Train by a worker, as the scheduler starts one. Raises RuntimeError when it does not finish."""
    directory = RunDirectory(place / name)
    alike = {**_ALIKE, "seed": seed, "num_train_epochs": epochs}
    data = {"model.name_or_path": DEMO, "data.dataset": str(place), "data.eval_split": "test"}
    training = {f"training.{key}": value for key, value in alike.items()}
    config = RunConfig().with_settings({**data, **training, **(settings or {})})
    events = train(directory, config, Device("cpu", "cpu"), _prepared)
    return Measured(events[-1].time - phase_time(events, "tokenizing"), _accuracy(events))


def train(directory: RunDirectory, config: RunConfig, device: Device, fork: Fork) -> list[Event]:
    """Have a worker train, and return its journal. Raises RuntimeError when it does not finish."""
    worker = start_worker(directory, config, attempt=1, device=device, reason="", fork=fork)
    while worker is not None and worker.poll() is None:
        time.sleep(0.1)
    events = [event for event, _ in read_events(directory.events)]
    if not events or events[-1].type != "finished":
        said = [event.fields for event in events if event.type == "error"]
        raise RuntimeError(f"{directory.path} did not finish: {said or events[-1:]}")
    return events


def settled(run_folder: Path) -> dict[str, Any]:
    """The number format that a run computed in, and what it made of settings that are `auto`."""
    plan = next(event.fields for event, _ in read_events(RunDirectory(run_folder).events) if event.type == "plan")
    return {
        "precision": plan["precision"],
        "recipe": {part["setting"]: part["value"] for part in plan["recipe"]},
    }


def settled_words(recipe: Mapping[str, str]) -> str:
    """Say what `auto` was in runs."""
    return f"What `auto` was: {', '.join(f'`{setting}` {value}' for setting, value in recipe.items())}."


def phase_time(events: Sequence[Event], phase: str) -> float:
    """When a phase first began, in seconds since the epoch."""
    return next(event.time for event in events if event.type == "phase" and event.fields["phase"] == phase)


def _prepared(ticket: str, directory: RunDirectory, environment: Mapping[str, str]) -> Child:
    with directory.log.open("ab") as log:
        command = [sys.executable, "-P", str(_PREPARED), ticket, str(directory.path)]
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, env=dict(environment)
        )


def _accuracy(events: Sequence[Event]) -> float:
    values = [event.fields["values"] for event in events if event.type == "metrics"]
    return float([each["eval_accuracy"] for each in values if "eval_accuracy" in each][-1])


def markdown(found: dict[str, Any]) -> str:
    """Write the section of the page."""
    amount = Amount(**found["amount"])
    lines = [
        f"## Seconds to train and evaluate, runs in {found['precision']}",
        "",
        f"The packaged MiniLM on {amount.train} texts of five classes, {amount.epochs} epochs, batch 8; after each "
        f"they are evaluated on {amount.evaluation} others. **Script**: the tutorial as people write it, each text "
        "padded to 512 tokens, fp32, the Trainer's defaults. **Run**: this program's defaults on that day. One after "
        "the other on the same machine, with the same texts; counted is all from texts to accuracy. The ratio has "
        f"its lowest and highest over {amount.seeds} seeds; the accuracies are those of all seeds together, with "
        "95 % intervals. **Alike**: the run's accuracy lies in the script's interval, or above it.",
        "",
        settled_words(found["recipe"]),
        "",
        "| texts | script | run | times as fast | target | reached | accuracy, script | accuracy, run | alike |",
        "|---|---:|---:|---|---:|---|---|---|---|",
    ]
    for kind in KINDS:
        if kind.name in found["kinds"]:
            lines.append(_row(kind.tokens, TARGETS[kind.name], found["kinds"][kind.name], amount.evaluation))
    return "\n".join(lines)


def _row(name: str, target: float, kind: dict[str, Any], rows: int) -> str:
    by_script, by_run = ([Measured(*each) for each in kind[side]] for side in ("script", "run"))
    script_found, run_found = _share(by_script, rows), _share(by_run, rows)
    ratios = figures([one.seconds / other.seconds for one, other in zip(by_script, by_run, strict=True)])
    cells = [
        name,
        f"{figures([each.seconds for each in by_script]).median:,.1f} s",
        f"{figures([each.seconds for each in by_run]).median:,.1f} s",
        f"{ratios.median:.1f} ({ratios.lowest:.1f} to {ratios.highest:.1f})",
        f"≥ {target:g}",
        "yes" if ratios.median >= target else "no",
        *(f"{share:.3f} ({within.low:.3f} to {within.high:.3f})" for share, within in (script_found, run_found)),
        "yes" if run_found[0] >= script_found[1].low else "no",
    ]
    return f"| {' | '.join(cells)} |"


def _share(measured: Sequence[Measured], rows: int) -> tuple[float, Interval]:
    """The accuracy of all seeds together, with its interval."""
    right = round(sum(each.accuracy for each in measured) * rows)
    total = rows * len(measured)
    return right / total, wilson(right, total)


def say(text: str) -> None:
    """Say how far it is: a measurement takes most of an hour."""
    print(text, file=sys.stderr, flush=True)


def main(words: list[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measures training against a plain script.")
    usual = Amount()
    for name, value in usual._asdict().items():
        parser.add_argument(f"--{name}", type=int, default=value, help=f"({value})")
    amount = Amount(**vars(parser.parse_args(words)))
    with tempfile.TemporaryDirectory() as folder:
        print(markdown(measure(Path(folder), amount)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
