"""The statuses of a run, what a request does in each, and where a waiting run may go."""

from enum import StrEnum

from bertft_tui.core.errors import RefusedError


class RunStatus(StrEnum):
    """Where a run stands."""

    QUEUED = "queued"
    STARTING = "starting"
    RUNNING = "running"
    FINISHED = "finished"
    STOPPED = "stopped"  # asked for; a checkpoint is saved
    CANCELLED = "cancelled"  # asked for; nothing saved
    FAILED = "failed"  # an error with a reason
    LOST = "lost"  # its process vanished without a word

    @property
    def is_finished(self) -> bool:
        """Whether nothing more happens to the run unless somebody asks."""
        return self not in (RunStatus.QUEUED, RunStatus.STARTING, RunStatus.RUNNING)

    @property
    def is_alive(self) -> bool:
        """Whether a process stands behind the run, or is about to."""
        return self in ALIVE


#: The statuses of runs behind which a process stands, or is about to.
ALIVE = frozenset({RunStatus.STARTING, RunStatus.RUNNING})


class Request(StrEnum):
    """What a person may ask of a run."""

    STOP = "stop"
    CANCEL = "cancel"
    RESUME = "resume"


class Where(StrEnum):
    """Where in the queue a waiting run may go."""

    UP = "up"
    DOWN = "down"
    FIRST = "first"
    LAST = "last"


_ALLOWED: dict[Request, frozenset[RunStatus]] = {
    Request.STOP: frozenset({RunStatus.QUEUED, RunStatus.STARTING, RunStatus.RUNNING}),
    Request.CANCEL: frozenset({RunStatus.QUEUED, RunStatus.STARTING, RunStatus.RUNNING}),
    Request.RESUME: frozenset({RunStatus.STOPPED, RunStatus.FAILED, RunStatus.LOST}),
}

_PARTICIPLES: dict[Request, str] = {
    Request.STOP: "stopped",
    Request.CANCEL: "cancelled",
    Request.RESUME: "resumed",
}

_STANDS: dict[RunStatus, str] = {
    RunStatus.FINISHED: "has finished",
    RunStatus.STOPPED: "was stopped",
    RunStatus.CANCELLED: "was cancelled",
    RunStatus.FAILED: "has failed",
}

_HINTS: dict[tuple[Request, RunStatus], str] = {
    (
        Request.RESUME,
        RunStatus.FINISHED,
    ): "`bertft-tui run --from RUN` (N in the app) starts one with its settings.",
    (
        Request.RESUME,
        RunStatus.CANCELLED,
    ): "Nothing was saved. `bertft-tui run --from RUN` (N in the app) starts anew.",
    (Request.RESUME, RunStatus.QUEUED): "It starts by itself when its turn comes.",
    (Request.RESUME, RunStatus.STARTING): "It is on its way already.",
    (Request.RESUME, RunStatus.RUNNING): "It is on its way already.",
    (Request.STOP, RunStatus.STOPPED): "`resume` goes on from its checkpoint.",
    (Request.STOP, RunStatus.LOST): "`resume` goes on from its newest checkpoint.",
    (Request.STOP, RunStatus.FAILED): "`resume` goes on from its newest checkpoint.",
}


def refusal(request: Request, status: RunStatus) -> RefusedError | None:
    """Say why a run in this status cannot take the request; None when it can."""
    if status in _ALLOWED[request]:
        return None
    return RefusedError(
        f"This run cannot be {_PARTICIPLES[request]}",
        f"It {_STANDS.get(status, f'is {status}')}.",
        _HINTS.get((request, status), "It has ended; there is nothing to " + request + "."),
    )


def in_trash(request: Request) -> RefusedError:
    """Say that a run in the trash takes no request."""
    return RefusedError(
        f"This run cannot be {_PARTICIPLES[request]}", "It is in the trash.", "`restore` takes it out first."
    )


def refusal_to_delete(status: RunStatus, *, resuming: bool) -> RefusedError | None:
    """Say why a run cannot go to the trash; None when it can. `resuming`: it was asked to go on and has not yet."""
    if status.is_finished and not resuming:
        return None
    title = "This run cannot be deleted"
    if resuming:
        return RefusedError(title, "It was asked to go on.", "Stop or cancel it when it is back in the queue.")
    return RefusedError(title, f"It is {status}.", "Stop or cancel it first.")


#: Which status may follow which; the scheduler writes no other step.
TRANSITIONS: dict[RunStatus, frozenset[RunStatus]] = {
    RunStatus.QUEUED: frozenset({RunStatus.STARTING, RunStatus.STOPPED, RunStatus.CANCELLED, RunStatus.FAILED}),
    RunStatus.STARTING: frozenset(
        {
            RunStatus.QUEUED,
            RunStatus.RUNNING,
            RunStatus.FINISHED,
            RunStatus.STOPPED,
            RunStatus.CANCELLED,
            RunStatus.FAILED,
            RunStatus.LOST,
        }
    ),
    RunStatus.RUNNING: frozenset(
        {
            RunStatus.QUEUED,  # tried again by itself, with settings adjusted
            RunStatus.FINISHED,
            RunStatus.STOPPED,
            RunStatus.CANCELLED,
            RunStatus.FAILED,
            RunStatus.LOST,
        }
    ),
    RunStatus.FINISHED: frozenset(),
    RunStatus.STOPPED: frozenset({RunStatus.QUEUED}),
    RunStatus.CANCELLED: frozenset(),
    RunStatus.FAILED: frozenset({RunStatus.QUEUED}),
    RunStatus.LOST: frozenset({RunStatus.QUEUED}),
}


def read_status(stored: str) -> tuple[RunStatus, list[str]]:
    """Read a status. One that nobody knows counts as lost: no process of ours stands behind it."""
    try:
        return RunStatus(stored), []
    except ValueError:
        return RunStatus.LOST, [f"the status {stored[:40]!r} is unknown"]
