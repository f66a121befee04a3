"""Forking workers on request: each becomes what a freshly started one is, but for what is imported already."""

import gc
import json
import os
import select
import socket
import sys
import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from bertft_tui.core.forking import MAX_MESSAGE, READY, ForkRequest, die_with_parent

#: Where the socket to the scheduler lies: what is standard input elsewhere.
_CHANNEL = 0

Work = Callable[[Path, str], int]


def serve(prepare: Callable[[], None], work: Work) -> int:
    """Prepare, then fork for each request a process that does `work` on directory and ticket; return its exit code.

    Returns 0 in this process itself, once the scheduler has closed the socket. It dies with its parent, and what it
    has forked lives on.
    """
    die_with_parent()
    given = dict(os.environ)
    channel = socket.socket(fileno=os.dup(_CHANNEL))
    if _is_closed(channel):
        return 0  # before the kernel knew that this process is to die with it
    gc.disable()
    prepare()
    gc.freeze()  # else the collector of each worker would write to, and so copy, every page of it
    gc.enable()
    with suppress(BrokenPipeError):
        channel.send(READY)
    while (received := _receive(channel)) is not None:
        request, log = received
        with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
            pid = fork_away()  # idle threads of libraries that mend themselves after a fork are warned of
        if pid == 0:
            channel.close()
            _become(request, log, given)
            return work(Path(request["directory"]), request["ticket"])
        os.close(log)
        channel.send(str(pid).encode())
    return 0


def fork_away() -> int:
    """Fork a process that is nobody's child but the scheduler's; return 0 in it, and its id here: -1 for none.

    The one between the two ends at once, and the kernel gives its child to the scheduler, which adopts orphans.
    """
    reading, writing = os.pipe()
    if between := os.fork():
        os.close(writing)
        said = os.read(reading, 20)
        os.close(reading)
        os.waitpid(between, 0)
        return int(said or -1)
    try:
        forked = os.fork()
    except OSError:
        os._exit(1)
    if forked:
        os.write(writing, str(forked).encode())
        os._exit(0)
    os.close(reading)
    os.close(writing)
    return 0


def _is_closed(channel: socket.socket) -> bool:
    """Whether nobody holds the other end any more."""
    poll = select.poll()
    poll.register(channel, 0)
    return bool(poll.poll(0))


def _receive(channel: socket.socket) -> tuple[ForkRequest, int] | None:
    """Wait for a request and the log that comes with it; None when nobody is there to make one."""
    message, descriptors, _, _ = socket.recv_fds(channel, MAX_MESSAGE, 1)
    if not message:
        return None
    request: ForkRequest = json.loads(message)
    return request, descriptors[0]


def _become(request: ForkRequest, log: int, given: Mapping[str, str]) -> None:
    """Be as a process that was started for this request. `given`: the environment that this one was started with.

    What the imports have added to the environment stays, since they would have done so again.
    """
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDONLY)
    for descriptor, number in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(descriptor, number)
    os.close(nothing)
    os.close(log)
    os.chdir(request["directory"])
    for name in given.keys() - request["environment"].keys():
        os.environ.pop(name, None)
    os.environ.update(request["environment"])
    sys.argv[1:] = [request["ticket"], request["directory"]]
