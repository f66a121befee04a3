"""Trying texts on trained models: a helper process that keeps them loaded for as long as somebody is at it."""

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock, Thread
from typing import Any

from bertft_tui.core.errors import BertftError, InputError, Problem
from bertft_tui.core.scheduling.devices import Device
from bertft_tui.core.scheduling.helper import Helper
from bertft_tui.core.scheduling.preflight import absolute_paths
from bertft_tui.core.scheduling.scoring import checkpoint_words, device_words, free_device
from bertft_tui.core.store import queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.records import RunRecord
from bertft_tui.core.tell import Tell, silent

MODULE = "bertft_tui.core.training.scoring.trying"

_PROCESSOR = "the processor"


@dataclass(frozen=True)
class Verdict:
    """What one run says of a text; without a text, what it is ready for."""

    run_id: str
    problem: Problem | None = None  # why it says nothing
    step: int = 0
    reads_pairs: bool = False
    max_length: int = 0  # tokens
    predicted: tuple[str, ...] | float | None = None  # the labels, or a number; None without a text
    shares: tuple[tuple[str, float], ...] = ()  # label and probability, the likeliest first; a number has none
    tokens: int = 0  # of the whole text
    milliseconds: float = 0.0

    @property
    def cut(self) -> int:
        """Tokens at the end that the model did not read."""
        return max(0, self.tokens - self.max_length)


@dataclass(frozen=True)
class Reply:
    """What all runs say, and where that was computed."""

    verdicts: tuple[Verdict, ...]
    where: str  # the device and why it was that


@dataclass(frozen=True)
class Sample:
    """A row that a run was evaluated on."""

    text: str
    pair: str
    label: tuple[str, ...] | float  # as predictions are
    row: int  # its place among these rows, from 1
    rows: int


class Trial:
    """Models that answer at once. One question at a time; a helper that has gone is started again."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._turn = Lock()
        self._helper: Helper | None = None
        self._device: Device | None = None
        self._why = ""
        self._ended = False

    def ask(self, runs: Sequence[RunRecord], text: str, pair: str = "", tell: Tell = silent) -> Reply:
        """Ask runs about a text; their models are loaded first where they are not. An empty text only loads them.

        A run that cannot be asked says why in its verdict. Raises BertftError.
        """
        asked, refused = self._asked(runs)
        if not asked:
            return Reply(tuple(refused.values()), "")
        words = {"text": _encodable(text), "pair": _encodable(pair)}
        question = {"kind": "classify", **words, "runs": list(asked.values())}
        with self._turn:
            answer = self._answer(runs[0], question, tell)
            said = dict(zip(asked, answer["verdicts"], strict=True))
            verdicts = [refused[run.id] if run.id in refused else _verdict(run.id, said[run.id]) for run in runs]
            return Reply(tuple(verdicts), self._where(answer["device"]))

    def sample(self, run: RunRecord, tell: Tell = silent) -> Sample:
        """Draw one of the rows that chose the run's checkpoint. Raises BertftError: the data may not be there."""
        question = {"kind": "sample", "runs": [self._words(run)]}
        with self._turn:
            answer = self._answer(run, question, tell)
        label = _decided(answer["label"])
        assert label is not None
        return Sample(answer["text"], answer["pair"], label, answer["row"] + 1, answer["rows"])

    def give_way(self) -> bool:
        """Give a GPU back, since runs wait; the next question is answered on the processor. False: it has none."""
        if self._helper is None or self._device is None or self._device.name == "cpu":
            return False
        self._leave()
        return True

    def end(self) -> None:
        """End the helper, without waiting for it; whoever waits for an answer gets an error."""
        self._ended = True
        self._leave()

    def _leave(self) -> None:
        helper, self._helper = self._helper, None
        if helper is not None:
            Thread(target=self._close, args=(helper,)).start()

    def _close(self, helper: Helper) -> None:
        helper.end()
        with self._turn:  # whoever waits for its answer still reads what it said last
            helper.close()

    def _asked(self, runs: Sequence[RunRecord]) -> tuple[dict[str, dict[str, Any]], dict[str, Verdict]]:
        """The questions to those that can be asked, and what the others say, by run."""
        asked: dict[str, dict[str, Any]] = {}
        refused: dict[str, Verdict] = {}
        for run in runs:
            try:
                asked[run.id] = self._words(run)
            except InputError as error:
                refused[run.id] = Verdict(run.id, error.problem)
        return asked, refused

    def _words(self, run: RunRecord) -> dict[str, Any]:
        config = absolute_paths(run.config).model_dump(mode="json")
        return {"config": config, **checkpoint_words(self._db, run)}

    def _answer(self, run: RunRecord, question: dict[str, Any], tell: Tell) -> dict[str, Any]:
        helper = self._started(run)
        assert self._device is not None
        try:
            return helper.ask({**question, **device_words(self._device)}, tell)
        except InputError:
            raise
        except BertftError:
            was_taken_away = self._helper is not helper
            if not was_taken_away:
                self._helper = None
            helper.close()
            if was_taken_away and not self._ended:
                return self._answer(run, question, tell)
            raise

    def _started(self, run: RunRecord) -> Helper:
        """The helper, started where there is none: on a free GPU when nothing waits for it, else on the processor."""
        if self._ended:
            raise BertftError("The trial was ended", "Nobody looks any more.")
        if self._helper is None or not self._helper.is_alive:
            if self._helper is not None:
                self._helper.close()
            self._device, self._why = _device(self._db, run)
            self._helper = Helper(MODULE, what="The trial", visible=self._device.visible_as)
        return self._helper

    def _where(self, device: str) -> str:
        if device == "cpu":
            return self._why if self._device is not None and self._device.name == "cpu" else _PROCESSOR
        return self._device.name if self._device is not None else device


def _device(db: Database, run: RunRecord) -> tuple[Device, str]:
    """Choose a device and say why it is the processor."""
    device, why = free_device(run.config.hardware.device)
    if device.name == "cpu":
        return device, f"{_PROCESSOR}: {why.removesuffix(', so the processor')}" if "busy" in why else _PROCESSOR
    queue = queries.queue_state(db)
    if queue.waiting and not queue.paused:
        return free_device("cpu")[0], f"{_PROCESSOR}, since runs wait for a device"
    return device, ""


def _encodable(text: str) -> str:
    """A text without what no encoding has: a terminal may deliver halves of characters."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _verdict(run_id: str, said: dict[str, Any]) -> Verdict:
    if "error" in said:
        return Verdict(run_id, Problem(**said["error"]))
    shares = sorted(said.get("probabilities", {}).items(), key=lambda share: -share[1])
    return Verdict(
        run_id,
        step=said["step"],
        reads_pairs=said["pairs"],
        max_length=said["max_length"],
        predicted=_decided(said.get("predicted")),
        shares=tuple((str(label), float(share)) for label, share in shares),
        tokens=said.get("tokens", 0),
        milliseconds=said.get("milliseconds", 0.0),
    )


def _decided(predicted: Any) -> tuple[str, ...] | float | None:
    """One label and several are labels; a number is a number."""
    if isinstance(predicted, list):
        return tuple(map(str, predicted))
    return (predicted,) if isinstance(predicted, str) else predicted
