"""Column names that say what a column holds; upper and lower case are the same here."""

import re
from collections import Counter
from collections.abc import Container, Sequence

#: A column with one of these names holds labels.
LABEL_NAMES = frozenset(
    (
        "label",
        "labels",
        "class",
        "classes",
        "category",
        "categories",
        "target",
        "targets",
        "sentiment",
        "topic",
        "topics",
        "intent",
        "emotion",
        "emotions",
        "gold_label",
        "class_label",
        "y",
    )
)

#: So does one with one of these, when there is none of the above.
RATING_NAMES = frozenset(
    (
        "rating",
        "ratings",
        "score",
        "scores",
        "stars",
        "star_rating",
        "polarity",
        "grade",
        "similarity",
    )
)

#: Of two columns as long as each other, one with such a name holds the texts.
TEXT_NAMES = frozenset(
    (
        "text",
        "texts",
        "sentence",
        "review",
        "reviews",
        "review_text",
        "content",
        "body",
        "document",
        "comment",
        "comment_text",
        "tweet",
        "message",
        "question",
        "utterance",
        "utt",
        "post",
        "description",
        "article",
        "email",
        "passage",
    )
)

#: Names of the two texts of one example that are not numbered.
_PAIRS = (
    ("premise", "hypothesis"),
    ("question", "sentence"),
    ("question", "passage"),
    ("question", "context"),
    ("query", "passage"),
    ("query", "document"),
)
_NUMBERED = re.compile(
    r"(text|sentence|sent|question|utterance|document|passage|review|comment|response|input|q|s)"
    r"[_ -]?(?P<number>[12ab])"
)


def is_like(name: str, known: Container[str]) -> bool:
    """Whether a column's name is one of the known ones."""
    return name.strip().lower() in known


def repeated(names: Sequence[str]) -> list[str]:
    """Return the names that more than one column has."""
    return [name for name, times in Counter(names).items() if times > 1]


def pair_among(names: Sequence[str]) -> tuple[str, str] | None:
    """Return two columns whose names say that they are the two texts of one example."""
    lower = {name.strip().lower(): name for name in names}
    for first, second in _PAIRS:
        if first in lower and second in lower:
            return lower[first], lower[second]
    for name, written in lower.items():
        match = _NUMBERED.fullmatch(name)
        if match and match["number"] in "1a":
            partner = name[:-1] + ("2" if match["number"] == "1" else "b")
            if partner in lower:
                return written, lower[partner]
    return None
