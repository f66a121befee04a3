"""Evaluation texts that stand almost so in training: what is found is what comparing all pairs finds."""

from collections.abc import Callable
from pathlib import Path
from random import Random

import pyarrow as pa
import pytest
from fuzzing import examples
from hypothesis import given
from hypothesis import strategies as st

from bertft_tui.core.config import RunConfig
from bertft_tui.core.scheduling.preview import look
from bertft_tui.core.tell import silent
from bertft_tui.core.training.data import near_duplicates as module
from bertft_tui.core.training.data.near_duplicates import NearDuplicates, Part, near_duplicates
from bertft_tui.tui.form.findings import Findings

WORDS = [f"w{number}" for number in range(50)]
FOX = "the quick brown fox jumps over the lazy dog and then it runs away from the old grey wolf in the wood"


def found_in(training: list[str], evaluation: list[str], **options: int) -> NearDuplicates:
    """Look for near duplicates among texts."""
    return near_duplicates(_part(training, "train"), _part(evaluation, "test"), silent, **options)


def _part(texts: list[str], name: str) -> Part:
    place: Callable[[int], str] = lambda row: f"row {row + 1} of {name}"  # noqa: E731
    return Part(pa.table({"text": pa.array(texts, pa.large_string()), "row": list(range(len(texts)))}), place)


def jaccard(first: str, second: str) -> float:
    """The share of the word 5-grams that two texts have in common."""
    both = [text.split() for text in (first, second)]
    one, other = ({tuple(words[at : at + 5]) for at in range(len(words) - 4)} for words in both)
    return len(one & other) / len(one | other)


@examples(25)
@given(st.integers(0, 10**6), st.integers(1, 12), st.integers(1, 12))
def test_it_finds_what_comparing_all_pairs_finds(seed: int, trained: int, evaluated: int) -> None:
    """Texts with a partner that is surely alike are all found, none without one; each is told as alike as it is."""
    dice = Random(seed)
    training = [" ".join(dice.choices(WORDS, k=dice.randint(5, 60))) for _ in range(trained)]
    evaluation = []
    for _ in range(evaluated):
        words = dice.choice(training).split()
        for _ in range(dice.randint(0, 3)):
            words[dice.randrange(len(words))] = dice.choice(WORDS)
        evaluation.append(" ".join(words))
    best = [0.0 if text in training else max(jaccard(text, other) for other in training) for text in evaluation]
    found = found_in(training, evaluation)
    assert sum(share >= 0.9 for share in best) <= found.texts <= sum(share >= 0.8 for share in best)
    for pair in found.pairs:
        row, other = (int(place.split()[1]) - 1 for place in (pair.evaluation, pair.training))
        assert pair.jaccard == pytest.approx(jaccard(evaluation[row], training[other]))
        assert pair.jaccard >= 0.8
        assert pair.text == evaluation[row][:200]


def test_what_counts_as_the_same() -> None:
    """Case, punctuation and spaces do not matter; what is the same letter by letter is not counted here."""
    assert found_in([FOX], [FOX]).texts == 0
    assert found_in([FOX], [FOX.title().replace(" ", ",  ")]).pairs[0].jaccard == 1.0
    assert found_in([FOX], [FOX + " again"]).texts == 1
    assert found_in([FOX], [FOX.replace("over", "under")]).texts == 0
    assert found_in(["A fine film."], ["a fine film!", "a fine movie", "film fine a"]).texts == 1
    assert found_in(["!!!", "..."], ["???", "!!"]).texts == 0
    assert found_in(["今日は雨。明日は晴れ。"], ["今日は雨、明日は晴れ"]).texts == 1
    assert found_in([FOX, FOX], []).texts == found_in([], [FOX]).texts == 0


