"""What `docs/questions.md` says of the order of texts is what was measured: `docs/benchmarks.json` has it."""

import json
from pathlib import Path

from benchmarks.orders import markdown

DOCS = Path(__file__).parents[2] / "docs"


def test_the_order_of_texts_in_words() -> None:
    """After 20 steps the worst, the deviations and the difference; after 40 and 80 both orders within a point."""
    page = " ".join((DOCS / "questions.md").read_text(encoding="utf-8").split())
    found = json.loads((DOCS / "benchmarks.json").read_text(encoding="utf-8"))["orders"]["found"]
    short, *longer = (row.strip("| ").split(" | ") for row in markdown(found).splitlines()[-3:])
    steps, _, deviation, lowest, _, other_deviation, other_lowest, apart = short
    low, high = apart.split(" (")[1].rstrip(")").replace("-", "−").split(" to ")
    for words in (
        f"After {steps} steps the worst of the random order has {lowest}",
        f"worst of *like lengths together* {other_lowest}",
        f"a deviation of {other_deviation} against {deviation}",
        f"{apart.split()[0].lstrip('-')} points apart",
        f"from {low} to {high}",
    ):
        assert words in page
    assert round(float(other_deviation) / float(deviation)) == 3
    assert [row[0] for row in longer] == ["40", "80"]
    for row in longer:
        ends = row[-1].split(" (")[1].rstrip(")").split(" to ")
        assert all(abs(float(end)) <= 1 for end in ends)
