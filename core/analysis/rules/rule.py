"""A rule and what it says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from bertft_tui.core.analysis.rules.evidence import Evidence


class Finding(NamedTuple):
    """What a rule has found: a sentence with its numbers, and the settings that a next run would change."""

    sentence: str
    changes: Mapping[str, Any]  # section.field -> value; empty where no setting would help


@dataclass(frozen=True)
class Rule:
    """A name, and the function that looks at a run; None: it has nothing to say.

    `early`: whether it may speak before the run has finished, about what will not change any more.
    """

    name: str
    look: Callable[[Evidence], Finding | None]
    early: bool = False


@dataclass(frozen=True)
class Advice:
    """A sentence of a verdict. `weight`: how much it matters beside the others of the same run."""

    rule: str
    sentence: str
    weight: float
    changes: Mapping[str, Any] = field(default_factory=dict)  # section.field -> value, for a next run
