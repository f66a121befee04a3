"""Some space kept back beside the store: on a full disk it can still be opened, and runs be deleted, purged, slimmed.

Each of these frees far more than it takes, but has to write a little first.
"""

import errno
import os
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from bertft_tui.core.errors import FullStoreError
from bertft_tui.core.paths import StorePath
from bertft_tui.core.whole_file import write_whole

#: Bytes: a store's transaction takes some pages of 4 kB in its log, and a new log an index of 32 kB.
SIZE = 512 * 1024

_FULL = (errno.ENOSPC, errno.EDQUOT)

Result = TypeVar("Result")


def keep_reserve(path: StorePath) -> None:
    """Put the reserve aside, unless it is there or there is no room."""
    if not path.reserve.exists():
        with suppress(OSError):  # random: a file system that compresses would keep no room for zeros
            write_whole(path.reserve, os.urandom(SIZE), shared=True)


def give_up_reserve(path: StorePath) -> bool:
    """Free the reserve; say whether there was one."""
    try:
        path.reserve.unlink()
    except OSError:
        return False
    return True


def with_reserve(path: StorePath, act: Callable[[], Result]) -> Result:
    """Do what has to work on a full disk; where it does not, again with the reserve's room.

    Raises what `act` raises.
    """
    try:
        return act()
    except (FullStoreError, OSError) as error:
        full = isinstance(error, FullStoreError) or error.errno in _FULL
        if not full or not give_up_reserve(path):
            raise
        return act()
