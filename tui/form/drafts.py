"""What was typed into a form and not launched yet: kept beside the store, one draft for each origin."""

import hashlib
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from bertft_tui.core.config import RunConfig, valid_part
from bertft_tui.core.whole_file import write_whole
from bertft_tui.tui.form.origin import Origin

_VERSION = 1

#: A form is a page of text; what is larger was not written here.
_MAX_BYTES = 1_000_000


@dataclass(frozen=True)
class Draft:
    """A form as somebody left it. `texts`: what stands in the fields that were changed, right or wrong."""

    origin: Origin
    base: RunConfig
    texts: Mapping[str, str]
    saved_at: float  # seconds since the epoch

    @property
    def names(self) -> list[str]:
        """The fields that were changed, without their sections."""
        return [key.rpartition(".")[2] for key in self.texts]


class Drafts:
    """The drafts in one folder. Files are for the user's eyes only, and written whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, origin: Origin, base: RunConfig, texts: Mapping[str, str]) -> None:
        """Keep what was changed; nothing changed is no draft. Raises OSError."""
        if not texts:
            self.discard(origin)
            return
        document = {
            "v": _VERSION,
            "origin": vars(origin),
            "base": base.model_dump(mode="json"),
            "texts": dict(texts),
            "saved_at": time.time(),
        }
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(self._file(origin), json.dumps(document).encode(), shared=True)

    def find(self, origin: Origin) -> Draft | None:
        """The draft of an origin, None when there is none that can be read."""
        return _read(self._file(origin))

    def all(self) -> list[Draft]:
        """Every draft, the newest first."""
        return sorted(self._drafts(), key=lambda draft: draft.saved_at, reverse=True)

    def discard(self, origin: Origin) -> None:
        """Forget the draft of an origin."""
        with suppress(OSError):
            self._file(origin).unlink(missing_ok=True)

    def put_back(self, draft: Draft) -> None:
        """Keep a draft again that was discarded. Raises OSError."""
        self.keep(draft.origin, draft.base, draft.texts)

    def _drafts(self) -> Iterator[Draft]:
        with suppress(OSError):
            for file in self._folder.glob("*.json"):
                if (draft := _read(file)) is not None:
                    yield draft

    def _file(self, origin: Origin) -> Path:
        name = f"{origin.kind}:{origin.key}".encode("utf-8", "surrogatepass")
        return self._folder / f"{hashlib.sha256(name).hexdigest()[:16]}.json"


def _read(file: Path) -> Draft | None:
    try:
        with file.open("rb") as opened:
            content = opened.read(_MAX_BYTES + 1)
        return _draft(json.loads(content)) if len(content) <= _MAX_BYTES else None
    except (OSError, ValueError, RecursionError, TypeError, KeyError):
        return None


def _draft(document: Any) -> Draft | None:
    """Read a draft. Raises KeyError, TypeError or ValueError for what is none."""
    origin = Origin(**document["origin"])
    texts = {str(key): text for key, text in document["texts"].items() if isinstance(text, str)}
    if origin.kind not in get_args(Origin.__annotations__["kind"]) or not texts:
        return None
    return Draft(origin, _base(document["base"]), texts, float(document["saved_at"]))


def _base(data: Any) -> RunConfig:
    """The settings that the form began with; an empty data set, as a preset may have, stays empty."""
    config, _ = valid_part(data)
    if data["data"].get("dataset") == "":
        return config.model_copy(update={"data": config.data.model_copy(update={"dataset": ""})})
    return config
