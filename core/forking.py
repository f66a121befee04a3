"""What the scheduler and its warm process say to each other, and the calls of Linux that forked workers rest on.

They talk through a socket of whole messages. The warm process sends `READY` once it has imported everything; for each
request, which brings the log's descriptor along, it answers with the process id of the worker that it has forked.
"""

import signal
import sys
from typing import TypedDict

WARM_MODULE = "bertft_tui.core.training.warm"

#: The variable by which `--no-warm` goes along with a run, and with a scheduler that is started.
NO_WARM = "BERTFT_NO_WARM"

#: What differs from run to run and is read late: CUDA looks for its devices when it is first used.
LATE_VARIABLES = frozenset({"CUDA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER"})

#: Lets torch ask the driver's library, not CUDA, whether there is a GPU: a process that has begun with CUDA must not
#: fork.
WITHOUT_CUDA = {"PYTORCH_NVML_BASED_CUDA_CHECK": "1"}

READY = b"ready"

#: The largest message: an environment, above all.
MAX_MESSAGE = 1 << 20

_SET_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG
_SET_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER


class ForkRequest(TypedDict):
    """What the warm process is asked for: a worker that takes this ticket of this run directory."""

    ticket: str
    directory: str
    environment: dict[str, str]


def adopt_orphans(*, wanted: bool = True) -> bool:
    """Let processes below this one whose parent ends become its own children, or no longer; whether that was done.

    Only Linux knows this. So whoever started a process that forks learns how the forked ones end.
    """
    return sys.platform == "linux" and _prctl(_SET_SUBREAPER, int(wanted))


def die_with_parent() -> None:
    """Have the kernel kill this process, and none that it forks, as soon as its parent is gone."""
    if sys.platform == "linux":
        _prctl(_SET_DEATH_SIGNAL, signal.SIGKILL)


def _prctl(option: int, value: int) -> bool:
    import ctypes

    return bool(ctypes.CDLL(None).prctl(option, value, 0, 0, 0) == 0)
