"""The header of a csv file: the columns' names, and whether it is one at all."""

from collections.abc import Container, Sequence

from bertft_tui.core.errors import DataError
from bertft_tui.core.training.column_names import LABEL_NAMES, RATING_NAMES, TEXT_NAMES, is_like, repeated
from bertft_tui.core.training.notes import listed
from bertft_tui.core.training.reading.files import DataFile

#: A longer first cell is a text, not a name.
_LONGEST_NAME = 200

#: So many rows may stand between a title and the header.
_TITLE_ROWS = 10

_LABELS = LABEL_NAMES | RATING_NAMES


def column_names(header: Sequence[str], file: DataFile) -> list[str]:
    """Return the names without blanks around them, an empty one by its number. Raises DataError."""
    if not any(cell.strip() for cell in header):
        raise DataError(
            "The first line does not name the columns",
            f"The first line of {file.where} is blank.",
            "Put a line with the columns' names on top, for example: text,label.",
        )
    names = [cell.strip() or f"column {number}" for number, cell in enumerate(header, start=1)]
    if twice := repeated(names):
        raise DataError(
            "Two columns have the same name",
            f"{file.where} names {listed([repr(name) for name in twice])} more than once.",
            "Give each column a name of its own in the first line.",
        )
    return names


def check_header(names: Sequence[str], rows: Sequence[Sequence[str | None]], file: DataFile) -> None:
    """See that the first line holds names, not data. Raises DataError.

    It is a title when a row just below it names a text and a label. It is data when a name is as long as a text, or
    a number that the column's own rows repeat (a label), or when several rows repeat it.
    """
    numbers = [name for name in names if name.isdigit()]
    if len(numbers) > 1 and numbers == [str(number) for number in range(len(numbers))]:
        return  # columns that were numbered when they were written
    _check_title(names, rows, file)
    for name, column in zip(names, zip(*rows, strict=True), strict=True):
        times = column.count(name)
        if len(name) > _LONGEST_NAME or times > 1 or (times and _is_number(name)):
            raise DataError(
                "The first line does not name the columns",
                f"The first line of {file.where} looks like data: a column would be called {_short(name)}.",
                "Put a line with the columns' names on top, for example: text,label.",
            )


def _check_title(names: Sequence[str], rows: Sequence[Sequence[str | None]], file: DataFile) -> None:
    """See that no title stands above the header. Raises DataError when one of the first rows names text and label."""
    if _has_one_of(names, _LABELS):
        return
    headers = (row for row in rows[:_TITLE_ROWS] if is_header(row))
    if header := next(headers, None):
        shown = listed([repr(name) for name in header])
        raise DataError(
            "The first line does not name the columns",
            f"The first line of {file.where} looks like a title: a row below it names {shown}.",
            "Delete the lines above that row.",
        )


def is_header(cells: Sequence[str | None]) -> bool:
    """Say whether cells are named like a text and a label."""
    return _has_one_of(cells, TEXT_NAMES) and _has_one_of(cells, _LABELS)


def _has_one_of(cells: Sequence[str | None], names: Container[str]) -> bool:
    return any(is_like(cell or "", names) for cell in cells)


def _is_number(name: str) -> bool:
    try:
        float(name)
    except ValueError:
        return False
    return True


def _short(name: str) -> str:
    return repr(name if len(name) <= 40 else name[:40] + "…")
