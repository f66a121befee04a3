"""What is said above a list of examples: how many there are, which of them, and in which order."""

from textual.content import Content

from bertft_tui.core.analysis.examples import Which
from bertft_tui.tui.format import clean, content, count_of
from bertft_tui.tui.glyphs import ACCENT, BRIGHT, MUTED, WARNING
from bertft_tui.tui.interests.examples import Listed

#: What a part of the examples of two runs is called, and in which order it is listed.
PARTS: dict[Which, tuple[str, str]] = {
    "only-a": ("only A right", "what B is surest of first"),
    "only-b": ("only B right", "what A is surest of first"),
    "neither": ("neither right", "the surest mistakes first"),
    "both": ("both right", "the least sure first"),
}


def heading(listed: Listed, which: Which, label: int | None, find: str) -> Content:
    """Say what is listed. `label`: the id of the class it is narrowed down to; `find`: the letters."""
    total = len(listed.sides[0].said) if listed.sides else 0
    if which in PARTS:
        of_all, order = f"{PARTS[which][0]}: {listed.counts.get(which, 0):,}", PARTS[which][1]
    elif which == "all":
        of_all, order = f"all {count_of(total, 'text')}", "as they stand in the data"
    else:
        of_all, order = f"{listed.counts.get('wrong', 0):,} of {count_of(total, 'text')} wrong", "the surest first"
    spans = [Content.styled(of_all, f"{BRIGHT} bold")]
    if listed.tested:
        spans.append(Content.styled("of the test split", ACCENT))
    narrowed = []
    if label is not None:
        narrowed.append(f"of or as {clean(listed.sides[0].run.labels[label], limit=40)}")
    if find:
        narrowed.append(f"with “{clean(find, limit=40)}”")
    if narrowed:
        spans.append(content(f"{len(listed):,} {' '.join(narrowed)}", ACCENT if len(listed) else WARNING))
    if len(listed) > 1:
        spans.append(Content.styled(order, MUTED))
    return Content(", ").join(spans)


def no_search() -> Content:
    """Said where something is looked for and there are no texts."""
    return Content.styled("Without the texts nothing can be looked for.", WARNING)
