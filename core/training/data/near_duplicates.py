"""Evaluation texts that stand in training almost word for word: found by MinHash, then compared exactly.

Two texts are near duplicates when at least four fifths of the word 5-grams that one of them has, both have (Jaccard
index); case, punctuation and spaces make no difference. Texts of fewer than five words must have the same words. What
is the same letter by letter is counted by `duplicates.py`, and not here. Languages that put no spaces between words
have few 5-grams: of them only what is the same between punctuation marks is found.

MinHash after Broder, On the resemblance and containment of documents (1997).
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count as counting
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bertft_tui.core.errors import Problem
from bertft_tui.core.sections import DataSection
from bertft_tui.core.tell import Tell
from bertft_tui.core.training.data.corpus import Corpus
from bertft_tui.core.training.data.duplicates import shared_rows
from bertft_tui.core.training.notes import count

if TYPE_CHECKING:
    from datasketch import MinHash

#: Words in a row, and the share of them that must be common.
WORDS, ALIKE = 5, 0.8

#: Hashes of a sketch: in bands of five. Of pairs that are just alike enough all but 1 in 2,800 are found:
#: (1 - 0.8⁵)²⁰; of those with half of their 5-grams in common 1 in 2 is compared in vain.
_BANDS, _BAND = 20, 5

#: Letters that are looked at: 25,000 texts of 240 words against 25,000 others are 70 million, and took 40 seconds.
MOST = 100_000_000

#: What a text costs beside its letters, in letters.
_TEXT_COST = 350

#: Pairs that are compared exactly, and pairs that sketches may name: of texts that are all made from one mould there
#: are hundreds of millions.
_COMPARED, _NAMED = 100_000, 5_000_000

#: Pairs that are told.
_TOLD = 3

#: Letters of a text that is told.
_SHOWN = 200

#: Texts between two words about how far it is.
_STEP = 1_000

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # 2⁶⁴ over the golden ratio, odd: spreads small numbers over all bits

_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Part:
    """The rows of one side: columns `text`, `pair` (if there is one) and `row`."""

    table: pa.Table
    place: Callable[[int], str]  # a row's number → where it stands

    def place_of(self, position: int) -> str:
        """Where one of the rows stands."""
        return self.place(self.table.column("row")[position].as_py())


@dataclass(frozen=True)
class NearPair:
    """An evaluation text and a training text that are almost the same."""

    evaluation: str  # where it stands
    training: str
    jaccard: float
    text: str  # the beginning of the evaluation text


@dataclass(frozen=True)
class NearDuplicates:
    """How many evaluation texts stand almost so in training, and the first of them."""

    texts: int
    evaluation: int  # texts that were looked at
    training: int
    evaluation_rows: int  # texts there are
    training_rows: int
    at_least: bool  # too many texts are alike to compare them all
    pairs: tuple[NearPair, ...]

    def as_dict(self) -> dict[str, Any]:
        """What was found, as `data --json` shows it."""
        return {
            "texts": self.texts,
            "evaluation": self.evaluation,
            "training": self.training,
            "at_least": self.at_least,
            "pairs": [vars(pair) for pair in self.pairs],
        }

    def note(self) -> Problem | None:
        """What there is to say; None where nothing was found."""
        if not self.texts:
            return _BREAK_OFF if self.at_least else None
        least = "at least " if self.at_least else ""
        named = "; ".join(f"{pair.evaluation} and {pair.training} ({pair.jaccard:.2f})" for pair in self.pairs)
        verb = "shares" if self.texts == 1 else "share"
        return Problem(
            f"{least}{count(self.texts, 'evaluation text')} almost in training too".capitalize(),
            f"{self.texts:,} of {self.evaluation:,} evaluation texts {verb} four fifths or more of the word 5-grams "
            f"with a training text, copies letter by letter not counted: {named}.{self._part()}",
            "The evaluation is a little too kind; remove them from one of the two.",
        )

    def _part(self) -> str:
        """Which share of the texts was looked at, where it was not all."""
        sides = (
            ("evaluation", self.evaluation, self.evaluation_rows),
            ("training", self.training, self.training_rows),
        )
        parts = [f"{some:,} of {every:,} {name} texts" for name, some, every in sides if some < every]
        return f" Looked at were {' and '.join(parts)}." if parts else ""


#: Where the search ended, and had found nothing until then.
_BREAK_OFF = Problem(
    "Near duplicates were not looked for to the end",
    f"So many texts have the same words that after {_COMPARED:,} comparisons the search ended; none of these pairs "
    "shared four fifths of the word 5-grams.",
)


def near_in(corpus: Corpus, data: DataSection, tell: Tell, most: int = MOST) -> NearDuplicates:
    """Draw the rows of a run and find evaluation texts that stand almost so in training. Raises DataError."""
    from bertft_tui.core.training.data.dataset import draw  # `datasets` takes a second

    drawn = draw(corpus, data)
    sides = ((drawn.train, corpus.train.place), (drawn.evaluation, corpus.eval_place))
    training, evaluation = (Part(rows.with_format("arrow")[:], place) for rows, place in sides)
    return near_duplicates(training, evaluation, tell, most)


def near_duplicates(training: Part, evaluation: Part, tell: Tell, most: int = MOST) -> NearDuplicates:
    """Find evaluation texts that stand almost so in training.

    `most`: letters that are looked at; where there are more, rows are left out evenly. Calls `tell` often: who has no
    more interest may raise there.
    """
    tell("Looking for near duplicates")
    known = np.ones(len(evaluation.table), np.bool_)
    known[shared_rows(training.table, evaluation.table)] = False
    some = Part(evaluation.table.filter(pa.array(known)), evaluation.place)
    some, rest = _thinned(some, most // 2)
    others, _ = _thinned(training, most // 2 + rest)
    found, at_least = _Search(some.table).among(others.table, tell)
    return NearDuplicates(
        texts=len(found),
        evaluation=len(some.table) + int((~known).sum()),
        training=len(others.table),
        evaluation_rows=len(evaluation.table),
        training_rows=len(training.table),
        at_least=at_least,
        pairs=tuple(_told(some, others, *each) for each in sorted(found.items())[:_TOLD]),
    )


def _told(evaluation: Part, training: Part, position: int, match: tuple[int, float]) -> NearPair:
    text = str(evaluation.table.column("text")[position].as_py())[:_SHOWN]
    return NearPair(evaluation.place_of(position), training.place_of(match[0]), match[1], text)


def _thinned(part: Part, most: int) -> tuple[Part, int]:
    """Leave out rows, evenly, until they cost no more than `most`; return what is left of that too."""
    rows = len(part.table)
    letters = sum(pc.sum(pc.utf8_length(column)).as_py() or 0 for column in _texts(part.table).columns)
    cost = letters + _TEXT_COST * rows
    if cost <= most:
        return part, most - cost
    kept = np.unique(np.linspace(0, rows - 1, max(1, rows * most // cost)).astype(np.int64))
    return Part(part.table.take(pa.array(kept)), part.place), 0


def _texts(table: pa.Table) -> pa.Table:
    return table.select([name for name in ("text", "pair") if name in table.column_names])


def _words(table: pa.Table) -> Iterator[list[str]]:
    """The words of each row, of both texts one after the other."""
    for batch in _texts(table).to_batches(max_chunksize=_STEP):
        for parts in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            yield _WORD.findall(" ".join(parts).casefold())


def _grams(words: Sequence[str]) -> set[tuple[str, ...]]:
    """The word 5-grams of a text; of a shorter one all of its words together."""
    if len(words) < WORDS:
        return {tuple(words)} if words else set()
    return set(zip(*(words[start:] for start in range(WORDS)), strict=False))


class _Search:
    """Sketches of the evaluation texts, among which training texts are looked up one by one."""

    def __init__(self, table: pa.Table) -> None:
        from datasketch import MinHash, MinHashLSH  # most runs never need it

        self._table = table.combine_chunks()
        self._numbers: defaultdict[str, int] = defaultdict(counting(1).__next__)
        self._empty = MinHash(num_perm=_BANDS * _BAND, hashfunc=int)
        self._index = MinHashLSH(num_perm=_BANDS * _BAND, params=(_BANDS, _BAND))

    def among(self, training: pa.Table, tell: Tell) -> tuple[dict[int, tuple[int, float]], bool]:
        """Return for evaluation positions the position of a training text that is alike, and how much it is.

        The second part: whether there may be more, since too many were to be compared.
        """
        total = len(self._table) + len(training)
        for position, words in enumerate(_words(self._table)):
            if position % _STEP == 0:
                tell(f"Looking for near duplicates: {position:,} of {total:,} texts")
            if words:
                self._index.insert(position, self._sketch(words), check_duplication=False)
        found: dict[int, tuple[int, float]] = {}
        named = compared = 0
        for position, words in enumerate(_words(training)):
            if position % _STEP == 0:
                tell(f"Looking for near duplicates: {len(self._table) + position:,} of {total:,} texts")
            candidates = self._index.query(self._sketch(words)) if words else []
            named += len(candidates)
            left = sorted(each for each in candidates if each not in found)
            if len(left) > _STEP // 10:
                tell(f"Looking for near duplicates: {compared:,} pairs compared")
            found |= self._alike(position, words, left[: _COMPARED - compared])
            compared += len(left)
            if named > _NAMED or compared > _COMPARED:
                return found, True
        return found, False

    def _alike(self, position: int, words: list[str], candidates: list[int]) -> dict[int, tuple[int, float]]:
        """Those candidates whose 5-grams are really alike."""
        if not candidates:
            return {}
        mine, found = _grams(words), {}
        for candidate, other in zip(candidates, _words(self._table.take(pa.array(candidates))), strict=True):
            theirs = _grams(other)
            jaccard = len(mine & theirs) / len(mine | theirs)
            if jaccard >= ALIKE:
                found[candidate] = (position, jaccard)
        return found

    def _sketch(self, words: list[str]) -> "MinHash":
        from datasketch import MinHash

        sketch = MinHash(
            hashfunc=int,
            permutations=self._empty.permutations,
            hashvalues=self._empty.hashvalues,
            scheme=self._empty.scheme,
        )
        sketch.update_batch(self._hashes(words).tolist())
        return sketch

    def _hashes(self, words: list[str]) -> NDArray[np.uint32]:
        """Return 32-bit hashes of a text's 5-grams, made from the numbers of its words."""
        numbers = np.fromiter(map(self._numbers.__getitem__, words), np.uint64, len(words))
        length = min(WORDS, len(numbers))
        mixed = np.zeros(len(numbers) - length + 1, np.uint64)
        for start in range(length):
            mixed = (mixed ^ numbers[start : start + len(mixed)]) * _MULTIPLIER
        return np.unique((mixed >> np.uint64(32)).astype(np.uint32))
