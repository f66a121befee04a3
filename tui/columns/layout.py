"""Which columns fit, and how wide each is; what stands in the cells is made once and kept."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from rich.cells import cell_len

from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.columns.column import RunColumn, View
from bertft_tui.tui.columns.names import told_apart
from bertft_tui.tui.format import NOTHING
from bertft_tui.tui.widgets.strips import fit_cells

#: Names up to this width stay whole as long as other columns can give way.
_NAME_WIDTH = 72

#: For longer ones, which are cut in any case, others give way up to here.
_CUT_NAME = 48
_NAME_AT_LEAST = 28
GAP = 2

#: Of what stands in a cell.
_LENGTH = itemgetter(1)


class Cells:
    """The texts of a table's cells. A run whose record is the same one has the same texts, but for what ticks."""

    def __init__(self, columns: Sequence[RunColumn], view: View) -> None:
        self.columns = columns
        self._clocks = [column for column in columns if column.ticks]
        self.view = view
        self._kept: dict[str, tuple[RunRecord, dict[str, tuple[str, int]]]] = {}

    def again(self, columns: Sequence[RunColumn], view: View) -> "Cells":
        """The cells for another view: these, where nothing else would stand in them."""
        same = (
            [column.key for column in columns] == [column.key for column in self.columns]
            and view.metric == self.view.metric
            and view.baseline == self.view.baseline
        )
        if not same:
            return Cells(columns, view)
        before, self.view = self.view, view
        for run_id, held in view.held.items():
            if before.held.get(run_id) != held:
                self._kept.pop(run_id, None)
        for run_id, standing in view.standings.items():
            if before.standings.get(run_id) is not standing:
                self._kept.pop(run_id, None)
        return self

    def of(self, run: RunRecord, *, ticking: bool = True) -> dict[str, tuple[str, int]]:
        """The text of each column and its width in cells, 0 for nothing. `ticking`: what ticks must be up to date."""
        kept = self._kept.get(run.id)
        if kept is None or kept[0] is not run:
            kept = self._kept[run.id] = (run, {column.key: self._cell(column, run) for column in self.columns})
        for column in self._clocks if ticking else ():
            kept[1][column.key] = self._cell(column, run)
        return kept[1]

    def _cell(self, column: RunColumn, run: RunRecord) -> tuple[str, int]:
        text = column.text(run, self.view)
        return text, cell_len(text) if text != NOTHING else 0


@dataclass(frozen=True)
class Layout:
    """The columns that fit, each with its width in cells."""

    columns: tuple[tuple[RunColumn, int], ...]
    widest: Mapping[str, int]  # the cells that the widest text of each column takes, of those that do not fit too
    cut_names: Mapping[str, str] = field(default_factory=dict)  # what stands for those that are too long

    def text(self, column: RunColumn, text: str, width: int) -> str:
        """What stands for a text in a column: exactly so many cells."""
        if column.key == "name":
            text = self.cut_names.get(text, text)
        return fit_cells(text, width, right=column.right)

    def has_room(self, cells: Mapping[str, tuple[str, int]]) -> bool:
        """Whether the columns may stay as they are for a row whose cells are others now."""
        if any(length > self.widest[key] for key, (_, length) in cells.items()):
            return False
        name, length = cells["name"]
        room = next((width for column, width in self.columns if column.key == "name"), length)
        return length <= room or name in self.cut_names


def lay_out(
    cells: Cells, rows: Iterable[dict[str, tuple[str, int]]], width: int, *, least: Mapping[str, int]
) -> Layout:
    """Choose columns for a table of so many cells: the name keeps its width as long as others can give way.

    `least`: cells that some columns need at least, for what is no run.
    """
    all_rows = list(rows)
    wanted = {
        column.key: max(map(_LENGTH, map(itemgetter(column.key), all_rows)), default=0) for column in cells.columns
    }
    widest = dict(wanted)
    idle = {column.key for column in cells.columns if column.hides and not wanted[column.key]}
    idle -= {key for key, cells_needed in least.items() if cells_needed}
    for column in cells.columns:
        title = cell_len(column.title) + (column.key == cells.view.sort)
        wanted[column.key] = max(wanted[column.key], title, least.get(column.key, 0))
    shown = [column for column in cells.columns if column.key not in idle]
    staying = [column for column in shown if not column.gives_way and column.key != "name"]
    lengths = [least.get("name", 0), *(row["name"][1] for row in all_rows)]
    wanted["name"] = _name_width(lengths, width - _total(staying, wanted) - GAP)
    while _total(shown, wanted) > width and any(column.gives_way for column in shown):
        shown.remove(max(shown, key=lambda column: column.gives_way))
    others = _total(shown, wanted) - wanted["name"]
    wanted["name"] = max(4, min(width - others, max(*lengths, _NAME_AT_LEAST)))
    too_long = {row["name"][0] for row in all_rows if row["name"][1] > wanted["name"]}
    cut_names = told_apart(too_long, wanted["name"])
    return Layout(tuple((column, wanted[column.key]) for column in shown), widest, cut_names)


def _name_width(lengths: Sequence[int], most: int) -> int:
    """The cells for names of these lengths, which can have so many at most: whole for all that can be whole."""
    most = min(most, _NAME_WIDTH)
    whole = max((length for length in lengths if length <= most), default=0)
    return whole if max(lengths) <= most else max(whole, min(most, _CUT_NAME))


def _total(columns: Sequence[RunColumn], widths: dict[str, int]) -> int:
    return sum(widths[column.key] + GAP for column in columns)
