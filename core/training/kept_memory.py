"""Memory that a training step gives back is kept for the next one, which needs as much."""

import ctypes
import os
import sys

#: Set to anything, this variable of the environment switches it off.
GIVE_BACK = "BERTFT_GIVE_MEMORY_BACK"

#: The numbers of glibc's `mallopt` for what it takes from the system piece by piece, and for what it gives back.
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3

_ALL = 2**31 - 1
_LARGEST = 2**30


def keep_freed_memory() -> None:
    """Let glibc neither fetch large blocks from the system one by one nor give them back.

    Else each step has hundreds of megabytes mapped and cleared page by page, which on a processor takes up to a third
    of its time. Another C library than glibc is left as it is.
    """
    if sys.platform != "linux" or os.environ.get(GIVE_BACK):
        return
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except AttributeError:
        return
    mallopt(_M_MMAP_THRESHOLD, _LARGEST)
    mallopt(_M_TRIM_THRESHOLD, _ALL)
