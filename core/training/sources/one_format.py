"""One format and one packing of files that lie together: the others are the same data again, or something else."""

from collections.abc import Sequence

from bertft_tui.core.data_files import Format
from bertft_tui.core.errors import DataError, Problem
from bertft_tui.core.training.notes import listed
from bertft_tui.core.training.reading.files import DataFile
from bertft_tui.core.training.sources.splits import split_of


def of_one_format(files: Sequence[DataFile], where: str) -> tuple[list[DataFile], list[Problem]]:
    """Return the files of one format, each in one packing, and notes about those left out.

    Of several formats it is the only one whose files say a split. Raises DataError when that is none, or several.
    """
    formats = {file.format: file for file in files}
    if len(formats) > 1:
        chosen = {file.format for file in files if split_of(file)}
        if len(chosen) != 1:
            raise _mixed(formats, where)
        formats = {chosen.pop(): files[0]}
    kept: dict[str, DataFile] = {}
    for file in sorted(files, key=lambda file: file.packing is not None):
        if file.format in formats:
            kept.setdefault(file.stem, file)
    chosen_files = [file for file in files if file in kept.values()]
    left_out = [file.place for file in files if file not in chosen_files]
    return chosen_files, [_note(left_out, where)] if left_out else []


def _mixed(formats: dict[Format, DataFile], where: str) -> DataError:
    examples = listed([f"{name} ({file.place})" for name, file in sorted(formats.items())])
    return DataError(
        "There are files of several formats",
        f"{where} holds {examples}, and none or several of them say a split.",
        "Name the files that are meant with a pattern, for example data/*.csv.",
    )


def _note(left_out: Sequence[str], where: str) -> Problem:
    return Problem(
        "Some files are left out",
        f"Of another format, or packed as well as unpacked: {listed(left_out)} in {where}.",
        "To read others, name them with a pattern.",
    )
