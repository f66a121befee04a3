"""A run's log: its end is followed, all of it can be reached and searched, little of it is held."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.binding import BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from bertft_tui.tui import log_file, log_search
from bertft_tui.tui.glyphs import BRIGHT, MUTED, TEXT, WARNING
from bertft_tui.tui.keys import bindings
from bertft_tui.tui.log_file import LogPiece, LogStamp
from bertft_tui.tui.log_search import Matches
from bertft_tui.tui.widgets.braille import Span
from bertft_tui.tui.widgets.log_lines import LogLines, Row
from bertft_tui.tui.widgets.strips import strip, wrap_cells

#: So near to an end of what is held, more is read.
_NEAR = 20

_MATCH = f"{WARNING} reverse"
_EMPTY = "The log is empty: the process has printed nothing."
_NO_FILE = "There is no log here: the run has not begun, or its directory was removed or left behind."


class LogView(ScrollView, can_focus=True):
    """Lines of a log, read in another thread as they are needed."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("log")

    class Changed(Message):
        """What is to say about the log is another: how many matches there are, whether it is followed."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._files: tuple[Path, ...] = ()
        self._stamp: LogStamp | None = None
        self._held = LogLines()
        self._follows = True
        self._wraps = True
        self._busy = False
        self._query = ""
        self._matches = Matches()
        self._current: int | None = None  # the byte of the line of the present match
        self._searches = 0

    def show(self, files: tuple[Path, ...], stamp: LogStamp, *, wraps: bool) -> None:
        """Show a log, or what has come to it since."""
        if wraps != self._wraps:
            self._wraps = wraps
            self._fit()
        if files == self._files and stamp == self._stamp:
            return
        fresh = files != self._files or self._stamp is None or not stamp.goes_on(self._stamp)
        self._files, self._stamp = files, stamp
        if fresh:
            self._follows = True
            self._go(lambda: log_file.read_tail(files), self._show_end)
        elif self._follows:
            self._grow()
        if self._query:
            self._search(None if fresh else self._matches)

    @property
    def words(self) -> str:
        """What is to say about the view: the match out of all, what is not followed."""
        parts = []
        if self._query:
            offsets = self._matches.offsets
            place = offsets.index(self._current) + 1 if self._current in offsets else 0
            parts.append(f"{place}/{len(offsets):,}{'+' if self._matches.is_full else ''}" if offsets else "no match")
        if not self._follows:
            parts.append("not followed: end goes on")
        return "  ".join(parts)

    @property
    def visible_text(self) -> str:
        """The lines on the screen."""
        rows = self._held.rows[self.scroll_offset.y : self.scroll_offset.y + self.size.height]
        return "\n".join(self._held.lines[number].text for number in dict.fromkeys(row.line for row in rows))

    def find(self, text: str) -> None:
        """Look for a text in the whole log; an empty one ends the search."""
        if text == self._query:
            return
        self._query, self._matches, self._current = text, Matches(), None
        self._searches += 1
        if text:
            self._search(None)
        self.refresh()
        self.post_message(self.Changed())

    def action_match(self, by: int) -> None:
        """Go to the next match, or to the one before."""
        offsets = self._matches.offsets
        if not offsets:
            hint = "Nothing fits." if self._query else "Nothing is looked for: / begins."
            self.notify(hint, severity="warning", markup=False)
            return
        here = self._current if self._current is not None else self._offset_in_sight()
        behind = [place for place, offset in enumerate(offsets) if (offset > here if by > 0 else offset < here)]
        self._to_match(offsets[(behind[0] if by > 0 else behind[-1]) if behind else (0 if by > 0 else -1)])

    @work(group="log-failure", exclusive=True)
    async def action_first_error(self) -> None:
        """Go to the first line that speaks of an error."""
        offset = await asyncio.to_thread(log_search.first_failure, self._files)
        if offset is None:
            self.notify("No line of this log speaks of an error.", markup=False)
        else:
            self._to_line(offset)

    def action_line(self, by: int) -> None:
        """Scroll by some lines."""
        self._scroll(self.scroll_offset.y + by)

    def action_page(self, by: int) -> None:
        """Scroll by pages."""
        self._scroll(self.scroll_offset.y + by * max(1, self.size.height - 1))

    def action_aside(self, by: int) -> None:
        """Scroll to the side, where lines are not wrapped."""
        if self._wraps:
            self.notify("Lines are wrapped: W leaves them whole.", severity="warning", markup=False)
        else:
            self.scroll_to(x=self.scroll_offset.x + by * 16, animate=False, immediate=True, force=True)

    def action_first(self) -> None:
        """Go to the first line of all."""
        self._follows = False
        files = self._files
        if self._held.start == 0:
            self._scroll(0)
        else:
            self._go(lambda: log_file.read_after(files, 0), lambda piece: self._show_at(piece, 0))

    def action_last(self) -> None:
        """Go to the last line and follow the log."""
        files = self._files
        self._follows = True
        self._go(lambda: log_file.read_tail(files), self._show_end)

    def on_mouse_scroll_up(self) -> None:
        """Follow the log no longer."""
        self.call_after_refresh(self._look_around)

    def on_mouse_scroll_down(self) -> None:
        """Read on where what is held ends."""
        self.call_after_refresh(self._look_around)

    def on_resize(self) -> None:
        """Break lines at the new width."""
        self._fit()

    def render_line(self, y: int) -> Strip:
        """One row."""
        place, width = y + self.scroll_offset.y, self.size.width
        if not self._held.rows and self._stamp is not None and not self._busy:
            words = wrap_cells(_EMPTY if self._stamp.files else _NO_FILE, max(1, width - 1), 4)
            return strip([(words[y] if y < len(words) else "", MUTED)], width, self.rich_style)
        if place >= len(self._held.rows):
            return Strip.blank(width, self.rich_style)
        row = self._held.rows[place]
        line = strip(self._spans(row), max(width, self._held.width + 1), self.rich_style)
        return line.crop(self.scroll_offset.x, self.scroll_offset.x + width)

    def _spans(self, row: Row) -> Iterator[Span]:
        """A row with what is looked for marked in it."""
        line = self._held.lines[row.line]
        text, place = line.text[row.start : row.end], 0
        colour = BRIGHT if line.offset == self._current else TEXT
        needle, lowered = self._query.lower(), text.lower()
        if needle and len(lowered) == len(text):
            while (found := lowered.find(needle, place)) >= 0:
                yield text[place:found], colour
                place = found + len(needle)
                yield text[found:place], _MATCH
        yield text[place:], colour

    def _fit(self) -> None:
        """Lay the rows out at the present width; what stands at the top stays there."""
        top = self._offset_in_sight()
        self._held.wrap(self.scrollable_content_region.width if self._wraps else 0)  # beside the bar
        self._resized()
        if self._follows:
            self._to_end()
        elif (row := self._held.row_of(top)) is not None:
            self.scroll_to(y=row, animate=False, immediate=True, force=True)

    def _resized(self) -> None:
        self.virtual_size = Size(0 if self._wraps else self._held.width + 1, len(self._held.rows))
        self.refresh()

    def _offset_in_sight(self) -> int:
        """The byte of the first line in sight."""
        place = self.scroll_offset.y
        rows = self._held.rows
        return self._held.lines[rows[place].line].offset if place < len(rows) else self._held.start

    @work(group="log-read", exclusive=True)
    async def _go(self, read: Callable[[], LogPiece], then: Callable[[LogPiece], None]) -> None:
        """Read a piece in another thread, then show it."""
        self._busy = True
        try:
            piece = await asyncio.to_thread(read)
        finally:
            self._busy = False
        then(piece)
        self.post_message(self.Changed())

    def _show_end(self, piece: LogPiece) -> None:
        self._held.show(piece)
        self._resized()
        self._to_end()

    def _show_at(self, piece: LogPiece, offset: int) -> None:
        self._held.show(piece)
        self._resized()
        self._to_row(offset)

    def _grow(self) -> None:
        files, start = self._files, self._held.last_begins
        if self._stamp is not None and self._stamp.size - start > log_file.PIECE:
            self._go(lambda: log_file.read_tail(files), self._show_end)  # more has come than is read at once
            return
        self._go(lambda: log_file.read_after(files, start), self._show_more)

    def _show_more(self, piece: LogPiece) -> None:
        gone = self._held.append(piece)
        self._resized()
        if self._follows:
            self._to_end()
        elif gone:
            self.scroll_to(y=self.scroll_offset.y - gone, animate=False, immediate=True, force=True)

    def _show_earlier(self, piece: LogPiece) -> None:
        come = self._held.prepend(piece)
        self._resized()
        self.scroll_to(y=self.scroll_offset.y + come, animate=False, immediate=True, force=True)

    def _to_end(self) -> None:
        self.scroll_to(y=max(0, len(self._held.rows) - self.size.height), animate=False, immediate=True, force=True)

    def _scroll(self, y: int) -> None:
        self.scroll_to(
            y=min(max(0, y), max(0, len(self._held.rows) - self.size.height)), animate=False, immediate=True
        )
        self._look_around()

    def _look_around(self) -> None:
        """Read more where what is held ends; follow the log exactly at its end."""
        top, bottom = self.scroll_offset.y, self.scroll_offset.y + self.size.height
        files, start, end = self._files, self._held.start, self._held.end
        whole = self._stamp is None or end >= self._stamp.size
        follows = whole and bottom >= len(self._held.rows)
        if follows != self._follows:
            self._follows = follows
            self.post_message(self.Changed())
        if self._busy:
            return
        if top < _NEAR and start > 0:
            self._go(lambda: log_file.read_before(files, start), self._show_earlier)
        elif bottom > len(self._held.rows) - _NEAR and not whole:
            begins = self._held.last_begins
            self._go(lambda: log_file.read_after(files, begins), self._show_more)

    def _to_line(self, offset: int) -> None:
        """Bring a line into sight, wherever it stands."""
        self._follows, files = False, self._files
        self._current = offset
        if self._held.row_of(offset) is not None:
            self._to_row(offset)
            self.post_message(self.Changed())
        else:
            self._go(lambda: log_file.read_around(files, offset), lambda piece: self._show_at(piece, offset))

    def _to_row(self, offset: int) -> None:
        row = self._held.row_of(offset) or 0
        top, height = self.scroll_offset.y, self.size.height
        if not top <= row < top + height:
            most = max(0, len(self._held.rows) - height)
            self.scroll_to(y=min(most, max(0, row - height // 3)), animate=False, immediate=True, force=True)
        self.refresh()

    def _to_match(self, offset: int) -> None:
        self._to_line(offset)

    @work(group="log-search", exclusive=True)
    async def _search(self, before: Matches | None) -> None:
        """Look through the log, or through what has come to it; go to the last match when a search begins."""
        files, text, number = self._files, self._query, self._searches
        found = await asyncio.to_thread(log_search.search, files, text, before, lambda: number != self._searches)
        if number != self._searches:
            return
        self._matches = found
        if before is None and found.offsets:
            here = self._offset_in_sight()
            near = [offset for offset in found.offsets if offset >= here]
            self._to_match(near[0] if near else found.offsets[-1])
        self.refresh()
        self.post_message(self.Changed())
