"""What preflight has found out about a run to be, part by part as it is said."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from bertft_tui.core.errors import Problem

#: The parts of an answer, and the fields that hold them.
_FIELDS = {"data": "data", "check": "check", "lengths": "tokens", "memory": "memory", "near": "near"}

#: Padding that makes up less than this many times the tokens is not worth a word.
LEAST_SAVED = 1.05


@dataclass(frozen=True)
class Findings:
    """The parts of an answer; those that are not there yet are empty. `at`: what is being done, None at rest."""

    at: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    check: Mapping[str, Any] = field(default_factory=dict)
    tokens: Mapping[str, Any] = field(default_factory=dict)
    memory: Mapping[str, Any] = field(default_factory=dict)
    near: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[tuple[str, Problem], ...] = ()  # of data, model or settings, and what is wrong

    def with_part(self, part: Mapping[str, Any]) -> "Findings":
        """Take in a part of an answer."""
        name = part["part"]
        changed: dict[str, Any] = {}
        if name in _FIELDS:
            changed = {_FIELDS[name]: part}
        elif name in ("progress", "done"):
            changed = {"at": part.get("text")}
        elif name == "problem":
            changed = {"problems": (*self.problems, (part["of"], Problem(**part["problem"])))}
        return replace(self, **changed)

    def over(self, before: "Findings") -> "Findings":
        """Lay these parts over older ones: what is not known yet stands there as it was."""
        return replace(
            self,
            data=self.data or before.data,
            check=self.check or before.check,
            tokens=self.tokens or before.tokens,
            memory=self.memory or before.memory,
            near=self.near or before.near,
        )

    @cached_property
    def splits(self) -> tuple[str, ...]:
        """The names of all splits."""
        return tuple(self.data.get("splits", ()))

    @cached_property
    def column_names(self) -> tuple[str, ...]:
        """The columns of the training split."""
        return tuple(self.data.get("column_names", ()))

    @property
    def notes(self) -> list[Mapping[str, str]]:
        """What is noteworthy: of the check where it has spoken, else of the data; and of near duplicates."""
        near = self.near.get("note")
        return [*(self.check.get("warnings") or self.data.get("notes") or []), *([near] if near else [])]

    @property
    def columns(self) -> dict[str, tuple[str, str]]:
        """What each role's column is, and why."""
        chosen = self.data.get("columns") or {}
        return {role: (_names(each["column"]), each["why"]) for role, each in chosen.items() if each}

    @property
    def train_available(self) -> int | None:
        """Rows that train_size takes from."""
        return self.data.get("train_available")

    @property
    def eval_available(self) -> int | None:
        """Rows that eval_size takes from."""
        return self.data.get("eval_available")

    @property
    def train_rows(self) -> int | None:
        """Rows that would be trained on."""
        return self.check.get("train_rows")

    @property
    def eval_rows(self) -> int | None:
        """Rows that would be evaluated."""
        return self.check.get("eval_rows")

    @property
    def lengths(self) -> Mapping[str, Any]:
        """How the texts lie in tokens; empty until they were counted."""
        return self.tokens.get("found") or {}

    @property
    def share_cut(self) -> float | None:
        """Share of the texts that are longer than max_length."""
        return self.lengths.get("share_cut")

    @property
    def longest(self) -> int | None:
        """Tokens of the longest text."""
        return self.lengths.get("longest")

    @property
    def padding(self) -> float | None:
        """Share of all tokens that is padding, were each text padded to max_length."""
        return self.lengths.get("padding")

    @property
    def saved(self) -> float | None:
        """How many times fewer tokens there are with `padded` than with all texts padded to max_length."""
        return self.tokens.get("saved")

    @property
    def padded(self) -> str:
        """How texts are padded, or would be if not to max_length: packed or dynamic."""
        return str(self.tokens.get("padding", "dynamic"))


def _names(column: str | list[str]) -> str:
    return column if isinstance(column, str) else ", ".join(column)


NO_FINDINGS = Findings()
