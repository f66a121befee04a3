"""One short question to the Hub before the libraries ask it at length: offline, they retry for most of a minute."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from huggingface_hub import HfApi
from huggingface_hub.errors import (  # type: ignore[attr-defined]  # HTTPError: that of whichever HTTP library
    DisabledRepoError,
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    HTTPError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from bertft_tui.core.errors import DataError, InputError, ModelError
from bertft_tui.core.training.notes import first_line

_SECONDS = 5.0


#: Variables that keep the libraries from asking the Hub.
_OFFLINE = ("HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE", "TRANSFORMERS_OFFLINE")


class HubUnreachableError(Exception):
    """The Hub did not answer, or not now; the text says why."""


@dataclass(frozen=True)
class _Kind:
    noun: str
    setting: str
    error: type[InputError]


_MODEL = _Kind("model", "model.name_or_path", ModelError)
_DATA = _Kind("data set", "data.dataset", DataError)


def model_info(name: str, revision: str | None) -> Any:
    """Return what the Hub knows about a model: its commit (`sha`), and its files with sizes (`siblings`).

    Raises HubUnreachableError, or ModelError when the Hub has no such model or revision, or does not give it.
    """
    return _ask(
        _MODEL,
        lambda: HfApi().model_info(name, revision=revision, timeout=_SECONDS, files_metadata=True),
        name,
        revision,
    )


def data_set_info(name: str, revision: str | None, near: str) -> Any:
    """Return what the Hub knows about a data set: its commit (`sha`), and its files with sizes (`siblings`).

    `near` says which files here have names like this one.

    Raises HubUnreachableError, or DataError when the Hub has no such data set or revision, or does not give it.
    """
    return _ask(
        _DATA,
        lambda: HfApi().dataset_info(name, revision=revision, timeout=_SECONDS, files_metadata=True),
        name,
        revision,
        near,
    )


def offline_variable() -> str:
    """Return the environment variable by which the Hub is switched off."""
    there = (name for name in _OFFLINE if os.environ.get(name, "").upper() in ("1", "ON", "YES", "TRUE"))
    return next(there, _OFFLINE[0])


def _gated(kind: _Kind, name: str) -> InputError:
    """Make the error for what the Hub gives to some people only."""
    return kind.error(
        f"This {kind.noun} is gated",
        f"The Hub gives {name!r} only to those who accepted its terms.",
        f"Accept them on the {kind.noun}'s page, then log in: hf auth login.",
    )


def gated_model(name: str) -> InputError:
    """Make the error for a model that the Hub gives to some people only."""
    return _gated(_MODEL, name)


def gated_data_set(name: str) -> InputError:
    """Make the error for a data set that the Hub gives to some people only."""
    return _gated(_DATA, name)


def _ask(kind: _Kind, question: Callable[[], Any], name: str, revision: str | None, near: str = "") -> Any:
    try:
        return question()
    except GatedRepoError:
        raise _gated(kind, name) from None
    except DisabledRepoError:
        raise kind.error(
            f"This {kind.noun} is disabled", f"The Hub does not give {name!r} to anybody.", "Name another."
        ) from None
    except RevisionNotFoundError:
        raise kind.error(
            "The Hub has no such revision",
            f"There is no revision {revision!r} of the {kind.noun} {name!r}.",
            "A revision is a branch, a tag or a commit; empty takes the newest.",
        ) from None
    except (RepositoryNotFoundError, HFValidationError):
        raise _unknown(kind, name, near) from None
    except HfHubHTTPError as error:
        status = error.response.status_code
        if status in (401, 403):
            raise kind.error(
                "The Hub refuses your token",
                f"Asked for the {kind.noun} {name!r}, it answered {status}.",
                "Log in again (hf auth login), or log out: public ones need no token.",
            ) from None
        raise HubUnreachableError(f"it answered {status}") from None
    except (ValueError, LookupError, TypeError):  # a network's own page, most likely
        raise HubUnreachableError("the answer is not the Hub's") from None
    except (HTTPError, OSError) as error:
        raise HubUnreachableError(first_line(error)) from None


def _unknown(kind: _Kind, name: str, near: str) -> InputError:
    return kind.error(
        f"The Hub has no such {kind.noun}",
        f"{kind.setting} is {name!r}: neither here nor a public {kind.noun} there.",
        f"{near} Check the spelling; for a private {kind.noun} log in: hf auth login.".strip(),
    )
