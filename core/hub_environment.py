"""Where and how the Hub is read: the environment variables that a run takes along from whoever launched it.

A scheduler may have been started from another shell than the run. The store keeps them, so nothing secret is among
them: tokens stay in the login's own file, and tokens, proxies and the password in an endpoint's address in the
environment that the scheduler has. One more variable goes along: whether the run may be forked.
"""

import os
from collections.abc import Mapping

from bertft_tui.core.errors import Problem
from bertft_tui.core.forking import NO_WARM
from bertft_tui.core.local_names import expanded
from bertft_tui.core.redaction import without_password

_ENDPOINT = "HF_ENDPOINT"

NAMES = (
    "HF_HOME",
    "HF_HUB_CACHE",
    "HF_DATASETS_CACHE",
    "HF_MODULES_CACHE",
    _ENDPOINT,
    "HF_HUB_OFFLINE",
    "HF_DATASETS_OFFLINE",
    "TRANSFORMERS_OFFLINE",
    NO_WARM,
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
    if _ENDPOINT in set_here:
        set_here[_ENDPOINT] = without_password(set_here[_ENDPOINT])
    return set_here | {name: _absolute(set_here[name]) for name in _FOLDERS if name in set_here}


def notes() -> tuple[Problem, ...]:
    """What whoever launches a run should know about the variables that it takes along."""
    endpoint = os.environ.get(_ENDPOINT, "")
    if without_password(endpoint) == endpoint:
        return ()
    what = f"{_ENDPOINT} names {without_password(endpoint)} with a password, which is not kept with the run."
    hint = "A scheduler that was started where it is set still has it; a token (hf auth login) works everywhere."
    return (Problem("A password is left out", what, hint),)


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
    own = environment.get(_ENDPOINT, "")
    same = {_ENDPOINT: own} if own and without_password(own) == launcher.get(_ENDPOINT) else {}
    return {name: value for name, value in environment.items() if name not in NAMES} | dict(launcher) | same
