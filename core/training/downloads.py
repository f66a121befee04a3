"""Downloads from the Hub that say how far they are, and that can be left before they have ended.

The library shows bars on a terminal; here the Hub's cache is looked at instead, which is the same for models and data
sets and for every way in which the library fetches. The download has a thread of its own: whoever waits is free to
look for requests.
"""

import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any, Literal, NoReturn, TypeVar

import psutil

from bertft_tui.core.tell import Check, Tell
from bertft_tui.core.training.logged_journal import log

Result = TypeVar("Result")

#: Seconds between two looks at the cache and at the requests.
_SECONDS = 0.5

#: Bytes that the library collects before it writes them: its own 10 MB are a minute of a slow line.
_CHUNK = 2**18

#: What a file is called in the cache until it is whole: `NAME.RANDOM.incomplete`.
_PARTIAL = ".incomplete"


@dataclass(frozen=True)
class Parcel:
    """What is to be downloaded: of which repository, and how many bytes, 0 where that is not known."""

    name: str
    kind: Literal["model", "dataset"]
    size: int

    @property
    def blobs(self) -> Path:
        """Where the Hub's cache keeps the contents of the repository's files."""
        from huggingface_hub import constants  # the worker imports this module always, and seldom downloads
        from huggingface_hub.file_download import repo_folder_name

        folder = repo_folder_name(repo_id=self.name, repo_type=self.kind)
        return Path(constants.HF_HUB_CACHE) / folder / "blobs"

    def words(self, arrived: int) -> str:
        """How far it is: `downloading org/name: 120 of 436 MB`."""
        if not self.size:
            return f"downloading {self.name}: {_megabytes(arrived, arrived)} MB"
        done, size = (_megabytes(bytes_, self.size) for bytes_ in (min(arrived, self.size), self.size))
        return f"downloading {self.name}: {done} of {size} MB"


#: Downloads that nobody waits for any more.
_left: list[tuple[Future[Any], Parcel]] = []


def download(work: Callable[[], Result], parcel: Parcel, tell: Tell, check: Check, then: str = "") -> Result:
    """Do `work`, which downloads a parcel; return what it returns, raise what it raises.

    `tell` gets how far it is whenever that has changed, and `then` when all has arrived and `work` goes on. `check`
    is called about twice a second; when it raises, the download is left behind, and its partial files are removed.
    """
    from huggingface_hub import constants

    constants.DOWNLOAD_CHUNK_SIZE = _CHUNK
    before, began = _sizes(parcel.blobs), time.monotonic()
    said = parcel.words(0)
    log(said, sys.stderr)  # the stdout of others is for their answers
    tell(said)
    future = _in_thread(work)
    try:
        while not wait([future], _SECONDS).done:
            check()
            arrived = _arrived(parcel, before)
            words = then if then and 0 < parcel.size <= arrived else parcel.words(arrived)
            if words != said:
                said = words
                tell(said)
    except BaseException:  # also what a signal raises, wherever it comes
        _leave(future, parcel)
        raise
    result = future.result()
    log(f"downloaded {parcel.name} in {time.monotonic() - began:.0f} s", sys.stderr)
    return result


def exit_process(code: int) -> NoReturn:
    """End this process and those that it has started; at once where threads of a download would be waited for."""
    end_children()
    if going := [parcel for future, parcel in _left if not future.done()]:
        sys.stdout.flush()
        sys.stderr.flush()
        for parcel in going:
            _remove_partial(parcel)  # once more: its threads may have begun another file
        os._exit(code)
    sys.exit(code)


def end_children() -> None:
    """Kill the processes that this one has started, such as those that load data: nobody else may be there for it."""
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            child.kill()


def _in_thread(work: Callable[[], Result]) -> Future[Result]:
    future: Future[Result] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001  # raised again where somebody waits
            future.set_exception(error)

    Thread(target=run, name="download", daemon=True).start()
    return future


def _arrived(parcel: Parcel, before: dict[str, int]) -> int:
    """How many bytes have come since the cache was as it was before."""
    return sum(max(0, size - before.get(name, 0)) for name, size in _sizes(parcel.blobs).items())


def _sizes(blobs: Path) -> dict[str, int]:
    """The bytes of each file of a repository, whole or partial; nothing where the cache cannot be read."""
    found = {}
    with suppress(OSError):
        for path in blobs.iterdir():
            with suppress(OSError):  # renamed meanwhile
                found[path.name] = _bytes(path)
    return found


def _bytes(path: Path) -> int:
    """The size of a file; of a partial one that may have holes, what is there of it."""
    stat = path.stat()
    return min(stat.st_size, 512 * stat.st_blocks) if path.suffix == _PARTIAL else stat.st_size


def _leave(future: Future[Result], parcel: Parcel) -> None:
    """Stop waiting for a download, and remove its partial files: the library never goes on with them."""
    _left.append((future, parcel))
    log(f"the download of {parcel.name} is left", sys.stderr)
    _remove_partial(parcel)


def _remove_partial(parcel: Parcel) -> None:
    """Remove the partial files that this process has open, where the system (Linux) says which those are.

    Those of other processes lie beside them.
    """
    with suppress(OSError):
        for descriptor in Path("/proc/self/fd").iterdir():
            with suppress(OSError):
                path = descriptor.readlink()
                if path.suffix == _PARTIAL and path.parent == parcel.blobs.resolve():
                    path.unlink()


def _megabytes(bytes_: int, total: int) -> str:
    return f"{bytes_ / 1e6:,.0f}" if total >= 10e6 else f"{bytes_ / 1e6:.1f}"
