"""What became of a run whose process is gone and whose journal names no end: as much as can be known, and no more."""

import signal
import socket

from bertft_tui.core.boot import boot_id
from bertft_tui.core.errors import Problem
from bertft_tui.core.journal import CLOSING_PATIENCE, UNWRITTEN
from bertft_tui.core.scheduling.memory_kills import Kills, lost_to_memory
from bertft_tui.core.scheduling.worker_handle import CRASHES, WorkerHandle, log_tail, take_ticket_back
from bertft_tui.core.store.records import AttemptRecord
from bertft_tui.core.store.status import RunStatus

_RESUME = "Resume it: it goes on from its newest whole checkpoint."
_ROOM = f"Make room on its disk. {_RESUME}"

_LESS_MEMORY = (
    "Fewer hardware.dataloader_num_workers, a smaller data.max_length or batch, and fewer rows (data.train_size) "
    "take less: start a run from it with those. A resume goes on with the settings as they are."
)


def verdict(
    handle: WorkerHandle, attempt: AttemptRecord | None, kills: Kills | None = None, last_seen: str = ""
) -> tuple[RunStatus, Problem | None]:
    """Say how a run ended. `attempt`: what the store knows of its process; `last_seen`: what it was doing then.

    `kills`: how often the system has killed for want of memory by now.
    """
    if handle.directory.cancel_request.exists():
        return RunStatus.CANCELLED, None
    if (handle.exit_code or handle.exit_signal in CRASHES) and take_ticket_back(handle.directory):
        message = f"{_how(handle)} The log ends: {log_tail(handle.directory) or 'without a word.'}"
        hint = "`bertft-tui doctor` checks the installation."
        return RunStatus.FAILED, Problem("The worker could not start", message, hint)
    if handle.exit_code == UNWRITTEN:
        return RunStatus.LOST, Problem("The run's last lines could not be written", _unwritten(last_seen), _ROOM)
    if (elsewhere := _elsewhere(attempt)) is not None:
        return RunStatus.LOST, elsewhere
    for_memory, why = lost_to_memory(handle.kills, kills, handle.exit_signal)
    message = " ".join(part for part in (_how(handle), why, last_seen) if part)
    if for_memory:
        return RunStatus.LOST, Problem("The system killed the run for want of memory", message, _LESS_MEMORY)
    if tail := log_tail(handle.directory, lines=3 if handle.exit_signal in CRASHES else 1):  # a crash has a traceback
        message += f" The log ends: {tail}"
    return RunStatus.LOST, Problem("The run was lost", message, _RESUME)


def _elsewhere(attempt: AttemptRecord | None) -> Problem | None:
    """Say that a process was on another machine, or before this one was restarted; None where it was not."""
    if attempt is not None and attempt.host not in (None, socket.gethostname()):
        message = f"Its process was on {attempt.host}, and this machine is {socket.gethostname()}."
        return Problem("The run was lost (another machine)", message, _RESUME)
    if attempt is not None and attempt.boot_id not in (None, boot_id()):
        message = "The machine was restarted while the run was under way."
        return Problem("The run was lost (reboot)", message, _RESUME)
    return None


def _unwritten(last_seen: str) -> str:
    """Say what is known of a run that came to its end while its disk took nothing."""
    waited = f"Its process came to its end, and waited {CLOSING_PATIENCE / 60:.0f} minutes for its disk, which took"
    return f"{waited} nothing: how it ended, and what it wrote last, is not known. {last_seen}".rstrip()


def _how(handle: WorkerHandle) -> str:
    """Say in a sentence how a process ended."""
    if handle.exit_signal is not None:
        names = {item.value: item.name for item in signal.Signals}
        return f"Its process was killed by signal {handle.exit_signal} ({names.get(handle.exit_signal, 'unknown')})."
    if handle.exit_code is not None:
        return f"Its process ended with exit code {handle.exit_code}."
    return "Its process vanished; how is unknown, since nobody was there to see it."
