"""How near forecasts come to what batches took: each batch is told from others, as if it had never been tried."""

import random
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any, NamedTuple

from bertft_tui.core.training.known_memory import FACTS, forecast

#: What a forecast may be off by.
MOST = 0.15

#: Choices of other batches that each one is told from, for each number of them.
_CHOICES = 60


class Judged(NamedTuple):
    """The forecasts of one setting."""

    facts: str
    accumulates: bool
    asked: int
    errors: list[float]  # relative, of those that were given

    @property
    def worst(self) -> float:
        """The error that is furthest from nothing."""
        return max(self.errors, key=abs, default=0.0)


def judged(known: Mapping[str, int], device: str, counts: tuple[int, ...] = (2, 3, 5)) -> Iterator[Judged]:
    """Tell each batch from so many others of the same kind."""
    kinds: dict[tuple[str, bool], dict[str, int]] = {}
    for key, peak in known.items():
        words = key.split(" ")
        kinds.setdefault((" ".join(words[:FACTS]), words[FACTS].endswith("+")), {})[key] = peak
    for (facts, accumulates), peaks in kinds.items():
        errors, asked = [], 0
        draw = random.Random(1)
        for key, peak in peaks.items():
            rows, tokens = key.split(" ")[FACTS].rstrip("+").split("x")
            others = [other for other in peaks if other != key]
            for count in counts:
                choices = list(combinations(others, count))
                for chosen in draw.sample(choices, min(_CHOICES, len(choices))):
                    told = forecast(
                        {other: peaks[other] for other in chosen},
                        facts.split(" "),
                        device,
                        (int(rows), int(tokens)),
                        accumulates=accumulates,
                    )
                    asked += 1
                    errors += [told.peak / peak - 1] if told is not None else []
        yield Judged(facts, accumulates, asked, errors)


def table(found: Mapping[str, Any]) -> tuple[str, bool]:
    """What was measured as tables, and whether every forecast was near enough."""
    lines, near = [f"{found['device']}, torch {found['torch']}"], True
    for kind in ("known", "padded"):
        lines += ["", kind]
        for each in judged(found[kind], found["device"]):
            within = sum(abs(error) <= MOST for error in each.errors)
            near = near and within == len(each.errors)
            given = f"{len(each.errors):5} of {each.asked:5} told, {within:5} within {MOST:.0%}"
            lines.append(f"{given}, worst {each.worst:+6.1%}  {each.facts}{' +' if each.accumulates else ''}")
    lines += ["", "trained: reserved by trying, and by training; allocated; beside torch"]
    for one in found["trained"]:
        kind = "mixed lengths" if one["mixed"] else "x".join(map(str, one["longest"]))
        beside = "" if one["beside"] is None else f"{one['beside'] / 1e6:6.0f}"
        sizes = "".join(f"{one[name] / 1e9:7.2f}" for name in ("tried", "reserved", "allocated"))
        ratio = one["reserved"] / one["tried"] - 1 if one["tried"] else 0.0
        lines.append(f"{sizes} {beside} {ratio:+6.1%}  {one['setting']}, {kind}")
    return "\n".join(lines), near
