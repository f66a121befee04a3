"""A store with thousands of runs, as years of work leave one: `python -m benchmarks.big_store FILE [RUNS [POINTS]]`.

The same seed makes the same store. Nothing in it waits or lives, so that no scheduler starts.
"""

import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select, text

from bertft_tui.core.config import RunConfig
from bertft_tui.core.paths import ID_LETTERS, StorePath
from bertft_tui.core.store import revision
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.points import NewPoint, add_points
from bertft_tui.core.store.settings import keep_settings
from bertft_tui.core.store.status import RunStatus
from bertft_tui.core.store.tables import ANNOTATION, NAME, RUN, SUMMARY

RUNS = 10_000

_METRICS = ("loss", "learning_rate", "grad_norm", "eval_loss", "eval_accuracy", "eval_f1", "eval_precision")
_MORE_METRICS = ("eval_recall", "train_runtime", "train_samples_per_second")

_MODELS = ("google-bert/bert-base-cased", "distilbert/distilbert-base-uncased", "microsoft/deberta-v3-small", "demo")
_DATA = ("stanfordnlp/imdb", "fancyzhx/ag_news", "data/reviews-2024.csv", "demo")
_ENDS = {RunStatus.FINISHED: 80, RunStatus.STOPPED: 6, RunStatus.CANCELLED: 3, RunStatus.FAILED: 8, RunStatus.LOST: 3}
_TAGS = ("baseline", "paper", "seeds", "sweep", "to repeat")
_FAILURE = {
    "title": "The GPU is out of memory",
    "message": "A batch of 32 × 512 tokens needs more than the 24 GB there are.",
    "hint": "Halve the batch.",
}

#: Of so many runs, the newest, the points are there too, not only their summaries.
_WITH_POINTS = 40
_STEPS = 400

#: So many runs in the middle of a store with points of all runs trained for days, and have so many points of a loss.
LONG_RUNS, LONG_STEPS = 4, 100_000

#: SQLite makes them itself, as quickly as it writes them: a falling loss with a little noise that looks drawn.
_FILL = text("""
WITH RECURSIVE at (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM at WHERE n < :each)
INSERT OR IGNORE INTO point (run_key, name_key, step, value, milliseconds)
SELECT run.key, :name_key, n * :every,
  0.1 + 0.6 / (1 + 10.0 * n / :each) + (run.key * 7919 + n * 104729) % 1000 * 1e-4, n * :every * 100
FROM run CROSS JOIN at WHERE run.key BETWEEN :first AND :last
""")


def make_store(path: StorePath, runs: int = RUNS, *, seed: int = 1) -> list[str]:
    """Write a new store; return the names of its runs, the newest first."""
    draw = random.Random(seed)
    names: list[str] = []
    with Database.open(path, daily_backup=False) as db, db.write() as connection:
        first = revision.current(connection) + 1
        metrics = {name: key for key, name in enumerate((*_METRICS, *_MORE_METRICS), 1)}
        connection.execute(insert(NAME), [{"key": key, "name": name} for name, key in metrics.items()])
        for start in range(1, runs + 1, 1000):
            rows = [_run(draw, key, runs, first) for key in range(start, min(start + 1000, runs + 1))]
            notes = [_annotation(draw, row) for row in rows]
            connection.execute(insert(RUN), rows)
            keep_settings(connection, start, start + len(rows) - 1)
            connection.execute(insert(ANNOTATION), notes)
            summaries = [summary for row in rows for summary in _summaries(draw, row, metrics)]
            connection.execute(insert(SUMMARY), summaries)
            names += [note["name"] for note in notes]
        for key in range(max(1, runs - _WITH_POINTS + 1), runs + 1):
            add_points(connection, key, _points(draw))
        revision.write_meta(connection, "revision", str(first + runs))
    return names[::-1]


