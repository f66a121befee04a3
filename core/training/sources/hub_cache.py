"""Data sets of the Hub that this machine already has: prepared by `datasets`, or as files in the Hub's own cache."""

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bertft_tui.core.hub_shelf import COMMIT, OWN_OPTIONS, downloaded_datasets, prepared_names
from bertft_tui.core.training.sources.hub_errors import check_configuration, not_whole

_SHARD = re.compile(r"(.*)-(\d+)-of-(\d+)\.")


def cached_names() -> list[str]:
    """Return the names of the data sets that either cache holds, sorted."""
    from datasets import config
    from huggingface_hub import constants

    prepared = prepared_names(Path(config.HF_DATASETS_CACHE))
    return sorted({*prepared, *(each.name for each in downloaded_datasets(Path(constants.HF_HUB_CACHE)))})


def commit_of(name: str, revision: str | None) -> str | None:
    """Return the commit that a revision of a data set is, as far as the Hub's cache knows; None when it does not."""
    if revision and COMMIT.fullmatch(revision):
        return revision
    reference = _hub_folder(name) / "refs" / (revision or "main")
    try:
        return reference.read_text(encoding="utf-8").strip()
    except OSError:
        return None


def prepared_builder(name: str, config_name: str | None, revision: str | None) -> Any:
    """Return a builder of what `datasets` prepared last, or None when there is nothing of this revision.

    What somebody prepared with files or options of their own is not the data set as it is.

    Raises DataError when this configuration is not among it, or when one of several must be named.
    """
    from datasets.packaged_modules.cache.cache import Cache

    folders = [folder for folder in _prepared_folders(name) if not OWN_OPTIONS.search(folder.parts[-3])]
    if revision:
        commit = commit_of(name, revision)
        folders = [folder for folder in folders if folder.name == commit]
    if not folders:
        return None
    check_configuration(name, config_name, sorted({folder.parts[-3] for folder in folders}))
    folder = next(folder for folder in folders if config_name in (None, folder.parts[-3]))
    config, version, commit = folder.parts[-3:]
    own = name.rpartition("/")[2]
    return Cache(repo_id=name, dataset_name=own, config_name=config, version=version, hash=commit)


def snapshot(name: str, revision: str | None) -> Path | None:
    """Return the folder of a revision's files in the Hub's cache: without one, of `main` or else the newest."""
    snapshots = _hub_folder(name) / "snapshots"
    commit = commit_of(name, revision)
    if commit:
        return snapshots / commit if (snapshots / commit).is_dir() else None
    folders = [] if revision or not snapshots.is_dir() else [*snapshots.iterdir()]
    return max(folders, key=lambda folder: folder.stat().st_mtime, default=None)


def check_shards(name: str, files: Iterable[str]) -> None:
    """See that a snapshot holds all parts of each sharded file. Raises DataError."""
    found: Counter[tuple[str, int]] = Counter()
    for file in files:
        if shard := _SHARD.match(Path(file).name):
            found[shard[1], int(shard[3])] += 1
    missing = [f"{stem} ({there} of {total} are there)" for (stem, total), there in found.items() if there < total]
    if missing:
        raise not_whole(name, missing)


def _hub_folder(name: str) -> Path:
    from huggingface_hub import constants

    return Path(constants.HF_HUB_CACHE) / f"datasets--{name.replace('/', '--')}"


def _prepared_folders(name: str) -> list[Path]:
    """Return `CONFIG/VERSION/COMMIT` folders of a data set, the newest first."""
    from datasets import config
    from datasets.naming import camelcase_to_snakecase

    *owner, own = name.split("/")
    root = Path(config.HF_DATASETS_CACHE) / "___".join([*owner, camelcase_to_snakecase(own)])
    folders = [path.parent for path in root.glob("*/*/*/dataset_info.json")]
    return sorted(folders, key=lambda folder: folder.stat().st_mtime, reverse=True)
