"""How far probabilities can be believed, as lines: a bar for what came true, a mark for what was said."""

from bertft_tui.core.analysis.calibration import Bin, Calibration
from bertft_tui.tui.format import metric
from bertft_tui.tui.glyphs import ACCENT, BRIGHT, FAINT, METRIC, MUTED, TEXT, WARNING, glyphs
from bertft_tui.tui.report_words import calibration_title, interval_words, score_words, temperature_words
from bertft_tui.tui.widgets.braille import Span

#: Cells of a bar, and of all that stands before it.
_LEAST, _MOST, _BEFORE = 8, 50, 36

#: Cells of an interval behind the bar.
_INTERVAL = 18


def reliability_rows(sure: Calibration, width: int, *, several: bool, tested: bool = False) -> list[list[Span]]:
    """Title, a line for each bin that has decisions, scores, and what a temperature would bring.

    `several`: any number of labels for each text; `tested`: they are those of the test split. A line of one span is a
    sentence, to be wrapped.
    """
    filled = [each for each in sure.bins if each.count]
    bars = min(_MOST, width - _BEFORE)
    intervals = bars - _INTERVAL >= _LEAST and any(each.interval for each in filled)
    bars = max(_LEAST, bars - _INTERVAL if intervals else bars)
    head = f"{'says':>9}{'texts' if not several else 'labels':>9}{'mean':>7}{'true':>7}"
    legend = f"  {glyphs().edge} is what it says"
    return [
        [(calibration_title(several=several), f"{ACCENT} bold")],
        [(head, MUTED), (legend if bars >= len(legend) else "", MUTED)],
        *(_bin(each, bars, interval=intervals) for each in filled),
        [(score_words(sure, several=several), TEXT)],
        [(temperature_words(sure, tested=tested), TEXT)],
    ]


def _bin(each: Bin, bars: int, *, interval: bool) -> list[Span]:
    said, true = each.confidence or 0.0, each.observed or 0.0
    known = f"  {interval_words(each.interval)}" if interval and each.interval is not None else ""
    return [
        (f"  {each.low:.1f}–{each.high:.1f}{each.count:>9,}", TEXT),
        (f"{metric(said):>7}", MUTED),
        (f"{metric(true):>7}", f"{BRIGHT} bold"),
        ("  ", ""),
        *_bar(true, said, bars),
        (known, MUTED),
    ]


def _bar(true: float, said: float, cells: int) -> list[Span]:
    """A bar that is as long as what came true, with a mark where what was said ends."""
    full, empty = glyphs().bar
    done, mark = round(true * cells), min(cells - 1, round(said * cells))
    drawn = full * done + empty * (cells - done)
    before, after = drawn[:mark], drawn[mark + 1 :]

    def piece(text: str) -> list[Span]:
        solid = text.count(full)
        return [(text[:solid], METRIC), (text[solid:], FAINT)]

    return [*piece(before), (glyphs().edge, WARNING), *piece(after)]
