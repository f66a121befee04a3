"""What `examples` prints: evaluation texts that a run, or one of two runs, gets right or wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from bertft_tui.core.analysis.classes import check_classes
from bertft_tui.core.analysis.examples import EVERY, OF_ONE, Which, chosen, paired
from bertft_tui.core.errors import BertftError, InputError, Problem
from bertft_tui.core.scheduling.texts_again import EvaluatedText, not_readable, read_texts
from bertft_tui.core.store import queries
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.kept_predictions import kept_predictions
from bertft_tui.core.store.predictions import Predictions
from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.cli.output import print_json, print_problem, print_table, say, tell
from bertft_tui.tui.cli.report_document import example_documents
from bertft_tui.tui.cli.scoring import progress
from bertft_tui.tui.format import NOTHING, clean, count_of, metric

#: Examples of a table where no number is asked for.
_ROWS = 20

#: Characters of a text, and of a label, that a table shows.
_TEXT, _LABEL = 70, 30

#: The parts into which two runs divide the texts.
_WORDS: dict[Which, str] = {
    "both": "both right",
    "only-a": "only A right",
    "only-b": "only B right",
    "neither": "neither right",
}


@dataclass(frozen=True)
class Asked:
    """Which examples are asked for."""

    which: Which = "wrong"
    label: str | None = None  # that is true, or was predicted by any of the runs
    search: str = ""
    limit: int | None = None
    tested: bool = False  # of the test split


@dataclass(frozen=True)
class _Sides:
    """One run, or two with their predictions in the order and the labels of the first."""

    runs: tuple[RunRecord, ...]
    said: tuple[Predictions, ...]

    def positions(self, which: Which, label: str | None = None) -> list[int]:
        number = None if label is None else _number_of(label, self.runs[0])
        found: list[int] = chosen(self.said, which, number).tolist()
        return found

    def hash_at(self, position: int) -> int:
        return int(self.said[0].text_hash[position])


@dataclass(frozen=True)
class _Texts:
    """The texts that were read again, by hash, and what is wrong with the others."""

    known: dict[int, EvaluatedText]
    problem: Problem | None = None


def print_examples(db: Database, name: str, other: str | None, asked: Asked, *, as_json: bool) -> None:
    """Print examples with their texts, which are read again from the run's data.

    Where the data is gone the examples are printed without them, unless a text is searched for. Raises
    UnknownRunError, and InputError for runs without predictions, of numbers, or that are not comparable.
    """
    if other is None and asked.which not in OF_ONE:
        raise InputError(
            "Two runs are needed for that",
            f"--which {asked.which} is about two runs, and one was named.",
            f"Name another: `bertft-tui examples {name} OTHER --which {asked.which}`; of one run there are: "
            f"{', '.join(OF_ONE)}.",
        )
    sides = _sides(db, name, other, tested=asked.tested)
    positions = sides.positions(asked.which, asked.label)
    limit = asked.limit if asked.limit is not None or as_json else _ROWS
    texts = _read(sides, positions if asked.search else positions[:limit], asked)
    if asked.search:
        positions = [
            each
            for each in positions
            if (text := texts.known.get(sides.hash_at(each))) is not None and text.has(asked.search)
        ]
    shown = example_documents(sides.runs, sides.said, positions[:limit], texts.known)
    document = _document(sides, asked, len(positions), shown, texts.problem)
    if as_json:
        print_json(document)
    else:
        _print(sides, document)


def _sides(db: Database, name: str, other: str | None, *, tested: bool) -> _Sides:
    """Raises UnknownRunError, InputError."""
    first, a = _told(db, name, tested=tested)
    if other is None:
        return _Sides((first,), (a,))
    second, b = _told(db, other, tested=tested)
    pair = paired(first, second, a, b)
    return _Sides((first, second), (pair.a, pair.b))


def _told(db: Database, name: str, *, tested: bool) -> tuple[RunRecord, Predictions]:
    """A run and what it says of classes. Raises UnknownRunError, InputError."""
    run = queries.find_run(db, name)
    said = kept_predictions(db, run, tested=tested)
    check_classes(said, run.labels)
    return run, said


def _number_of(label: str, run: RunRecord) -> int:
    """The id of a label. Raises InputError, naming the nearest and what there is."""
    if label in run.labels:
        return run.labels.index(label)
    near = get_close_matches(label, run.labels, n=1)
    said = f"Did you mean {near[0]!r}? " if near else ""
    more = ", …" if len(run.labels) > _ROWS else ""
    there = f"It has: {', '.join(run.labels[:_ROWS])}{more}."
    raise InputError("Unknown label", f"{run.id} ({run.name}) has no label {label!r}.", said + there)


def _read(sides: _Sides, positions: Sequence[int], asked: Asked) -> _Texts:
    """Read the texts at these positions again. Raises InputError where they cannot be and one is searched for."""
    if not positions:
        return _Texts({})
    with progress() as show:
        try:
            found = read_texts(sides.runs[0].config, map(sides.hash_at, positions), show, tested=asked.tested)
        except BertftError as error:
            if asked.search:
                raise
            return _Texts({}, not_readable(error))
    return _Texts(found.texts, found.gone)


def _document(
    sides: _Sides, asked: Asked, matching: int, shown: list[dict[str, Any]], problem: Problem | None
) -> dict[str, Any]:
    offered = OF_ONE if len(sides.runs) == 1 else EVERY
    return {
        "runs": [
            {"id": run.id, "name": run.name, "step": said.step}
            for run, said in zip(sides.runs, sides.said, strict=True)
        ],
        "which": asked.which,
        "is_test": asked.tested,
        "counts": {each: len(sides.positions(each)) for each in offered},
        "matching": matching,
        "problem": problem.as_dict() if problem is not None else None,
        "examples": shown,
    }


def _print(sides: _Sides, document: dict[str, Any]) -> None:
    counts, examples = document["counts"], document["examples"]
    for letter, run in zip("AB", document["runs"], strict=False):
        letters = f"{letter}  " if len(sides.runs) > 1 else ""
        say(f"{letters}{run['id']}  {run['name']}: step {run['step']}")
    if len(sides.runs) == 1:
        say(f"{counts['wrong']:,} of {count_of(counts['all'], 'text')} wrong.")
    else:
        parts = [f"{words} {counts[which]:,}" for which, words in _WORDS.items()]
        say(f"{count_of(counts['all'], 'text')}: {', '.join(parts)}.")
    if examples:
        print()
        _print_table(examples, several=len(sides.runs) > 1)
    else:
        say("None of them is like that.")
    if document["matching"] > len(examples):
        tell(f"{document['matching'] - len(examples):,} more; --limit N shows more, --json all of them.")
    if document["problem"] is not None:
        print_problem(Problem(**document["problem"]), label="Note")


def _print_table(examples: list[dict[str, Any]], *, several: bool) -> None:
    heads = ["A says", "A sure", "B says", "B sure"] if several else ["predicted", "probability"]
    rows = []
    for each in examples:
        said = [cell for answer in each["answers"] for cell in (_label(answer["predicted"]), _sure(answer))]
        text = " | ".join(part for part in (each["text"], each["pair"]) if part) or f"(hash {each['text_hash']})"
        rows.append([_label(each["label"]), *said, each["place"] or NOTHING, clean(text, limit=_TEXT)])
    print_table(("true", *heads, "place", "text"), rows, right=heads[1::2])


def _label(value: str | list[str]) -> str:
    return clean(value if isinstance(value, str) else ", ".join(value) or NOTHING, limit=_LABEL)


def _sure(answer: dict[str, Any]) -> str:
    return metric(float(answer["probability"]))
