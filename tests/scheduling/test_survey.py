"""Looking ahead at a run: a real helper that answers several questions."""

from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from typing import Any

import pytest
from tiny_bert import texts, write_csv

from bertft_tui.core.config import RunConfig
from bertft_tui.core.scheduling.stamps import stamp_of
from bertft_tui.core.scheduling.survey import Survey

Heard = Queue[dict[str, Any]]


@pytest.fixture
def heard() -> Heard:
    """What was said, in order."""
    return Queue()


@pytest.fixture
def survey(heard: Heard) -> Iterator[Survey]:
    """A survey, closed with the test."""
    made = Survey(heard.put)
    yield made
    made.close()


def answer(heard: Heard, number: int) -> dict[str, dict[str, Any]]:
    """The parts of an answer by their names; every one has its question's number."""
    parts: dict[str, dict[str, Any]] = {}
    while "done" not in parts:
        part = heard.get(timeout=60)
        assert part["id"] == number
        parts[part["part"]] = part
    return parts


def test_one_helper_answers_again_and_again(survey: Survey, heard: Heard, tiny_model: Path, tmp_path: Path) -> None:
    """Rows, labels, guessing, lengths, padding; the check itself; a fault beside what is known; changed files."""
    file = write_csv(tmp_path / "meals.csv", texts(90))
    settings = {"data.dataset": str(file), "model.name_or_path": str(tiny_model), "data.max_length": 8}
    config = RunConfig().with_settings(settings)
    survey.ask(1, config, None)
    found = answer(heard, 1)
    data = found["data"]
    assert (data["splits"], data["column_names"]) == (["train"], ["text", "label"])
    assert (data["labels"]["rows"], data["train_available"], data["carved"]) == (90, 72, True)
    assert (found["check"]["train_rows"], found["check"]["eval_rows"]) == (72, 18)
    lengths = found["lengths"]["found"]
    assert lengths["measured"] == 90
    assert sum(each["texts"] for each in lengths["bins"]) == 90
    assert 0 < lengths["share_cut"] <= 1
    assert (found["lengths"]["padding"], found["lengths"]["saved"] >= 1) == ("packed", True)
    assert found["near"]["note"] is None

    survey.ask(2, config.with_settings({"data.train_size": 500, "data.max_length": 64}), None)
    found = answer(heard, 2)
    assert found["problem"]["problem"]["title"] == "The subset is larger than the data"
    assert found["data"]["labels"]["rows"] == 90
    assert "check" not in found

    before = stamp_of(config)
    write_csv(file, texts(120))
    assert stamp_of(config) != before
    for number in (3, 4):
        survey.ask(number, config.with_settings({"data.max_length": 60 + number}), None)
    while (part := heard.get(timeout=60))["id"] == 3:
        assert part["part"] != "done" or heard.empty()
    assert answer(heard, 4)["check"]["train_rows"] == 96


def test_a_helper_that_is_killed_is_said_and_replaced(survey: Survey, heard: Heard, tmp_path: Path) -> None:
    """Its end stands in the answer; the next question starts another."""
    config = RunConfig().with_settings({"data.dataset": str(tmp_path / "nothing.csv")})
    survey.ask(1, config, None)
    assert survey._process is not None
    survey._process.kill()
    found = answer(heard, 1)
    assert found["problem"]["problem"]["title"] == "The look ahead ended without an answer"
    survey.ask(2, config, None)
    assert answer(heard, 2)["problem"]["problem"]["title"] == "The data is not there"


def test_stamps(tmp_path: Path) -> None:
    """Files, folders and patterns have one that changes with them; a name of the Hub has none."""
    (tmp_path / "a.csv").write_text("text,label\n", encoding="utf-8")
    names = [str(tmp_path / "a.csv"), str(tmp_path), str(tmp_path / "*.csv")]
    configs = [RunConfig().with_settings({"data.dataset": name}) for name in names]
    before = [stamp_of(config) for config in configs]
    assert all(stamp != "|" for stamp in before)
    (tmp_path / "a.csv").write_text("text,label\na,b\n", encoding="utf-8")
    assert all(old != stamp_of(config) for old, config in zip(before, configs, strict=True))
    assert stamp_of(RunConfig().with_settings({"data.dataset": "org/name"})) == "|"
