"""Lines of a name and words, whose further lines begin below the words and not below the name."""

from textual.content import Content

#: Cells of words below which hanging makes no sense.
_NARROWEST = 12


def hang(name: Content, words: Content, width: int) -> Content:
    """Put words behind a name, broken to `width` cells; what goes on stands below their beginning."""
    margin = name.cell_length
    room = width - margin
    if room < _NARROWEST:
        return Content.assemble(name, words)
    lines = [line for part in words.split("\n", allow_blank=True) for line in part.wrap(room)]
    blank = Content(" " * margin)
    return Content("\n").join(
        [Content.assemble(name if not place else blank, each) for place, each in enumerate(lines)]
    )
