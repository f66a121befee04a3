"""One short question to the Hub before the libraries ask it at length: offline, they retry for most of a minute."""

from huggingface_hub import HfApi, try_to_load_from_cache
from huggingface_hub.errors import (  # type: ignore[attr-defined]  # HTTPError: that of whichever HTTP library
    GatedRepoError,
    HFValidationError,
    HTTPError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from bertft_tui.core.errors import ModelError

_SECONDS = 5.0


def hub_is_needed(name: str, revision: str | None) -> bool:
    """Say whether a model must, and can, be fetched from the Hub; False when only the local copy can be used.

    Raises ModelError when the Hub cannot be reached and there is no local copy, when it has no such model, or when
    the model is gated.
    """
    try:
        HfApi().model_info(name, revision=revision, timeout=_SECONDS)
    except GatedRepoError:
        raise ModelError(
            "This model is gated",
            f"The Hub gives {name!r} only to those who accepted its terms.",
            "Accept them on the model's page, then log in: hf auth login.",
        ) from None
    except (RepositoryNotFoundError, RevisionNotFoundError, HFValidationError):
        at = f" at revision {revision!r}" if revision else ""
        raise ModelError(
            "The Hub has no such model",
            f"model.name_or_path is {name!r}{at}: neither a folder here nor a public model there.",
            "Check the spelling; for a private model log in: hf auth login.",
        ) from None
    except (HTTPError, OSError) as error:
        if isinstance(try_to_load_from_cache(name, "config.json", revision=revision), str):
            return False
        raise ModelError(
            "The Hub cannot be reached",
            f"{name!r} is not a folder here, has no local copy, and asking the Hub failed: {error}.",
            "Check the network, or name a folder with the model; `demo` needs neither.",
        ) from None
    return True