def fill_with_points(path: StorePath, points: int) -> list[str]:
    """Give the older runs of such a store about so many points; return the ids of those with very many.

    What remains after the long runs is spread evenly, two thirds of it losses and one third accuracies.
    """
    with Database.open(path, daily_backup=False) as db, db.write() as connection:
        names = {row.name: row.key for row in connection.execute(select(NAME))}
        runs = (connection.scalar(select(func.max(RUN.c.key))) or 0) - _WITH_POINTS
        long = range(runs // 2, runs // 2 + min(LONG_RUNS, points // LONG_STEPS))
        each = max(1, (points - len(long) * LONG_STEPS) // (3 * max(1, runs)))
        for first, last, count in (
            (1, long.start - 1, each),
            *((key, key, LONG_STEPS // 2) for key in long),
            (long.stop, runs, each),
        ):
            place = {"first": first, "last": last}
            connection.execute(_FILL, place | {"name_key": names["loss"], "each": 2 * count, "every": 1})
            if first not in long:
                connection.execute(_FILL, place | {"name_key": names["eval_accuracy"], "each": count, "every": 2})
        return list(connection.scalars(select(RUN.c.id).where(RUN.c.key.in_(long)).order_by(RUN.c.key)))


def _run(draw: random.Random, key: int, runs: int, first: int) -> dict[str, Any]:
    """One row of `run`; every column in each, so that they are written together."""
    status = draw.choices(list(_ENDS), list(_ENDS.values()))[0]
    began = time.time() - (runs - key + 1) * 900.0
    steps = draw.randrange(200, 4000)
    failed = status is RunStatus.FAILED
    return {
        "key": key,
        "id": "".join(draw.choices(ID_LETTERS, k=8)),
        "config": _config(draw).model_dump(mode="json"),
        "experiment": draw.choice((None, "learning rates", "subset sizes")),
        "created_at": began,
        "queued_at": began,
        "started_at": began + 3,
        "ended_at": began + 3 + steps / 10,
        "status": status,
        "phase": "training",
        "attempt": 1,
        "attempt_seconds": steps / 10,
        "earlier_seconds": 0.0,
        "device": draw.choice(("cpu", "cuda:0", "cuda:1")),
        "device_reason": "the first free GPU",
        "step": steps // 2 if failed else steps,
        "max_steps": steps,
        "epoch": 1.5 if failed else 3.0,
        "steps_per_epoch": steps // 3,
        "samples_per_second": draw.uniform(5, 900),
        "labels": ["negative", "positive"],
        "problem_type": "single_label_classification",
        "train_rows": draw.randrange(300, 25_000),
        "eval_rows": 1000,
        "error": _FAILURE if failed else None,
        "journal_seq": steps,
        "journal_offset": steps * 120,
        "revision": first + key,
    }


def _config(draw: random.Random) -> RunConfig:
    return RunConfig().with_settings(
        {
            "model.name_or_path": draw.choice(_MODELS),
            "data.dataset": draw.choice(_DATA),
            "data.train_size": draw.choice(("all", 300, 1000, 5000)),
            "data.max_length": draw.choice((96, 128, 256, 512)),
            "training.learning_rate": draw.choice((1e-5, 2e-5, 3e-5, 5e-5, 2e-4)),
            "training.per_device_train_batch_size": draw.choice((8, 16, 32)),
            "training.seed": draw.randrange(100),
        }
    )


def _annotation(draw: random.Random, run: dict[str, Any]) -> dict[str, Any]:
    training = run["config"]["training"]
    batch = training["per_device_train_batch_size"]
    return {
        "run_key": run["key"],
        "name": f"r{run['key']} lr {training['learning_rate']:g}, batch {batch}, seed {training['seed']}",
        "note": draw.choice(("", "", "the learning rate is too high", "as in the paper")),
        "tags": draw.sample(_TAGS, draw.randrange(3)),
        "trashed_at": run["created_at"] if draw.random() < 0.01 else None,
    }


def _summaries(draw: random.Random, run: dict[str, Any], keys: dict[str, int]) -> Iterator[dict[str, Any]]:
    """Six to ten metrics of a run, each in a row."""
    names = [*_METRICS[: draw.choice((6, 7))], *_MORE_METRICS[: draw.randrange(4)]]
    for name in names:
        low, high = sorted((draw.uniform(0.5, 0.95), draw.uniform(0.5, 0.95)))
        yield {
            "run_key": run["key"],
            "name_key": keys[name],
            "points": 3 if name.startswith("eval") else run["step"],
            "last": draw.uniform(low, high),
            "last_step": run["step"],
            "minimum": low,
            "minimum_step": run["step"] // 2,
            "maximum": high,
            "maximum_step": run["step"],
        }


def _points(draw: random.Random) -> Iterator[NewPoint]:
    """A falling loss, and what the evaluations found."""
    for step in range(1, _STEPS + 1):
        yield NewPoint("loss", step, 0.7 * 0.995**step + draw.uniform(0, 0.1), step * 100)
        if step % 50 == 0:
            yield NewPoint("eval_loss", step, 0.65 * 0.996**step, step * 100)
            yield NewPoint("eval_accuracy", step, 0.5 + step / 1000, step * 100)


if __name__ == "__main__":
    began = time.monotonic()
    count = int(sys.argv[2]) if len(sys.argv) > 2 else RUNS
    store = StorePath(Path(sys.argv[1]).absolute())
    make_store(store, count)
    if len(sys.argv) > 3:
        fill_with_points(store, int(sys.argv[3]))
    print(f"{count:,} runs in {time.monotonic() - began:.1f} s")
