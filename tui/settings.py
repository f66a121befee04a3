"""What somebody has chosen about the app itself: a frozen record, and how it is read from a file's values."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from bertft_tui.tui.curves import ChartOptions
from bertft_tui.tui.metric_choice import AUTO

ThemeChoice = Literal["auto", "dark", "light", "contrast", "colour-blind-dark", "colour-blind-light"]
GlyphChoice = Literal["auto", "unicode", "ascii"]


class Settings(BaseModel):
    """The app's settings. A field that is a record or a mapping is kept part by part: `charts.log_y`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    theme: ThemeChoice = "auto"
    glyphs: GlyphChoice = "auto"
    animation: bool = False
    mouse: bool = True
    warm: bool = True
    metric: str = AUTO
    charts: ChartOptions = ChartOptions()
    columns: tuple[str, ...] = ()  # of the table of runs, in order; empty: those that fit
    sort: str = ""
    reverse: bool = False
    group_by: tuple[str, ...] = ()
    saved_filters: tuple[str, ...] = ()
    panes: dict[str, int] = {}  # the pane that was looked at last, by the screen's scope
    tour_seen: bool = False
    background: Literal["", "dark", "light"] = ""  # what the terminal said last: the first picture of `auto`

    @field_validator("charts")
    @classmethod
    def _drawable(cls, charts: ChartOptions) -> ChartOptions:
        """A weight of the average lies between 0 and 1."""
        if not (math.isfinite(charts.smoothing) and 0 <= charts.smoothing < 1):
            raise ValueError("smoothing is a number from 0 to less than 1")
        return charts

    def flat(self) -> dict[str, Any]:
        """All values by dotted name, as they stand in a file: no tuples, no records."""
        return dict(_flat(self.model_dump()))

    def changed(self, values: Mapping[str, Any]) -> Self:
        """Return the settings with other values, by dotted name. Raises ValidationError."""
        return type(self).model_validate(nested({**self.flat(), **values}))

    def with_known(self, values: Mapping[str, Any]) -> tuple[Self, list[str]]:
        """Take what can be taken of a file's values, by dotted name; return what is wrong with the others, in words.

        A name that is not known is passed over: a newer version may have written it.
        """
        taken, wrong = {}, []
        for name, value in values.items():
            if not _is_known(name):
                continue
            try:
                type(self).model_validate(nested({name: value}))
            except ValidationError as error:
                wrong.append(f"{name}: {error.errors()[0]['msg']}")
            else:
                taken[name] = value
        return self.changed(taken), wrong


DEFAULTS = Settings()


def flat_values(document: Mapping[str, Any]) -> dict[str, Any]:
    """A file's values by dotted name."""
    return dict(_flat(document))


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Undo `flat_values`."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        section, dot, key = name.partition(".")
        if dot:
            found.setdefault(section, {})[key] = value
        else:
            found[name] = value
    return found


def _flat(values: Mapping[str, Any], section: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if isinstance(value, Mapping) and not section:
            yield from _flat(value, f"{name}.")
        else:
            yield section + name, list(value) if isinstance(value, tuple) else value


def _is_known(name: str) -> bool:
    section, dot, key = name.partition(".")
    if not dot:
        return section in Settings.model_fields and section not in ("charts", "panes")
    return section == "panes" or (section == "charts" and key in {field.name for field in fields(ChartOptions)})
