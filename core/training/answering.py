"""The other end of `core/scheduling/helper.py`: a question from standard input, the answer to standard output."""

import json
import os
import signal
import time
import traceback
from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Thread
from types import FrameType
from typing import Any

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


Work = Callable[[dict[str, Any], Tell], dict[str, Any]]


def answer(work: Work) -> None:
    """Read a question, work on it, and print the answer; what libraries print goes to stderr.

    SIGTERM ends the work, with what it has to put in order on the way out; so does the end of standard input, which
    comes when whoever asked is gone.
    """
    _serve(work, stays=False)


def converse(work: Work, patience: Callable[[], float | None]) -> None:
    """Answer one question after the other, as `answer` does one.

    `patience`: seconds to wait for the next one, asked after each answer; None: for ever.
    """
    _serve(work, stays=True, patience=patience)


def _serve(work: Work, *, stays: bool, patience: Callable[[], float | None] = lambda: None) -> None:
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as out:
        os.dup2(2, 1)

        def say(document: dict[str, Any]) -> None:
            out.write(json.dumps(document) + "\n")
            out.flush()

        questions: SimpleQueue[str] = SimpleQueue()
        try:
            signal.signal(signal.SIGTERM, _end)
            Thread(target=_listen, args=(questions,), daemon=True).start()
            while True:
                question = questions.get(timeout=patience())
                found = _worked(work, question, say)
                signal.signal(signal.SIGTERM, signal.SIG_IGN)  # an answer is given whole
                say(found)
                if not stays:
                    return
                signal.signal(signal.SIGTERM, _end)
        except Empty:
            exit_process(0)
        except _Ended:
            exit_process(_ENDED)


def _worked(work: Work, question: str, say: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    try:
        return {"ok": True, **work(json.loads(question), lambda text: say({"progress": text}))}
    except Exception as error:  # noqa: BLE001  # the helper's door: whoever asked must get words
        if not isinstance(error, BertftError):
            traceback.print_exc()
        return {"ok": False, "error": explain(error, "This did not work", _DOCTOR).as_dict()}


def _listen(questions: "SimpleQueue[str]") -> None:
    """Take the questions as they come; end this process soon after its input does.

    From the descriptor itself: a thread that waits within `sys.stdin` aborts an interpreter that is about to exit.
    """
    rest = b""
    while chunk := os.read(0, 2**16):
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            questions.put(line.decode("utf-8"))
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_SECONDS)
    os._exit(_ENDED)


def _end(_number: int, _frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise _Ended
