"""Keeps trained models loaded and says at once what they make of a text: asked by `core/scheduling/trying.py`.

It stays until it is ended or its asker is gone. On a GPU it holds the device's lock, and goes by itself when nobody
has asked for a while, so that a run may start there.
"""

import math
import os
import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa

from bertft_tui.core.config import RunConfig, parse_config
from bertft_tui.core.errors import BertftError
from bertft_tui.core.locks import hold
from bertft_tui.core.paths import RunDirectory
from bertft_tui.core.tell import Tell, silent
from bertft_tui.core.training.answering import converse
from bertft_tui.core.training.data.again import chosen_on
from bertft_tui.core.training.failures import is_device_memory
from bertft_tui.core.training.outputs import decisions, probabilities
from bertft_tui.core.training.quiet import quiet_environment
from bertft_tui.core.training.scoring.score import checkpoint_of, loaded
from bertft_tui.core.training.scoring.texts import Texts
from bertft_tui.core.training.scoring.verdicts import named
from bertft_tui.core.training.sources.opening import open_source
from bertft_tui.core.training.task import Task

#: Seconds after which a GPU that is not used is given back.
PATIENCE = 120.0

#: More threads make one text no faster.
_MOST_THREADS = 8

#: Said to a model that was just loaded: the first pass of any takes ten times as long.
_WARM_UP = "a"


@dataclass(frozen=True)
class _Model:
    """A run's checkpoint at work."""

    step: int
    config: RunConfig
    task: Task
    encoder: Any

    @property
    def reads_pairs(self) -> bool:
        return self.config.data.text_pair_column is not None


class Trials:
    """The models that were asked for last, and the evaluation rows of runs that somebody drew one of."""

    def __init__(self) -> None:
        self._models: dict[str, _Model] = {}
        self._rows: dict[str, pa.Table] = {}
        self._lock: BinaryIO | None = None
        self._device = ""

    def work(self, question: dict[str, Any], tell: Tell) -> dict[str, Any]:
        """Answer a question. Raises BertftError."""
        quiet_environment(0)
        if question["kind"] == "sample":
            return self._sample(question["runs"][0], tell)
        self._take_device(question)
        wanted = {each["run"] for each in question["runs"]}
        self._models = {run: model for run, model in self._models.items() if run in wanted}
        answers = [self._answer(each, question["text"], question["pair"], tell) for each in question["runs"]]
        return {"device": self._device, "verdicts": answers}

    def patience(self) -> float | None:
        """How long to wait for the next question."""
        return None if self._lock is None else PATIENCE

    def _take_device(self, question: dict[str, Any]) -> None:
        """Take the device, once; the processor when somebody was faster, or torch cannot compute there."""
        if not self._device:
            self._lock = hold(Path(question["device_lock"])) if question["device_lock"] else None
            self._device = "cpu" if self._lock is None else question["device"]
            if self._device.startswith("cuda") and not _has_cuda():
                self._give_back()

    def _give_back(self) -> None:
        """Go on with the processor."""
        if self._lock is not None:
            self._lock.close()
        self._lock, self._device = None, "cpu"
        self._models.clear()

    def _answer(self, asked: dict[str, Any], text: str, pair: str, tell: Tell) -> dict[str, Any]:
        """What one run says; what is wrong with it keeps no other from its say."""
        try:
            model = self._model(asked, tell)
            known = {"step": model.step, "pairs": model.reads_pairs, "max_length": model.config.data.max_length}
            return {**known, **(_verdict(model, text, pair) if text.strip() or pair.strip() else {})}
        except BertftError as error:
            return {"error": error.problem.as_dict()}

    def _model(self, asked: dict[str, Any], tell: Tell) -> _Model:
        """The run's best checkpoint, loaded when it was not, or when there is a better one by now."""
        model = self._models.get(asked["run"])
        if model is None or model.step != asked["step"]:
            config, task = parse_config(asked["config"]), _task(asked)
            checkpoint = checkpoint_of(RunDirectory(Path(asked["run"])), asked["step"])
            model = _Model(asked["step"], config, task, self._loaded(checkpoint, config, task, tell))
            _verdict(model, _WARM_UP, "")
            self._models[asked["run"]] = model
        return model

    def _loaded(self, checkpoint: Path, config: RunConfig, task: Task, tell: Tell) -> Any:
        """Load a model; where a GPU has no room for it, since others use it too, the processor has."""
        try:
            return loaded(checkpoint, config, task, self._device, tell)
        except RuntimeError as error:
            if self._device == "cpu" or not is_device_memory(error):
                raise
        self._give_back()
        return loaded(checkpoint, config, task, self._device, tell)

    def _sample(self, asked: dict[str, Any], tell: Tell) -> dict[str, Any]:
        """One of the rows that chose the checkpoint, with its label; they are read at the first time only."""
        if asked["run"] not in self._rows:
            tell("reading the evaluation rows")
            data, predictions = parse_config(asked["config"]).data, RunDirectory(Path(asked["run"])).predictions
            self._rows[asked["run"]] = chosen_on(data, open_source(data, tell), _task(asked), predictions, tell)
        rows = self._rows[asked["run"]]
        number = random.randrange(len(rows))
        row = rows.slice(number, 1).to_pylist()[0]
        label = named(np.array([row["label"]]), _task(asked))[0]
        return {"text": row["text"], "pair": row.get("pair") or "", "label": label, "row": number, "rows": len(rows)}


def _has_cuda() -> bool:
    import torch

    return bool(torch.cuda.is_available())


def _task(asked: dict[str, Any]) -> Task:
    return Task(asked["problem_type"], tuple(asked["labels"]))


def _verdict(model: _Model, text: str, pair: str) -> dict[str, Any]:
    """What a model says of a text, and how long that took. Raises DataError when it is long and may not be cut."""
    from bertft_tui.core.training.scoring.inference import logits_of

    _leave_busy_cores()
    began = time.perf_counter()
    both = (text, pair) if model.reads_pairs else (text,)
    tokens = len(model.encoder.tokenizer(*both, truncation=False, verbose=False)["input_ids"])
    columns = [pa.chunked_array([pa.array([each], pa.large_string())]) for each in both]
    texts = Texts(columns[0], columns[1] if model.reads_pairs else None, lambda position: "This text")
    logits = logits_of(model.encoder, model.config, texts, silent)
    decided = named(decisions(logits, model.task.problem_type), model.task)[0]
    shares = probabilities(logits, model.task.problem_type)[0].tolist()
    return {
        "predicted": decided,
        "probabilities": dict(zip(model.task.labels, shares, strict=True)) if shares else {},
        "tokens": tokens,
        "milliseconds": (time.perf_counter() - began) * 1000,
    }


def _leave_busy_cores() -> None:
    """Compute with as many threads as cores are idle, at least one.

    Threads wait for each other after every operation: where they have to share cores with a training, two of them
    take a second for what one does in ten milliseconds.
    """
    import torch

    with suppress(OSError):
        idle = _cores() - math.ceil(os.getloadavg()[0])
        torch.set_num_threads(max(1, min(idle, _MOST_THREADS)))


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def serve(trials: Trials, answer: Callable[..., None] = converse) -> None:
    """Answer until nobody asks any more."""
    answer(trials.work, trials.patience)


if __name__ == "__main__":
    serve(Trials())
