"""What the screens show: immutable, built off the interface's thread."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from bertft_tui.core.errors import Problem
from bertft_tui.core.metric_names import evaluation_name
from bertft_tui.core.store.records import QueueState, RunRecord, Series
from bertft_tui.core.store.status import ALIVE
from bertft_tui.tui.interests.curves import Curves, series_by_name
from bertft_tui.tui.interests.interest import Interest, T
from bertft_tui.tui.metric_choice import AUTO


@dataclass(frozen=True)
class Snapshot:
    """The store at one moment."""

    revision: int = -1
    runs: tuple[RunRecord, ...] = ()  # newest first
    trash: tuple[RunRecord, ...] = ()  # the last deleted first
    known: Mapping[str, RunRecord] = field(default_factory=dict)  # by id: these, and older ones that were asked for
    queue: QueueState = field(default_factory=lambda: QueueState(paused=False, reason="", waiting=()))
    answers: Mapping[Interest[Any], Any] = field(default_factory=dict)  # to what the screen on top asks
    disk: Problem | None = None  # what is the matter with the disk of the store or of the run directories
    read_at: Mapping[str, float] = field(default_factory=dict)  # monotonic seconds, for each run

    def age(self, run: RunRecord) -> float:
        """Seconds since a live run's record was read; 0 for one that has ended."""
        read_at = self.read_at.get(run.id)
        return max(0.0, time.monotonic() - read_at) if read_at is not None and run.status.is_alive else 0.0

    def run(self, run_id: str | None) -> RunRecord | None:
        """The run with this id, also from the trash; None when it is not among those known."""
        return self.known.get(run_id) if run_id is not None else None

    def answer(self, interest: Interest[T]) -> T | None:
        """What was read for an interest; None when it was not asked for, or not read yet."""
        return self.answers.get(interest)

    def series(self, run_id: str, part: tuple[int, int] | None = None) -> dict[str, Series] | None:
        """The curves of a run by name, those of a part of its steps where they were read; None without any."""
        found: dict[str, Series] = {}
        asked = [each for each in self.answers if isinstance(each, Curves) and each.run_id == run_id]
        for interest in sorted(asked, key=lambda each: each.part == part):
            found |= series_by_name(self.answers[interest])
        return found if asked else None

    def metric(self, choice: str) -> str:
        """The metric to show: the choice, or `auto` where no run has it, since it was made for another store."""
        name = evaluation_name(choice)
        is_there = choice == AUTO or not self.known or any(name in run.metrics for run in self.known.values())
        return choice if is_there else AUTO

    @cached_property
    def baseline(self) -> RunRecord | None:
        """The run that others are compared with; None when nobody has chosen one."""
        chosen = [run for run in self.known.values() if run.baseline_at is not None and run.trashed_at is None]
        return max(chosen, key=lambda run: run.baseline_at or 0.0, default=None)

    @cached_property
    def alive(self) -> int:
        """How many runs have a process, or are about to."""
        return sum([run.status in ALIVE for run in self.runs])
