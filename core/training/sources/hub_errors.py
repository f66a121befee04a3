"""What goes wrong with data sets of the Hub, as sentences."""

import errno
from collections.abc import Iterator, Sequence
from textwrap import shorten

from huggingface_hub.errors import GatedRepoError, HTTPError  # type: ignore[attr-defined]  # of whichever HTTP library

from bertft_tui.core.errors import DataError, InputError
from bertft_tui.core.training.hub import gated_data_set, offline_variable
from bertft_tui.core.training.notes import first_line, listed

#: Characters of a library's words that are shown.
_LONGEST = 200

_NO_FILES = ("DataFilesNotFoundError", "EmptyDatasetError")


def check_configuration(name: str, wanted: str | None, there: Sequence[str]) -> None:
    """See that the wanted configuration is there, or that none needs to be named. Raises DataError."""
    shown = listed([repr(configuration) for configuration in there], 20)
    if wanted is not None and wanted not in there:
        raise DataError(
            "There is no such configuration",
            f"data.config_name is {wanted!r}; {name} has {shown}.",
            "Set data.config_name to one of them; most data sets need none.",
        )
    if wanted is None and len(there) > 1:
        raise DataError(
            "Which configuration is meant?",
            f"{name} has {len(there)}: {shown}.",
            "Set data.config_name to one of them.",
        )


def is_script(name: str, files: Sequence[str]) -> bool:
    """Say whether a repository is a script that makes the data, which is not run any more."""
    return f"{name.rsplit('/', maxsplit=1)[-1]}.py" in files


def script(name: str) -> DataError:
    """Make the error for a data set that only its own script could read."""
    return DataError(
        "This data set is a Python script",
        f"{name!r} is read by a script of its own; the `datasets` library no longer runs such scripts.",
        "Look for a copy in parquet on the Hub (often data.revision = 'refs/convert/parquet'), or name its files.",
    )


def unreachable(name: str, reason: str, cached: Sequence[str], near: str) -> DataError:
    """Make the error for a data set that is neither here nor can be asked for."""
    holds = f"The local caches hold {listed(cached)}." if cached else "The local caches hold no data set."
    return DataError(
        "The Hub cannot be reached",
        f"{name!r} is no file or folder here, has no local copy, and asking the Hub failed: {reason}. {holds}",
        f"{near} Check the network, or name a file or folder. Where there is a network, "
        f"`hf download --repo-type dataset {name}` fills the cache, which can be copied here.".strip(),
    )


def not_cached(name: str, revision: str | None, cached: Sequence[str], near: str) -> DataError:
    """Make the error for a data set that is not in the caches while the Hub must not be asked."""
    holds = f"they hold {listed(cached)}" if cached else "they hold no data set"
    at = f" at revision {revision!r}" if revision else ""
    return DataError(
        "This data set is not in the local caches",
        f"{offline_variable()} is set, and the caches lack {name!r}{at}; {holds}.",
        f"{near} Unset {offline_variable()} to download it, or name one that is there.".strip(),
    )


def not_whole(name: str, missing: Sequence[str]) -> DataError:
    """Make the error for a copy in the Hub's cache that lacks files."""
    return DataError(
        "The local copy is not whole",
        f"Of {name!r} the cache lacks files: {listed(missing)}.",
        f"With a network, fetch the rest: hf download --repo-type dataset {name}",
    )


def loading_failed(name: str, error: BaseException) -> InputError:
    """Put into a sentence what the library raised while it found, downloaded or prepared a data set."""
    chain = list(_causes(error))
    said = " ".join(map(str, chain))
    if any(isinstance(cause, GatedRepoError) for cause in chain) or "is a gated dataset" in said:
        return gated_data_set(name)
    if "scripts are no longer supported" in said:
        return script(name)
    if any(type(cause).__name__ in _NO_FILES for cause in chain):
        return DataError(
            "The data set has no files of rows", f"{name!r} holds nothing that `datasets` reads.", "Look at its page."
        )
    for cause in chain:
        if found := _of_files(name, cause):
            return found
    if any(isinstance(cause, HTTPError | ConnectionError | TimeoutError) for cause in chain):
        return DataError(
            "The Hub stopped answering",
            f"While {name!r} was fetched: {_short(chain[-1])}.",
            "Try again: what is already here is not fetched again.",
        )
    return DataError(
        "The data set cannot be read",
        f"{name!r}: {_short(chain[-1])}.",
        "Look at its page, or download its files and name them.",
    )


def _of_files(name: str, error: BaseException) -> DataError | None:
    if isinstance(error, UnicodeDecodeError):
        return DataError(
            "The files are in another encoding",
            f"{name!r}: {_short(error)}.",
            "Set data.encoding to the one they were written in, for example cp1252.",
        )
    return _of_system(name, error) if isinstance(error, OSError) else None


def _of_system(name: str, error: OSError) -> DataError | None:
    where = f": {error.filename}" if error.filename else ""
    if error.errno == errno.ENOSPC or "Not enough disk space" in str(error):
        return no_room(name, f"the disk is full{where}")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return DataError(
            "The cache cannot be written",
            f"{name!r} needs a place in it{where} ({error.strerror}).",
            "Check who owns the folder, or set HF_HOME to another one.",
        )
    return None


def no_room(name: str, reason: str) -> DataError:
    """Make the error for a disk that cannot hold a data set."""
    return DataError(
        "There is no room for the data set",
        f"{name!r} does not fit: {reason}.",
        "Make room, or set HF_HOME to a folder on another disk.",
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in seen:
        seen.append(cause)
        yield cause
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)


def _short(error: BaseException) -> str:
    return shorten(first_line(error), _LONGEST, placeholder=" …")
