"""The builder of a Hub data set: of the Hub's files after one short question, or of what the local caches hold."""

import re
from dataclasses import dataclass, field, replace
from typing import Any

from datasets import config, get_dataset_config_names, load_dataset_builder
from huggingface_hub.constants import is_offline_mode

from bertft_tui.core.errors import Problem
from bertft_tui.core.sections import DataSection
from bertft_tui.core.training.hub import HubUnreachableError, data_set_info
from bertft_tui.core.training.reading.decoding import Decoder
from bertft_tui.core.training.sources.file_source import encoding_unused
from bertft_tui.core.training.sources.hub_cache import cached_names, check_shards, prepared_builder, snapshot
from bertft_tui.core.training.sources.hub_errors import (
    check_configuration,
    is_script,
    not_cached,
    not_whole,
    script,
    unreachable,
)
from bertft_tui.core.training.sources.missing import near_names

#: The file's name in what the library says of one that is not there.
_MISSING = re.compile(r"[^']*'[^']*/([^/']+)'.*", re.DOTALL)


@dataclass(frozen=True)
class Found:
    """A builder with the commit it builds, the sizes of the repository's files, and notes on where it comes from."""

    builder: Any
    commit: str | None = None
    sizes: dict[str, int] = field(default_factory=dict)
    notes: tuple[Problem, ...] = ()


def find_builder(data: DataSection) -> Found:
    """Find the newest there is, or what is here when the Hub is not to be asked or does not answer.

    Raises DataError, and what `datasets` raises on repositories that it cannot make out.
    """
    name, near = data.dataset, near_names(data.dataset)
    if is_offline_mode() or config.HF_HUB_OFFLINE:
        local = _local_builder(data)
        if local is None:
            raise not_cached(name, data.revision, cached_names(), near)
        return _noted(Found(local), data)
    try:
        info = data_set_info(name, data.revision, near)
    except HubUnreachableError as error:
        local = _local_builder(data)
        if local is None:
            raise unreachable(name, str(error), cached_names(), near) from None
        note = Problem("The Hub cannot be reached", f"The local copy of {name!r} is used ({error}).")
        return _noted(Found(local, notes=(note,)), data)
    sizes = {file.rfilename: file.size or 0 for file in info.siblings or ()}
    if is_script(name, [*sizes]):
        raise script(name)
    # With a named commit the library asks no other server than this one.
    return _noted(Found(_builder(data, name, data.revision or info.sha), info.sha, sizes), data)


def _noted(found: Found, data: DataSection) -> Found:
    """Note when the named encoding is of no use."""
    if data.encoding is None or getattr(found.builder.config, "encoding", None) == data.encoding:
        return found
    return replace(found, notes=(*found.notes, encoding_unused(data.dataset)))


def _local_builder(data: DataSection) -> Any:
    prepared = prepared_builder(data.dataset, data.config_name, data.revision)
    if prepared is not None:
        return prepared
    folder = snapshot(data.dataset, data.revision)
    if folder is None:
        return None
    try:
        builder = _builder(data, str(folder), None)
    except FileNotFoundError as error:
        raise not_whole(data.dataset, [_MISSING.sub(r"\1", str(error))]) from None
    check_shards(data.dataset, [file for files in (builder.config.data_files or {}).values() for file in files])
    return builder


def _builder(data: DataSection, path: str, revision: str | None) -> Any:
    """Make a builder which reads csv files as those that lie here are read: an empty cell is none, `NA` is a word."""
    try:
        builder = load_dataset_builder(path, data.config_name, revision=revision)
        options = _options(builder.config, Decoder(data.encoding).encoding)
        return load_dataset_builder(path, data.config_name, revision=revision, **options) if options else builder
    except ValueError:  # mostly about configurations
        names = get_dataset_config_names(path, revision=revision)
        check_configuration(data.dataset, data.config_name, names)
        raise


def _options(config: Any, encoding: str | None) -> dict[str, Any]:
    """What the builder of a format must be told, if it can be."""
    cells = {"keep_default_na": False, "na_values": [""]} if hasattr(config, "keep_default_na") else {}
    return {**cells, "encoding": encoding} if encoding is not None and hasattr(config, "encoding") else cells
