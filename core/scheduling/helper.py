"""Questions to a process of the training room, so that the interface never loads what the answers need.

The question goes to its standard input as a line of JSON; the input stays open for as long as somebody waits, so that
a helper whose asker is gone, however it went, ends too. It prints a line of JSON for each thing that it wants to say
on the way, `{"progress": "…"}`, and the answer last: `{"ok": true, …}` or `{"ok": false, "error": {title, message,
hint}}`. A helper that stays takes the next question then.
"""

import json
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from threading import Thread
from typing import Any, Literal

from bertft_tui.core.errors import BertftError, InputError
from bertft_tui.core.redaction import redact
from bertft_tui.core.scheduling.launcher import narrowed
from bertft_tui.core.tell import Tell, silent

#: How long a helper may take to end when it is asked to.
_SECONDS = 1.5

#: What helpers are for, in the words of an error.
Kind = Literal["The check", "The look", "The reading", "The scoring", "The trial"]

#: Helpers at work for this process, and what each is for.
_alive: dict["subprocess.Popen[str]", Kind] = {}


def ask(
    module: str,
    question: dict[str, Any],
    *,
    what: Kind = "The check",
    tell: Tell = silent,
    visible: str | None = None,
) -> dict[str, Any]:
    """Ask a module of the training room and wait for its answer. `visible` becomes CUDA_VISIBLE_DEVICES.

    `what`: what an error calls it.

    Raises InputError for what the helper found wrong, BertftError when it ended without an answer or was ended.
    """
    helper = Helper(module, what=what, visible=visible)
    try:
        return helper.ask(question, tell)
    finally:
        helper.close()


class Helper:
    """A helper process that answers one question after the other, until it is closed."""

    def __init__(self, module: str, *, what: Kind, visible: str | None = None) -> None:
        """Start it. `visible` becomes CUDA_VISIBLE_DEVICES; `what`: what an error calls it."""
        self._what = what
        self._errors = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115 - `close` does
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            encoding="utf-8",
            start_new_session=True,  # ctrl-C is for who asked, who ends it
            env=narrowed(visible),
        )
        _alive[self._process] = what

    @property
    def is_alive(self) -> bool:
        """Whether it can be asked."""
        return self._process.poll() is None

    def ask(self, question: dict[str, Any], tell: Tell = silent) -> dict[str, Any]:
        """Ask and wait for the answer.

        Raises InputError for what the helper found wrong, BertftError when it ended without an answer or was ended.
        """
        answer = None
        try:
            answer = _converse(self._process, json.dumps(question), tell)
        finally:
            if answer is None:
                self.end()
        if answer is None:
            self._errors.seek(0)
            raise _speechless(self._what, self._process.returncode, self._errors.read())
        if not answer.get("ok"):
            problem = answer["error"]
            raise InputError(problem["title"], problem["message"], problem.get("hint", ""))
        return answer

    def end(self) -> None:
        """Let it put in order what it has begun, not for long; whoever waits for its answer gets an error."""
        _end(self._process)
        self._process.wait()

    def close(self) -> None:
        """End it at once."""
        _alive.pop(self._process, None)
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout, self._errors):
            with suppress(BrokenPipeError):
                pipe.close()  # type: ignore[union-attr]


def end_all(*kinds: Kind) -> None:
    """End every helper that is at work, or those of some kinds: who asked has lost interest, and does not wait."""
    for process, kind in tuple(_alive.items()):
        if not kinds or kind in kinds:
            Thread(target=_end, args=(process,)).start()


def _end(process: "subprocess.Popen[str]") -> None:
    """Let a helper put in order what it has begun, such as a download; not for long."""
    process.terminate()
    try:
        process.wait(_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()


def _converse(process: "subprocess.Popen[str]", question: str, tell: Tell) -> dict[str, Any] | None:
    """Put the question, pass on what is said on the way, and return the answer; None when there is none."""
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(question + "\n")
        process.stdin.flush()
    except BrokenPipeError:
        return None
    for line in process.stdout:
        if not line.endswith("\n"):
            return None  # it ended in the middle of what it said
        said: dict[str, Any] = json.loads(line)
        if "progress" not in said:
            return said
        tell(redact(str(said["progress"])))
    return None


def _speechless(what: Kind, code: int, errors: str) -> BertftError:
    """Say that a helper ended without an answer. `code`: below zero, the signal that killed it."""
    tail = "\n".join(errors.strip().splitlines()[-3:])
    if code == -signal.SIGKILL:
        return BertftError(
            f"{what} was killed", tail or "Its process got signal 9 (SIGKILL).", "Perhaps memory ran out: try again."
        )
    return BertftError(
        f"{what} ended without an answer",
        tail or f"Its process ended with exit code {code}.",
        "`bertft-tui doctor` looks closer.",
    )
