"""The other end of `core/scheduling/helper.py`: a question from standard input, the answer to standard output.

`serve` goes on to the next question, for `core/scheduling/survey.py`.
"""

import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from queue import Queue
from threading import Thread
from types import FrameType
from typing import Any, TextIO

from bertft_tui.core.errors import BertftError
from bertft_tui.core.tell import Tell
from bertft_tui.core.training.downloads import exit_process
from bertft_tui.core.training.failures import explain

#: The exit code of a process that was asked to end.
_ENDED = 128 + signal.SIGTERM

#: How long putting things in order may take; `core/scheduling/helper.py` gives it as long.
_SECONDS = 1.5

_DOCTOR = "`bertft-tui doctor` checks the installation; if it is well, this is a fault of the program."


class _Ended(BaseException):
    """Who asked has lost interest."""


def answer(work: Callable[[dict[str, Any], Tell], dict[str, Any]]) -> None:
    """Read a question, work on it, and print the answer; what libraries print goes to stderr.

    SIGTERM ends the work, with what it has to put in order on the way out; so does the end of standard input, which
    comes when whoever asked is gone.
    """
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as out:
        os.dup2(2, 1)

        def say(document: dict[str, Any]) -> None:
            out.write(json.dumps(document) + "\n")
            out.flush()

        try:
            signal.signal(signal.SIGTERM, _end)
            question = json.loads(sys.stdin.readline() or "null")
            Thread(target=_watch, daemon=True).start()
            found = {"ok": True, **work(question, lambda text: say({"progress": text}))}
            signal.signal(signal.SIGTERM, signal.SIG_IGN)  # an answer is given whole
        except Exception as error:  # noqa: BLE001  # the helper's door: whoever asked must get words
            if not isinstance(error, BertftError):
                traceback.print_exc()
            found = {"ok": False, "error": explain(error, "This did not work", _DOCTOR).as_dict()}
        except _Ended:
            exit_process(_ENDED)
        say(found)


class Stale(BaseException):
    """A newer question waits: nobody wants to know the rest of this answer."""


@dataclass(frozen=True)
class Turn:
    """One question of several, and the way to answer it bit by bit."""

    question: dict[str, Any]
    _out: TextIO
    _questions: "Queue[str]"

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
        questions: Queue[str] = Queue()
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
                    turn.say("problem", of="", problem=explain(error, "This did not work", _DOCTOR).as_dict())
                turn.say("done")


def _collect(questions: "Queue[str]") -> None:
    """Take in questions; the process ends with them, in the middle of an answer too."""
    for line in sys.stdin:
        questions.put(line)
    os._exit(0)


def _watch() -> None:
    """End this process soon after its input does."""
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_SECONDS)
    os._exit(_ENDED)


def _end(_number: int, _frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise _Ended
