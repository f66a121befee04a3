"""Data sets of the Hub through `datasets`: asked for once and briefly, or from the local caches.

Without a network, or with HF_HUB_OFFLINE=1, it is what `datasets` prepared before, or else the files that the Hub's
own cache holds.
"""

import re
import shutil
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from logging import CRITICAL
from pathlib import Path
from typing import Any

import datasets
import pyarrow as pa
import yaml  # type: ignore[import-untyped]
from huggingface_hub import constants, try_to_load_from_cache
from huggingface_hub import logging as hub_logging
from huggingface_hub.errors import (  # type: ignore[attr-defined]  # HTTPError: that of whichever HTTP library
    HFValidationError,
    HTTPError,
)
from huggingface_hub.utils import validate_repo_id  # type: ignore[attr-defined]
from huggingface_hub.utils.tqdm import disable_progress_bars

from bertft_tui.core.errors import Problem
from bertft_tui.core.sections import DataSection
from bertft_tui.core.tell import Check, Tell
from bertft_tui.core.training.downloads import Parcel, download
from bertft_tui.core.training.sources.file_source import LazySource
from bertft_tui.core.training.sources.hub_builder import Found, find_builder
from bertft_tui.core.training.sources.hub_errors import loading_failed, no_room
from bertft_tui.core.training.sources.missing import not_there
from bertft_tui.core.training.sources.raw import RawSplit
from bertft_tui.core.training.sources.saved_folders import raw_split

_REMOTE_FILE = re.compile(r"hf://datasets/[^@]+@[^/]+/(.+)")

#: What the libraries raise on repositories, files and disks that they cannot cope with.
_FAILURES = (
    datasets.exceptions.DatasetsError,
    pa.ArrowException,
    yaml.YAMLError,
    HTTPError,
    OSError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    RuntimeError,
)


def open_hub(data: DataSection, tell: Tell, check: Check) -> LazySource:
    """Make a source of a data set on the Hub; where it can be, its splits are known without downloading it.

    Raises DataError when there is none, when it is not given, or when it can neither be reached nor found here; what
    `check` raises ends a download.
    """
    try:
        validate_repo_id(data.dataset)
    except HFValidationError:
        raise not_there(data.dataset) from None
    with _said_in_words(data.dataset):
        found = find_builder(data)
        names = _split_names(found.builder)
        if not names:
            _prepare(data.dataset, found, tell, check)
            names = _split_names(found.builder)

    def read(split: str, notes: list[Problem]) -> RawSplit:
        with _said_in_words(data.dataset):
            _prepare(data.dataset, found, tell, check)
            return raw_split(found.builder.as_dataset(split=split), split)

    return LazySource(data.dataset, names, read, [*found.notes])


def _split_names(builder: Any) -> tuple[str, ...]:
    """Return the splits as their files say, or as the builder's description does."""
    return tuple(map(str, builder.config.data_files or builder.info.splits or ()))


def _prepare(name: str, found: Found, tell: Tell, check: Check) -> None:
    """Download and convert all splits, unless that has been done before."""
    builder = found.builder
    if (Path(builder.cache_dir) / "dataset_info.json").is_file():
        builder.download_and_prepare()
        return
    needed, preparing = _missing_bytes(name, found), f"preparing {name}"
    _check_room(name, needed, builder.info.dataset_size or 0)
    if needed:
        download(builder.download_and_prepare, Parcel(name, "dataset", needed), tell, check, preparing)
    else:
        tell(preparing)
        builder.download_and_prepare()


def _missing_bytes(name: str, found: Found) -> int:
    """How many bytes of the builder's files are not in the Hub's cache yet."""
    needed = 0
    for files in (found.builder.config.data_files or {}).values():
        for file in files:
            remote = _REMOTE_FILE.fullmatch(str(file))
            if remote and not _is_cached(name, remote[1], found.commit):
                needed += found.sizes.get(remote[1], 0)
    return needed


def _is_cached(name: str, file: str, commit: str | None) -> bool:
    return isinstance(try_to_load_from_cache(name, file, repo_type="dataset", revision=commit), str)


def _check_room(name: str, download: int, prepared: int) -> None:
    """See that the disks of both caches have room. Raises DataError."""
    hub = _existing(Path(constants.HF_HUB_CACHE))
    own = _existing(Path(datasets.config.HF_DATASETS_CACHE))
    together = hub.stat().st_dev == own.stat().st_dev
    for folder, bytes_ in ((hub, download + prepared if together else download), (own, prepared)):
        free = shutil.disk_usage(folder).free
        if bytes_ > free:
            raise no_room(name, f"it takes {bytes_ / 1e6:,.0f} MB, and {folder} has {free / 1e6:,.0f} MB left")


def _existing(path: Path) -> Path:
    return path if path.exists() else _existing(path.parent)


@contextmanager
def _said_in_words(name: str) -> Iterator[None]:
    """Keep the libraries' bars and warnings to themselves. Raises DataError for what they raise."""
    datasets.disable_progress_bars()
    datasets.logging.set_verbosity(CRITICAL)  # its errors are raised as well as logged
    hub_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        disable_progress_bars()
        try:
            yield
        except _FAILURES as error:
            raise loading_failed(name, error) from error