def test_pairs_of_texts_are_one() -> None:
    """Both texts of a pair are compared together."""
    first, second = FOX[:50], FOX[50:]
    tables = [
        pa.table({"text": [first], "pair": [pair], "row": [0]}) for pair in (second, second + "!", "something else")
    ]
    training, near, other = (Part(table, str) for table in tables)
    assert near_duplicates(training, near, silent).texts == 1
    assert near_duplicates(training, other, silent).texts == 0


def test_what_is_said() -> None:
    """The note counts them and names the first three with their places; without any there is none."""
    texts = [f"{FOX} number {number} of this" for number in range(5)]
    note = found_in([FOX.upper(), "else"], [*texts, "something"]).note()
    assert note is not None
    assert note.title == "5 evaluation texts almost in training too"
    assert "5 of 6 evaluation texts share four fifths or more of the word 5-grams with a" in note.message
    assert "row 1 of test and row 1 of train (0.82); row 2" in note.message
    assert "row 4 of test" not in note.message
    assert found_in(["one"], ["two"]).note() is None


def test_of_too_many_letters_a_part_is_looked_at() -> None:
    """Rows are left out evenly on the side that is too long, and the note says how many were looked at."""
    training = [f"{FOX} number {number // 2} of this" for number in range(400)]
    found = found_in(training, [FOX.upper(), training[0].upper()], most=60_000)
    assert (found.evaluation, found.evaluation_rows, found.training_rows) == (2, 2, 400)
    assert 80 < found.training < 140
    note = found.note()
    assert note is not None
    assert f"Looked at were {found.training} of 400 training texts." in note.message
    both = found_in(training, [f"{text}!" for text in training], most=20_000)
    assert 0 < both.evaluation < 400
    assert 0 < both.training < 400


def test_texts_from_one_mould_end_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where everything is like everything, what was found until then is a lower bound, and is said to be one."""
    monkeypatch.setattr(module, "_COMPARED", 110)
    told: list[str] = []
    texts = [f"{FOX} number {number}" for number in range(120)]
    found = near_duplicates(_part(texts, "train"), _part([f"{text}!" for text in texts], "test"), told.append)
    assert (found.texts, found.at_least) == (110, True)
    note = found.note()
    assert note is not None
    assert note.title == "At least 110 evaluation texts almost in training too"
    assert any("pairs compared" in words for words in told)
    monkeypatch.setattr(module, "ALIKE", 1.1)
    ended = found_in(texts, texts[:1] + [f"{text}." for text in texts])
    assert (ended.texts, ended.at_least) == (0, True)
    note = ended.note()
    assert note is not None
    assert note.title == "Near duplicates were not looked for to the end"


def test_the_look_and_the_survey_name_them(tmp_path: Path) -> None:
    """`data` counts them apart from what is the same word for word; the form's findings take the note in."""
    folder = tmp_path / "data"
    folder.mkdir()
    rows = [(f"{FOX} {' '.join(WORDS[number : number + 9])}", "yes" if number % 2 else "no") for number in range(20)]
    lines = [f"{text},{label}" for text, label in rows]
    (folder / "train.csv").write_text("\n".join(["text,label", *lines]) + "\n")
    other = [lines[0], lines[1].upper().replace(",YES", ",yes"), "something else altogether,no"]
    (folder / "test.csv").write_text("\n".join(["text,label", *other]) + "\n")
    document = look(RunConfig().with_settings({"data.dataset": str(folder), "model.name_or_path": "demo"}))
    near = document["near_duplicates"]
    assert (near["texts"], near["evaluation"], near["training"], near["at_least"]) == (1, 3, 20, False)
    assert near["pairs"][0]["evaluation"] == "row 2 of test.csv"
    titles = [note["title"] for note in document["notes"]]
    assert "1 evaluation text almost in training too" in titles
    assert "1 evaluation text also in training" in titles
    note = {"title": "t", "message": "m", "hint": ""}
    found = Findings().with_part({"part": "near", "note": note})
    assert found.notes == [note]
    assert Findings().over(found).notes == [note]
    assert Findings().with_part({"part": "near", "note": None}).notes == []
