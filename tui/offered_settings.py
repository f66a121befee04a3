"""The settings that somebody turns by hand: what each is called, what it may be, and what it does."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal, get_args, get_origin, get_type_hints

from bertft_tui.core.analysis.smoothing import LEVELS
from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.curves import ChartOptions
from bertft_tui.tui.metric_choice import choices
from bertft_tui.tui.settings import GlyphChoice, Settings, ThemeChoice

#: What a yes and a no are called.
SWITCH = ("off", "on")


@dataclass(frozen=True)
class Offer:
    """One setting."""

    name: str  # dotted, as in the file
    label: str
    help: str
    options: tuple[str, ...] = ()  # empty: it is typed

    def text(self, settings: Settings) -> str:
        """What it is now, as it is shown."""
        value = settings.flat()[self.name]
        return SWITCH[value] if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)

    def value(self, text: str) -> Any:
        """What is meant by a text; whether it is allowed is for the settings to say."""
        return text == SWITCH[1] if self.options == SWITCH else text


_GENERAL = (
    Offer(
        "theme",
        "theme",
        "The colours. auto follows the terminal; contrast is high contrast; the last two can be read by people who"
        " do not tell red, green or blue apart.",
        get_args(ThemeChoice),
    ),
    Offer(
        "glyphs",
        "shapes",
        "What is drawn with. ascii where other shapes are missing or too wide; auto asks the terminal's encoding."
        " BERTFT_ASCII, where it is set, decides.",
        get_args(GlyphChoice),
    ),
    Offer("animation", "animation", "Whether lists glide when they scroll. Over a slow line they stutter.", SWITCH),
    Offer(
        "mouse",
        "mouse",
        "Whether clicks reach the app, from the next start on. Off leaves them to the terminal, for marking text.",
        SWITCH,
    ),
    Offer(
        "warm",
        "warm process",
        "Whether a process that has imported torch and transformers waits for launches, from the next one on:"
        " training begins seconds sooner. Idle it takes 410 to 560 MB of memory, for five minutes. BERTFT_NO_WARM or"
        " --no-warm, where it is given, decides.",
        SWITCH,
    ),
)
_TOUR = Offer("tour_seen", "tour seen", "Whether the tour has been shown; off shows it in an empty store.", SWITCH)

_CHARTS: dict[str, tuple[str, str]] = {
    "log_y": ("logarithmic y axis", "Whether losses are drawn on a logarithmic axis."),
    "x": ("x axis of charts", "What a run's charts count along: epochs where the plan is known, steps, or time."),
    "smoothing": ("smoothing", "The weight of the loss curve's moving average; 0 draws the raw curve alone."),
}


def offers(runs: Sequence[RunRecord], settings: Settings) -> list[Offer]:
    """All settings that are offered, with the metrics that these runs report."""
    metrics = tuple(dict.fromkeys((*choices(runs), settings.metric)))
    metric = Offer("metric", "metric", "What table and charts show; auto: what chooses each run's best one.", metrics)
    return [*_GENERAL, metric, *_chart_offers(settings), _TOUR]


def _chart_offers(settings: Settings) -> list[Offer]:
    """Every option of the charts, also those that have no words of their own here."""
    hints, found = get_type_hints(ChartOptions), []
    for field in fields(ChartOptions):
        label, words = _CHARTS.get(field.name, (field.name.replace("_", " "), "How charts are drawn."))
        offer = Offer(f"charts.{field.name}", label, words, _options(field.name, hints[field.name]))
        if offer.options and (now := offer.text(settings)) not in offer.options:
            offer = Offer(offer.name, label, words, (now, *offer.options))
        found.append(offer)
    return found


def _options(name: str, kind: object) -> tuple[str, ...]:
    if kind is bool:
        return SWITCH
    if get_origin(kind) is Literal:
        return tuple(map(str, get_args(kind)))
    return tuple(f"{level:g}" for level in LEVELS) if name == "smoothing" else ()
