"""Asks what a run to be will find, again and again while its settings change: one helper process that stays warm.

The helper (`core/training/survey.py`) gives its answer in parts. A question that is no longer of interest ends when a
newer one comes; where the helper is deep in something, it is ended, and the next one begins anew.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from threading import Lock, Thread
from typing import Any, Protocol

from bertft_tui.core.config import RunConfig
from bertft_tui.core.redaction import redact
from bertft_tui.core.scheduling.launcher import narrowed
from bertft_tui.core.scheduling.preflight import absolute_paths, devices_for
from bertft_tui.core.scheduling.stamps import stamp_of

MODULE = "bertft_tui.core.training.survey"

#: Seconds that an old question may go on beside a new one before its helper is ended.
_PATIENCE = 3.0

#: Takes a part of an answer: its fields, the number of its question among them as `id`.
Hear = Callable[[dict[str, Any]], None]


class Surveyor(Protocol):
    """Who looks ahead."""

    def ask(self, number: int, config: RunConfig, gpu: str | None) -> None:
        """Begin an answer that comes in parts. Raises InputError."""

    def close(self) -> None:
        """End it all."""


#: Makes one, given who hears the parts.
MakeSurveyor = Callable[[Hear], Surveyor]


class Survey:
    """The helper, while somebody is interested. `hear` is called from a thread of its own."""

    def __init__(self, hear: Hear) -> None:
        self._hear = hear
        self._lock = Lock()
        self._process: subprocess.Popen[str] | None = None
        self._number = 0
        self._asked_at: float | None = None  # None: nothing is being answered
        self._closed = False

    def ask(self, number: int, config: RunConfig, gpu: str | None) -> None:
        """Ask about a config; answers come with the number. `gpu`: what its CUDA device is called.

        Raises InputError for names that cannot be looked at.
        """
        whole = absolute_paths(config)
        question = {"id": number, "config": whole.model_dump(mode="json"), "stamp": stamp_of(whole), "gpu": gpu}
        question["devices"] = devices_for(whole)
        with self._lock:
            if self._closed:
                return
            stuck = self._asked_at is not None and time.monotonic() - self._asked_at > _PATIENCE
            if stuck or self._process is None or self._process.poll() is not None:
                self._end()
                self._start()
            assert self._process is not None
            assert self._process.stdin is not None
            self._number, self._asked_at = number, time.monotonic()
            with suppress(OSError):
                self._process.stdin.write(json.dumps(question) + "\n")
                self._process.stdin.flush()

    def close(self) -> None:
        """End the helper; nothing is heard any more."""
        with self._lock:
            self._closed = True
            self._end()

    def _start(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", MODULE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # what goes wrong comes as a part of the answer
            text=True,
            encoding="utf-8",
            start_new_session=True,  # ctrl-C is for who asked, who ends it
            env=narrowed(""),  # it computes nothing: no GPU shall be touched
        )
        Thread(target=self._listen, args=(self._process,), daemon=True).start()

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _listen(self, process: "subprocess.Popen[str]") -> None:
        """Pass on what the helper says; where it ends in the middle of an answer, say that."""
        assert process.stdout is not None
        assert process.stdin is not None
        with process.stdout, suppress(ValueError, OSError):
            for line in process.stdout:
                part: dict[str, Any] = json.loads(line)
                if part["part"] == "progress":
                    part["text"] = redact(str(part["text"]))
                with self._lock:
                    wanted = self._process is process and part["id"] == self._number and not self._closed
                    if wanted and part["part"] == "done":
                        self._asked_at = None
                if wanted:
                    self._hear(part)
        with suppress(OSError):
            process.stdin.close()
        with self._lock:
            lost = self._process is process and self._asked_at is not None and not self._closed
            number, self._asked_at = self._number, None if lost else self._asked_at
        if lost:
            problem = {
                "title": "The look ahead ended without an answer",
                "message": f"Its process ended with exit code {process.wait()}.",
                "hint": "A change of a setting begins it anew; ctrl+s checks by itself.",
            }
            self._hear({"id": number, "part": "problem", "of": "", "problem": problem})
            self._hear({"id": number, "part": "done"})
