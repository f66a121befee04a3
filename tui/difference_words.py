"""How sure a figure is, and what a difference comes to, in words."""

from bertft_tui.core.analysis.intervals import Interval
from bertft_tui.core.analysis.paired import Decision, Pair
from bertft_tui.core.metric_names import is_share
from bertft_tui.tui.format import NOTHING, metric, number
from bertft_tui.tui.glyphs import ERROR, METRIC, MUTED, WARNING, glyphs

#: How each decision is coloured; its word stands beside it.
COLOURS: dict[Decision, str] = {"better": METRIC, "worse": ERROR, "tie": MUTED, "undecided": WARNING}

#: What stands behind a difference where there is no room for the word.
MARKS: dict[Decision, str] = {"better": "+", "worse": "−", "tie": "=", "undecided": "?"}

#: Above so many texts the number itself says nothing more.
_MOST_NEEDED = 1_000_000


def signed(name: str, difference: float | None) -> str:
    """Write a difference of a metric: in points where it is a share, else in its own unit."""
    if difference is None:
        return NOTHING
    points = is_share(name)
    value = difference * 100 if points else difference
    text = f"{abs(value):.1f}" if points else metric(abs(value))
    sign = "" if float_or_nan(text) == 0 else ("−" if value < 0 else "+")
    return sign + text


def float_or_nan(text: str) -> float:
    """Read a number that `number` may have written."""
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return float("nan")


def from_to(name: str, low: float, high: float) -> str:
    """Both ends of the interval of a difference: `−1.2 to 2.2`."""
    return f"{signed(name, low).removeprefix('+')} to {signed(name, high).removeprefix('+')}"


def half_width(interval: Interval | None) -> str:
    """What stands behind a figure: `±.020`; nothing where nobody knows."""
    if interval is None:
        return ""
    return f"{glyphs().plus_minus}{f'{interval.half_width:.3f}'.removeprefix('0')}"


def decision_words(pair: Pair) -> str:
    """The verdict with its numbers: `better (+1.9 points, 95 % 0.6 to 3.2)`."""
    unit = " points" if is_share(pair.metric) else ""
    told = f"{signed(pair.metric, pair.difference)}{unit}, 95 % {from_to(pair.metric, pair.low, pair.high)}"
    if pair.decision == "undecided" and (needed := needed_words(pair)):
        told += f"; {needed}"
    return f"{pair.decision} ({told})"


def needed_words(pair: Pair) -> str:
    """How many texts would decide: `about 2,400 texts would tell`; nothing where no number would."""
    if pair.needed is None:
        return ""
    if pair.needed > _MOST_NEEDED:
        return "more than a million texts would tell"
    return f"about {rounded(pair.needed)} texts would tell"


def rounded(count: int) -> str:
    """A number of texts to two digits, since it is no more exact than that: `2,400`."""
    digits = len(str(count)) - 2
    return f"{round(count, -digits):,}" if digits > 0 else str(count)


def p_words(pair: Pair) -> str:
    """The p-value that decides: `p 0.013`, `p <0.001`."""
    return p_text(pair.p_adjusted)


def p_text(p_value: float) -> str:
    """Write a p-value: `p 0.013`, `p <0.001`."""
    return "p <0.001" if p_value < 0.001 else f"p {number(p_value, 2)}"
