"""Runs that were evaluated on texts that lie here, and a stand-in for the process that reads such texts again."""

import threading
from collections.abc import Iterable, Sequence

from made_predictions import digest, of_classes
from piloting import until
from textual.pilot import Pilot
from textual.screen import Screen
from told_runs import told

from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import BertftError
from bertft_tui.core.scheduling.texts_again import EvaluatedText, TextsAgain
from bertft_tui.core.store.database import Database
from bertft_tui.core.tell import Tell, silent
from bertft_tui.tui.app import BertftApp

LABELS = ("business", "politics", "sport")

NASTY = "\x1b]52;c;aGk=\x07[bold]\u202e比較実験 [/] שלום"

TEXTS = [
    "Shares fall\n\nThe market lost a third of its worth.",
    "A vote is called",
    "A goal in the last minute",
    f"\n\n {NASTY}\nsecond line",
    "The team's shares rise",
    "The minister of sport resigns",
    "比較実験の学習率" * 60,
    "It rained",
]
TRUTH = [0, 1, 2, 2, 0, 1, 2, 0]


def shares(*rows: tuple[int, float]) -> list[list[float]]:
    """Probabilities of three classes: so much for one of them, the rest for both others."""
    return [[sure if place == number else (1 - sure) / 2 for place in range(3)] for number, sure in rows]


#: Of eight texts the first run gets the 3rd, 4th and 6th wrong, the second one the 4th, 5th and 8th.
FIRST = shares((0, 0.9), (1, 0.8), (0, 0.7), (1, 0.95), (0, 0.6), (2, 0.55), (2, 0.9), (0, 0.5))
SECOND = shares((0, 0.8), (1, 0.9), (2, 0.6), (0, 0.5), (2, 0.9), (1, 0.7), (2, 0.8), (1, 0.6))


def eight_texts(
    db: Database, name: str, said: list[list[float]], labels: Sequence[str] = LABELS, texts: Sequence[str] = TEXTS
) -> str:
    """A finished run that says this of the eight texts."""
    return told(db, name, of_classes(TRUTH, shares=said, hashes=list(map(digest, texts))), list(labels)).id


class StandIn:
    """Reads the texts above; waits for `go_on` before it does, and is quiet when it is ended."""

    def __init__(self, texts: Sequence[str], go_on: threading.Event, error: BertftError | None = None) -> None:
        self._texts, self._go_on, self._error = texts, go_on, error
        self.asked: list[int] = []
        self.of_test: bool | None = None
        self.ended = False

    def read(
        self, config: RunConfig, hashes: Iterable[int], tell: Tell = silent, *, tested: bool = False
    ) -> TextsAgain:
        """Find them by their hashes."""
        self.asked, self.of_test = sorted(set(hashes)), tested
        tell("looking among \x1b 8 texts")
        assert self._go_on.wait(20)
        if self.ended:
            raise BertftError("The reading was ended", "Nobody looks any more.")
        if self._error is not None:
            raise self._error
        there = {digest(text): (place, text) for place, text in enumerate(self._texts, 1)}
        found = {
            key: EvaluatedText((there[key][1],), f"row {there[key][0]} of news.csv")
            for key in self.asked
            if key in there
        }
        return TextsAgain(found, len(self.asked), "news.csv")

    def end(self) -> None:
        """Note it."""
        self.ended = True
        self._go_on.set()


class Readings:
    """Makes stand-ins, and keeps them to be looked at."""

    def __init__(self, texts: Sequence[str] = TEXTS, error: BertftError | None = None) -> None:
        self.texts, self.error = texts, error
        self.go_on = threading.Event()
        self.go_on.set()
        self.made: list[StandIn] = []

    def __call__(self) -> StandIn:
        """One more."""
        self.made.append(StandIn(self.texts, self.go_on, self.error))
        return self.made[-1]


def part_of_screen(pilot: Pilot[str], selector: str) -> str:
    """What stands in a part of the screen."""
    region = pilot.app.screen.query_one(selector).region
    strips = pilot.app.screen._compositor.render_strips(pilot.app.size)[region.y : region.bottom]
    return "\n".join(strip.crop(region.x, region.right).text for strip in strips)


async def opened(pilot: Pilot[str], screen: Screen[None], *run_ids: str) -> None:
    """Open a screen on runs that the app knows by then."""
    app = pilot.app
    assert isinstance(app, BertftApp)
    await until(pilot, lambda: all(map(app.snapshot.run, run_ids)))
    await app.push_screen(screen)
