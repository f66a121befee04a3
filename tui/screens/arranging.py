"""Filtering, sorting, grouping the table of runs, and choosing its columns."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any, ClassVar

from textual import work

from bertft_tui.core.errors import BertftError
from bertft_tui.core.store.selecting import Selection, complete
from bertft_tui.tui.arrangement import Arrangement
from bertft_tui.tui.arrangement_words import arrangement_words
from bertft_tui.tui.columns.chosen import column_named, offered
from bertft_tui.tui.interests.page import Page
from bertft_tui.tui.known_runs import MAX_RUNS
from bertft_tui.tui.screens.columns import ColumnsDialog
from bertft_tui.tui.screens.pick import Choice, Pick
from bertft_tui.tui.screens.table import TableScreen
from bertft_tui.tui.widgets.filter_line import FilterLine
from bertft_tui.tui.widgets.run_table import RunTable

#: What runs are grouped by most.
_GROUPS = (
    Choice("", "nothing", "every run in a line of its own"),
    Choice("seed", "all but the seed", "runs that differ in training.seed alone: mean and deviation"),
    Choice("experiment", "experiment", "the group that runs were launched in"),
    Choice("model", "model", "the pretrained model"),
    Choice("data", "data", "the data set"),
    Choice("status", "status", "how runs ended"),
    Choice("device", "device", "what runs ran on"),
    Choice("tag", "tags", "the tags that people gave"),
)


class Arranging(TableScreen):
    """A table that can be filtered, sorted and grouped; how it was arranged lasts."""

    #: Rows that are read at once; more when the cursor nears the last.
    PAGE: ClassVar[int] = MAX_RUNS

    def __init__(self) -> None:
        super().__init__()
        self._limit = self.PAGE

    @property
    def arrangement(self) -> Arrangement:
        """How the table is arranged."""
        return self.bertft.arrangement

    @property
    def filter_line(self) -> FilterLine:
        """Where the filter is typed."""
        return self.query_one(FilterLine)

    @property
    def selection(self) -> Selection:
        """What the store is asked for."""
        chosen = self.arrangement
        column = column_named(chosen.sort) if chosen.sort else None
        sort = column.sort if column is not None else ""
        return Selection(chosen.where, sort, chosen.reverse, self.bertft.metric, self._limit)

    def rearrange(self, **changes: Any) -> None:
        """Arrange the table in another way."""
        self._limit, before = self.PAGE, self._shown_at
        self.bertft.rearrange(replace(self.arrangement, **changes))
        if self._shown_at == before:  # what lasts has been shown already
            self.show()

    def show_filter(self, page: Page, *, mixed: bool = False) -> None:
        """Show the filter, how many match, and how the table is arranged. `mixed`: runs are marked as not comparable.

        The line is always there: one that came with the first letter would move all that lies below.
        """
        line, where = self.filter_line, self.arrangement.where
        problem = page.problem if where else None
        line.show(arrangement_words(self.arrangement, page, mixed=mixed), problem, unfinished=page.unfinished)
        if not line.input.has_focus:
            line.put(where)

    def action_filter(self) -> None:
        """Type a filter."""
        self.filter_line.edit(self.arrangement.where)
        self._complete(self.arrangement.where, len(self.arrangement.where))

    def on_filter_line_changed(self, event: FilterLine.Changed) -> None:
        """Filter as one types."""
        self.rearrange(where=event.text)
        self._complete(event.text, event.cursor)

    def on_filter_line_left(self, event: FilterLine.Left) -> None:
        """Back to the table."""
        self.table.focus()
        self.call_after_refresh(self.show)

    def on_filter_line_saved(self, event: FilterLine.Saved) -> None:
        """Keep a filter for later."""
        if event.text:
            self.bertft.save_filter(event.text)
            self.notify(f"Kept: {event.text}", timeout=3, markup=False)

    @work(group="complete", exclusive=True)
    async def _complete(self, text: str, cursor: int) -> None:
        """Look up what could come next: the store may be asked for values."""
        await self.painted()  # what was typed is seen first
        with suppress(BertftError):  # what is wrong with the store is said by the feed
            self.filter_line.offer(text, await asyncio.to_thread(complete, self.bertft.db, text, cursor))

    def action_saved_filters(self) -> None:
        """Choose one of the filters that were kept."""
        kept = [Choice(each, each) for each in self.bertft.saved_filters]
        if not kept:
            words = "No filter was kept yet: / begins one, ctrl+s keeps it."
            self.notify(words, severity="warning", markup=False)
            return
        self._pick("Filters", kept, self.arrangement.where, lambda where: self.rearrange(where=where))

    def action_sort(self) -> None:
        """Choose the column that sorts."""
        if not self.bertft.snapshot.runs:
            self.require_run()
            return
        columns = [column for column in self.columns() if column.sort]
        shown = [Choice(column.key, column.title, column.help) for column in columns]
        rest = [
            Choice(column.key, column.title, column.help)
            for column in offered(self.bertft.metric_names)
            if column.sort and column.key not in {each.key for each in columns}
        ]
        newest = Choice("", "newest first", "as they were launched")
        choices = [newest, *shown, *rest]
        # An order chosen anew begins at its own end: "newest first" must not show the oldest, turned round before.
        self._pick("Sort by", choices, self.arrangement.sort, lambda sort: self.rearrange(sort=sort, reverse=False))

    def _pick(self, title: str, choices: list[Choice], present: str, take: Callable[[str], None]) -> None:
        def picked(key: str | None) -> None:
            if key is not None:
                take(key)

        self.app.push_screen(Pick(title, choices, present), picked)

    def action_reverse(self) -> None:
        """Turn the order round."""
        self.rearrange(reverse=not self.arrangement.reverse)

    def action_group(self) -> None:
        """Choose what runs are grouped by."""
        settings = [Choice(column.key, column.title, column.help) for column in offered(()) if "." in column.key]

        present = self.arrangement.group_by[0] if self.arrangement.group_by else ""
        choices = [*_GROUPS, *settings]
        self._pick("Group by", choices, present, lambda key: self.rearrange(group_by=(key,) if key else ()))

    def action_columns(self) -> None:
        """Choose the columns and their order."""

        def picked(chosen: tuple[str, ...] | None) -> None:
            if chosen is not None:
                self.rearrange(columns=chosen)

        dialog = ColumnsDialog(offered(self.bertft.metric_names), self.arrangement.columns)
        self.app.push_screen(dialog, picked)

    def on_run_table_heading_clicked(self, event: RunTable.HeadingClicked) -> None:
        """Sort by the clicked column; a second click turns the order round."""
        column = column_named(event.key)
        if column is None or not column.sort:
            self.notify("The table cannot be sorted by this column.", severity="warning", markup=False)
        elif event.key == self.arrangement.sort:
            self.action_reverse()
        else:
            self.rearrange(sort=event.key, reverse=False)

    def on_run_table_near_end(self, event: RunTable.NearEnd) -> None:
        """Read more runs when the cursor nears the last one."""
        page_is_full = len(self.table.rows) >= self._limit
        if page_is_full:
            self._limit += self.PAGE
            self.show()
