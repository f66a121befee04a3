"""Texts that a run was evaluated on are read again by their hashes, as the worker read them."""

from pathlib import Path
from threading import Timer

import pyarrow as pa
import pytest
from made_predictions import digest
from tiny_bert import texts, write_csv
from training_runs import attempt, make_run

from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import BertftError, InputError
from bertft_tui.core.scheduling.texts_again import Reading, read_texts
from bertft_tui.core.sections import DataSection
from bertft_tui.core.store.predictions import read_predictions
from bertft_tui.core.tell import silent
from bertft_tui.core.training.data.corpus import load_corpus
from bertft_tui.core.training.data.dataset import draw
from bertft_tui.core.training.predictions import text_hashes
from bertft_tui.core.training.text_hashes import table_hashes
from bertft_tui.core.training.texts_again import read_again


def test_the_texts_of_a_run_are_found_again(tmp_path: Path, config: RunConfig) -> None:
    """A helper process finds every text that the predictions of a real run are about, with its place."""
    run = make_run(tmp_path / "run", config)
    assert attempt(run) == "finished"
    said = read_predictions(run.predictions, 0)
    told: list[str] = []
    found = read_texts(config, said.text_hash.tolist(), told.append)
    wanted = [text for text, _ in texts(20, seed=2)]
    assert [found.texts[key].parts for key in said.text_hash.tolist()] == [(text,) for text in wanted]
    assert found.texts[int(said.text_hash[4])].place == "row 5 of test.csv"
    assert (found.wanted, found.gone) == (20, None)
    assert "reading the evaluation texts" in told


@pytest.mark.parametrize(
    "settings",
    [
        {"dataset": "demo"},
        {"dataset": "demo", "eval_size": 50, "subset_seed": 3, "stratify": True},
        {"dataset": "pairs.csv", "text_column": "first", "text_pair_column": "second", "eval_fraction": 0.5},
    ],
)
def test_what_was_drawn_is_found(
    settings: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Carved out or drawn, of one text or of two: all hashes of the evaluation rows are found among the split's."""
    monkeypatch.chdir(tmp_path)
    rows = [f'"one {number}","line\n""two"" {number % 7}",{"no" if number % 2 else "yes"}' for number in range(30)]
    Path("pairs.csv").write_text("\n".join(["first,second,label", *rows]) + "\n")
    data = DataSection.model_validate(settings)
    drawn = draw(load_corpus(data), data).evaluation
    hashes = text_hashes(drawn).tolist()
    config = RunConfig(data=data).model_dump(mode="json")
    question = {"config": config, "hashes": hashes, "tested": False}
    found = {each["hash"]: each["parts"] for each in read_again(question, silent)["texts"]}
    names = ("text", "pair") if data.text_pair_column else ("text",)
    assert [found[key] for key in hashes] == [
        list(parts) for parts in zip(*(drawn[name] for name in names), strict=True)
    ]


def test_what_has_gone_is_counted(tmp_path: Path) -> None:
    """Rows that were changed are not found, those that moved are; a sentence says how many are gone."""
    before = texts(12, seed=5)
    file = write_csv(tmp_path / "data.csv", before)
    hashes = [digest(text) for text, _ in before]
    write_csv(file, [*reversed(before[2:]), ("something else", "food")])
    config = RunConfig(data=DataSection(dataset=str(file)))
    found = read_texts(config, [*hashes, *hashes])
    assert sorted(found.texts) == sorted(hashes[2:])
    assert found.gone is not None
    assert found.gone.message == f"2 of 12 texts are no longer in {file}: it has changed since the run."
    file.unlink()
    with pytest.raises(InputError):
        read_texts(config, hashes)


def test_texts_of_the_test_split_are_read_there(tmp_path: Path) -> None:
    """Not where the evaluation rows were drawn from."""
    for name, seed in (("train", 1), ("dev", 2), ("test", 3)):
        write_csv(tmp_path / f"{name}.csv", texts(12, seed=seed))
    config = RunConfig(data=DataSection(dataset=str(tmp_path), eval_split="dev", test_split="test"))
    hashes = [digest(text) for text, _ in texts(12, seed=3)]
    found = read_texts(config, hashes, tested=True)
    assert (found.gone, {each.place.rpartition(" ")[2] for each in found.texts.values()}) == (None, {"test.csv"})
    assert read_texts(config, hashes).gone is not None


def test_a_reading_ends_when_nobody_waits_any_more(tmp_path: Path) -> None:
    """Its process is gone at once, and whoever waits for the texts gets an error; also before it has begun."""
    file = write_csv(tmp_path / "data.csv", texts(12, seed=5))
    config = RunConfig(data=DataSection(dataset=str(file)))
    reading = Reading()
    timer = Timer(0.2, reading.end)
    timer.start()
    with pytest.raises(BertftError, match=r"without an answer|was ended"):
        reading.read(config, [1])
    timer.join()
    with pytest.raises(BertftError, match="was ended"):
        reading.read(config, [1])


def test_hashes_are_those_of_the_text_itself() -> None:
    """A pair is joined by a unit separator; half a character is one too; chunks and drawn rows make no difference."""
    table = pa.table({"text": pa.chunked_array([["a", "é"], ["日本"]]), "pair": ["x", "", "y"]})
    assert table_hashes(table.select(["text"])).tolist() == [digest("a"), digest("é"), digest("日本")]
    assert table_hashes(table).tolist() == [digest("a\x1fx"), digest("é\x1f"), digest("日本\x1fy")]
    assert table_hashes(table[:0]).tolist() == []
    data = DataSection(dataset="demo", eval_size=1100)
    drawn = draw(load_corpus(data), data).evaluation
    assert text_hashes(drawn).tolist() == [digest(text) for text in drawn["text"]]
    assert text_hashes(drawn.select([])).tolist() == []
