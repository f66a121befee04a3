"""The other end of `core/scheduling/helper.py`: a question from standard input, the answer to standard output."""

import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
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
