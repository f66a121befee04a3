"""How the table of runs is arranged, in a few words."""

from textual.content import Content

from bertft_tui.tui.arrangement import Arrangement
from bertft_tui.tui.columns.chosen import column_named
from bertft_tui.tui.format import clean, count_of
from bertft_tui.tui.glyphs import BRIGHT, ERROR, MUTED, TEXT, WARNING, glyphs
from bertft_tui.tui.interests.page import Page
from bertft_tui.tui.widgets.braille import Span
from bertft_tui.tui.widgets.strips import wrap_cells


def arrangement_words(chosen: Arrangement, page: Page, *, mixed: bool = False) -> Content:
    """What orders and groups the runs, and how many match of how many. `mixed`: some were scored on other texts."""
    parts = [(f"{glyphs().unlike} other texts", WARNING)] if mixed else []
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


def nothing_words(page: Page, width: int) -> list[Span]:
    """What stands in the table when no run matches the filter: which part of it is to blame, and what to do."""
    found, blame = page.excluding, ""
    if found is not None and found.part:
        rest = f" {found.without:,} would without it." if found.without else ""
        blame = f"No run matches `{clean(found.part, limit=200)}`.{rest}"
    elif found is not None:
        blame = "Each part of it matches some run, but no run all of them."
    ways = f"esc shows {'the run' if page.total == 1 else f'all {page.total:,} runs'} again, / changes the filter."
    said = [("No run matches the filter.", f"{BRIGHT} bold"), (blame, TEXT), (ways, MUTED)]
    return [(line, style) for text, style in said for line in (wrap_cells(text, width, 4) if text else ())]
