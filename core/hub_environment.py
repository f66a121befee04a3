"""Where and how the Hub is read: the environment variables that a run takes along from whoever launched it.

A scheduler may have been started from another shell than the run. The store keeps them, so nothing secret is among
them: tokens stay in the login's own file, and tokens and proxies, whose addresses may hold passwords, in the
environment that the scheduler has.
"""

import os
from collections.abc import Mapping

from bertft_tui.core.local_names import expanded

NAMES = (
    "HF_HOME",
    "HF_HUB_CACHE",
    "HF_DATASETS_CACHE",
    "HF_MODULES_CACHE",
    "HF_ENDPOINT",
    "HF_HUB_OFFLINE",
    "HF_DATASETS_OFFLINE",
    "TRANSFORMERS_OFFLINE",
)

_FOLDERS = ("HF_HOME", "HF_HUB_CACHE", "HF_DATASETS_CACHE", "HF_MODULES_CACHE")


def of_this_process() -> dict[str, str]:
    """Return the variables that are set here, and those that say where the caches are for lack of them.

    The libraries look at more variables for that (XDG_CACHE_HOME, HUGGINGFACE_HUB_CACHE); those two come first.
    """
    home = os.environ.get("HF_HOME") or f"{os.environ.get('XDG_CACHE_HOME') or '~/.cache'}/huggingface"
    hub = os.environ.get("HF_HUB_CACHE") or os.environ.get("HUGGINGFACE_HUB_CACHE") or f"{home}/hub"
    set_here = {name: os.environ[name] for name in NAMES if name in os.environ}
    set_here |= {"HF_HOME": home, "HF_HUB_CACHE": hub}
    return set_here | {name: _absolute(set_here[name]) for name in _FOLDERS if name in set_here}


def only_known(stored: Mapping[str, object] | None) -> dict[str, str] | None:
    """Return what a store may say of a worker's environment: these variables, and no other program's."""
    if stored is None:
        return None
    return {name: value for name, value in stored.items() if name in NAMES and isinstance(value, str)}


def _absolute(folder: str) -> str:
    """Write a folder so that it is the same one in a process that runs elsewhere."""
    return str(expanded(os.path.expandvars(folder)).absolute())


def with_those_of(environment: Mapping[str, str], launcher: Mapping[str, str] | None) -> dict[str, str]:
    """Return an environment that reads the Hub as the launcher did; None leaves it as it is."""
    if launcher is None:
        return dict(environment)
    return {name: value for name, value in environment.items() if name not in NAMES} | dict(launcher)
