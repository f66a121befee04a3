"""Answers in parts to question after question: the other end of `core/scheduling/survey.py`."""

import json
import os
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Thread
from typing import Any, TextIO

from bertft_tui.core.errors import BertftError
from bertft_tui.core.training.failures import explain

_HINT = "`bertft-tui doctor` checks the installation; if it is well, this is a fault of the program."


class Stale(BaseException):
    """A newer question waits: nobody wants to know the rest of this answer."""


@dataclass(frozen=True)
class Turn:
    """One question of several, and the way to answer it bit by bit."""

    question: dict[str, Any]
    _out: TextIO
    _questions: "SimpleQueue[bytes]"

    def say(self, part: str, **fields: Any) -> None:
        """Give a part of the answer. Raises Stale when a newer question waits."""
        self.check()
        self._out.write(json.dumps({"id": self.question["id"], "part": part, **fields}) + "\n")
        self._out.flush()

    def tell(self, text: str) -> None:
        """Say what is being done. Raises Stale."""
        self.say("progress", text=text)

    def check(self) -> None:
        """Raise Stale when a newer question waits."""
        if not self._questions.empty():
            raise Stale


def serve(work: Callable[[Turn], None]) -> None:
    """Answer questions, a line of JSON each, until standard input ends; of those that wait only the newest.

    An answer is as many lines as the work says, the last has the part `done`.
    """
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as out:
        os.dup2(2, 1)
        questions: SimpleQueue[bytes] = SimpleQueue()
        Thread(target=_collect, args=(questions,), daemon=True).start()
        while True:
            line = questions.get()
            while not questions.empty():
                line = questions.get()
            turn = Turn(json.loads(line), out, questions)
            with suppress(Stale):
                try:
                    work(turn)
                except Exception as error:  # noqa: BLE001  # the helper's door: whoever asked must get words
                    if not isinstance(error, BertftError):
                        traceback.print_exc()
                    turn.say("problem", of="", problem=explain(error, "This did not work", _HINT).as_dict())
                turn.say("done")


def _collect(questions: "SimpleQueue[bytes]") -> None:
    """Take in questions; the process ends with them, in the middle of an answer too."""
    rest = b""
    while chunk := os.read(0, 2**16):
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            questions.put(line)
    os._exit(0)
