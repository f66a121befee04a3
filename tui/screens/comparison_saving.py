"""A comparison into a file."""

from pathlib import Path
from typing import TYPE_CHECKING

from bertft_tui.core.analysis.comparison import Comparison
from bertft_tui.core.analysis.significance import Significance
from bertft_tui.core.errors import InputError
from bertft_tui.core.whole_file import write_whole
from bertft_tui.tui.comparison_files import WRITERS
from bertft_tui.tui.format import clean
from bertft_tui.tui.screens.dialogs import AskText

if TYPE_CHECKING:
    from bertft_tui.tui.app import BertftApp


def ask_to_save(
    app: "BertftApp", comparison: Comparison, chosen: str, sure: Significance | None, *, same: bool
) -> None:
    """Ask for a name, and write the table in the format that it ends in."""

    def answered(name: str | None) -> None:
        if name is not None and name.strip():
            path = Path(name.strip()).expanduser()
            app.perform(lambda: save(path, comparison, chosen, sure, same=same))

    app.push_screen(AskText(f"Save as ({', '.join(WRITERS)})", "comparison.md"), answered)


def save(path: Path, comparison: Comparison, chosen: str, sure: Significance | None = None, *, same: bool) -> str:
    """Write a comparison into a new file; return what to say. Raises InputError."""
    write = WRITERS.get(path.suffix.lower())
    if write is None:
        raise InputError(
            "This kind of file cannot be written",
            f"{path.name} ends in {path.suffix or 'nothing'}.",
            f"The name may end in {', '.join(WRITERS)}.",
        )
    if path.exists():
        raise InputError("There is such a file already", f"{path.absolute()} stays as it is.", "Choose another name.")
    try:
        write_whole(path, write(comparison, chosen, sure, same=same).encode("utf-8", "replace"), shared=True)
    except OSError as error:
        raise InputError(
            "The file cannot be written", f"{path}: {error.strerror or error}.", "Name another folder: E."
        ) from None
    return f"Saved: {clean(str(path.absolute()))}"
