"""What a field offers to choose from: names with a word on what each is. Reads folders: call it in a thread."""

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bertft_tui.core import hub_shelf
from bertft_tui.core.data_files import format_of
from bertft_tui.core.errors import BertftError
from bertft_tui.core.local_names import expanded
from bertft_tui.core.packaged import DEMO
from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.form.findings import Findings
from bertft_tui.tui.form.pickable import LISTS
from bertft_tui.tui.format import size

#: Entries of a folder that are read; a folder with more is no place to choose from by eye.
_MOST = 2_000


@dataclass(frozen=True)
class Offer:
    """A value that can be taken, and what it is."""

    value: str
    what: str
    is_folder: bool = False
    shown: str = ""  # what stands in the list, where that is less than the value


def offers_for(key: str, runs: Iterable[RunRecord], found: Findings) -> list[Offer]:
    """What a field offers before anything is typed."""
    kind = LISTS[key]
    if kind == "splits":
        return [Offer(name, "split") for name in found.splits]
    if kind == "columns":
        return [Offer(name, "column") for name in found.column_names]
    here = _models() if kind == "models" else _datasets()
    used = (run.config.model.name_or_path if kind == "models" else run.config.data.dataset for run in runs)
    known = {offer.value for offer in here}
    before = [Offer(name, "used before") for name in dict.fromkeys(used) if name and name not in known]
    return [*here, *before]


def _models() -> list[Offer]:
    held = [Offer(each.name, f"in the Hub's cache, {size(each.bytes)}") for each in hub_shelf.held_models()]
    return [Offer(DEMO, "MiniLM, packaged: needs no Hub"), *held]


def _datasets() -> list[Offer]:
    held = [Offer(each.name, _held_words(each)) for each in hub_shelf.held_datasets()]
    return [Offer(DEMO, "BBC News, packaged: 2,225 articles in five classes"), *held]


def _held_words(held: hub_shelf.Held) -> str:
    return f"in the Hub's cache, {size(held.bytes)}" if held.bytes else "prepared by datasets"


def is_path(text: str) -> bool:
    """Whether a text looks like the beginning of a path, and not like a name on the Hub."""
    return text.startswith((".", "~", os.sep))


def paths_for(key: str, text: str) -> list[Offer]:
    """The folders and files that a path in the making can mean: what the folder before its last `/` holds."""
    head, slash, _ = text.rpartition("/")
    with suppress(BertftError, OSError):
        folder = expanded(head + slash or ".")
        with os.scandir(folder) as entries:
            found = [offer for entry, _ in zip(entries, range(_MOST), strict=False)
                     if (offer := _entry(key, head + slash, entry)) is not None]  # fmt: skip
        return sorted(found, key=lambda offer: (not offer.is_folder, offer.value))
    return []


def _entry(key: str, head: str, entry: "os.DirEntry[str]") -> Offer | None:
    """An entry of a folder; None for what cannot be meant."""
    if entry.name.startswith("."):
        return None
    with suppress(OSError):
        if entry.is_dir():
            is_model = Path(entry.path, "config.json").is_file()
            what = "model folder" if is_model else "folder"
            return Offer(f"{head}{entry.name}/", what, is_folder=True, shown=f"{entry.name}/")
        if LISTS[key] == "datasets" and (kind := format_of(entry.name)) is not None:
            return Offer(head + entry.name, f"{kind} file, {size(entry.stat().st_size)}", shown=entry.name)
    return None


def matching(offers: Sequence[Offer], text: str, most: int = 200) -> list[Offer]:
    """The offers that a text fits, letter by letter in order, the best first; all of them for no text."""
    from textual.fuzzy import FuzzySearch

    if not text.strip():
        return list(offers[:most])
    search = FuzzySearch()
    scored = [(search.match(text, offer.value)[0], -place, offer) for place, offer in enumerate(offers)]
    best = sorted((each for each in scored if each[0] > 0), key=lambda each: each[:2], reverse=True)
    return [offer for _, _, offer in best[:most]]
