"""What is made of the launches that were measured, and what is trained in them."""

import csv
import json
from pathlib import Path

from benchmarks import launch


def test_the_articles_are_of_all_classes(tmp_path: Path) -> None:
    """Both parts have texts of each of the five, and no text stands twice."""
    folder = launch._write_articles(tmp_path / "data")
    rows = []
    for name in ("train.csv", "test.csv"):
        with (folder / name).open(newline="", encoding="utf-8") as file:
            part = list(csv.DictReader(file))
        assert len({row["label"] for row in part}) == 5
        rows += part
    assert len(rows) == launch._ROWS + 100


def test_the_page_has_every_kind_with_its_ratio() -> None:
    """Ratios are those within a turn: a machine that slows down between two turns changes none."""
    turns = {"script": (8.0, 16.0), "alone": (8.0, 16.0), "cold": (4.0, 8.0), "warm": (0.5, 1.0)}
    found = {"repetitions": 2, "rows": 300, "warm_memory": 4e8} | {
        kind: [launch.Launch(seconds, seconds + 1)._asdict() for seconds in each] for kind, each in turns.items()
    }
    text = launch.markdown(json.loads(json.dumps(found)))
    assert "| this program, warm | 0.75 s | 0.50 to 1.00 s | 16.0 (16.0 to 16.0) |" in text
    assert "| this program, cold | 6.00 s | 4.00 to 8.00 s | 2.0 (2.0 to 2.0) |" in text
    assert all(words in text for words in launch.KINDS.values())
    assert "400 MB" in text
