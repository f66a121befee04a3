"""How the table of runs is arranged, in a few words."""

from textual.content import Content

from bertft_tui.tui.arrangement import Arrangement
from bertft_tui.tui.columns.chosen import column_named
from bertft_tui.tui.format import clean, count_of
from bertft_tui.tui.glyphs import BRIGHT, ERROR, MUTED, glyphs
from bertft_tui.tui.interests.page import Page


def arrangement_words(chosen: Arrangement, page: Page) -> Content:
    """What orders and groups the runs, and how many match of how many."""
    parts = []
    column = column_named(chosen.sort) if chosen.sort else None
    if column is not None:
        parts.append((f"by {clean(column.title)} {glyphs().up if chosen.reverse else glyphs().down}", MUTED))
    elif chosen.reverse:
        parts.append(("oldest first", MUTED))
    if chosen.group_by:
        field = column_named(chosen.group_by[0])
        name = "all but the seed" if chosen.group_by == ("seed",) else chosen.group_by[0]
        parts.append((f"grouped by {clean(field.title if field is not None else name)}", MUTED))
    if not chosen.where:
        parts.append((count_of(page.total, "run"), MUTED))
    elif page.problem is None:
        parts.append((f"{page.matching:,}/{page.total:,}", BRIGHT if page.matching else ERROR))
    return Content("  ").join([Content.styled(*part) for part in parts])
