"""What to say when a data set is not where its name says."""

import os
from difflib import get_close_matches
from pathlib import Path

from bertft_tui.core.data_files import format_of, packing_of
from bertft_tui.core.errors import DataError
from bertft_tui.core.local_names import expanded, is_address
from bertft_tui.core.training.hub_pages import data_set_on_page
from bertft_tui.core.training.notes import listed

_HINT = "Name a file, a pattern of files, a folder, a data set of the Hub, or `demo`."


def looks_like_path(name: str) -> bool:
    """Say whether a name can only be a path, never a Hub id."""
    begins = name.startswith((".", "/", "~")) or name.endswith("/") or name.count("/") > 1
    return begins or format_of(name) is not None or packing_of(name) is not None


def not_there(name: str) -> DataError:
    """Make the error for a path that leads nowhere, or for an address."""
    if is_address(name):
        on_hub = data_set_on_page(name)
        return DataError(
            "The data is not there",
            f"{name!r} is an address; data is read from files here, or from the Hub by its name.",
            f"On the Hub its name is {on_hub!r}." if on_hub else "Download it first, then name the file.",
        )
    path = expanded(name)
    if path.is_symlink():
        message = f"{name!r} is a link that leads nowhere or in a circle."
    else:
        message = f"There is no file or folder {name!r}."
    near = near_names(name)
    if not near and not path.parent.is_dir():
        near = f"There is no folder {path.parent} either."
    return DataError("The data is not there", message, near or _HINT)


def no_match(pattern: str) -> DataError:
    """Make the error for a pattern that fits no file of rows; folders that it fits are named."""
    message = f"No file of rows fits the pattern {pattern!r}."
    path = expanded(pattern)
    folders = sorted(found for found in Path(path.anchor).glob(str(path.relative_to(path.anchor))) if found.is_dir())
    if not folders:
        return DataError("The data is not there", message, _HINT)
    meant = folders[0] if len(folders) == 1 else os.path.commonpath(folders)
    shown = listed([folder.name for folder in folders])
    return DataError("The data is not there", f"{message} Folders do: {shown}.", f"Name the folder itself: {meant}")


def near_names(name: str) -> str:
    """Say which names in the same folder are like this one; empty when none is."""
    path = expanded(name)
    try:
        there = {child.name.lower(): child.name for child in path.parent.iterdir()}
    except OSError:
        return ""
    near = get_close_matches(path.name.lower(), there, n=3, cutoff=0.6)
    near += [low for low in there if low not in near and low.partition(".")[0] == path.name.lower()][:3]
    return f"In that folder there is {listed([there[low] for low in near])}." if near else ""
