"""Texts that stand more than once in a data set."""

from bertft_tui.core.training.data.rows import Row, Source
from bertft_tui.core.training.notes import count, listed

Key = tuple[str, str | None]


def without_duplicates(source: Source, rows: list[Row]) -> list[Row]:
    """Keep the first of each text, noting how many went and which contradicted the one that stays.

    Before a split is carved out: a text on both sides would be evaluated after it was learnt.
    """
    first: dict[Key, Row] = {}
    contradicting: list[Row] = []
    for row in rows:
        kept = first.setdefault((row.text, row.pair), row)
        if kept.label != row.label:
            contradicting.append(row)
    removed = len(rows) - len(first)
    if removed:
        message = f"{removed:,} of {len(rows):,} texts stood there before, word for word; the first of each stays."
        if contradicting:
            message += f" {count(len(contradicting), 'copy').replace('copys', 'copies')} had another label: "
            message += listed([f"{row.place} ({row.label})" for row in contradicting]) + "."
        noun = "duplicate" if removed == 1 else "duplicates"
        source.note(f"{removed:,} {noun} removed before the split", message)
    return list(first.values())


def note_overlap(source: Source, train: list[Row], evaluation: list[Row]) -> None:
    """Note how many evaluation texts are training texts too; none is removed, the splits are their makers'."""
    seen = {(row.text, row.pair) for row in train}
    shared = sum((row.text, row.pair) in seen for row in evaluation)
    if shared:
        source.note(
            f"{count(shared, 'evaluation text')} also in training",
            f"{shared:,} of {len(evaluation):,} evaluation texts stand in the training split, word for word.",
            "The evaluation is a little too kind; remove them from one of the two.",
        )
