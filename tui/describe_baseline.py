"""A run against the baseline in words."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from bertft_tui.core.metric_names import evaluation_name
from bertft_tui.core.store.records import RunRecord
from bertft_tui.core.value_text import format_value
from bertft_tui.tui.baseline import difference, difference_text, is_share, same_rows
from bertft_tui.tui.format import NOTHING, content, metric
from bertft_tui.tui.glyphs import ACCENT, BRIGHT, MUTED, TEXT, WARNING, glyphs
from bertft_tui.tui.metric_choice import metric_of

if TYPE_CHECKING:
    from bertft_tui.core.analysis.rules.rule import Advice

#: Settings that are listed; of more there is a count.
_MOST = 12

_NEW_LINE = Content("\n")


def baseline_block(
    run: RunRecord, baseline: RunRecord | None, choice: str, said: "Sequence[Advice]" = ()
) -> Content | None:
    """The difference to the baseline and the settings that differ; None where there is no other baseline.

    `said`: the verdict on it, where there is one by now.
    """
    if baseline is None:
        return None
    if baseline.id == run.id:
        return Content.styled(f"{glyphs().baseline} the baseline of the others", ACCENT)
    lines = [
        Content.assemble((f"against {glyphs().baseline} ", MUTED), content(baseline.name, TEXT, limit=200)),
        *([content(advice.sentence, TEXT) for advice in said] or [_verdict(run, baseline, choice)]),
    ]
    if not said and not same_rows(run, baseline):
        words = f"  {glyphs().unlike} evaluated on other rows: the difference may be theirs"
        lines.append(Content.styled(words, WARNING))
    changes = baseline.config.diff(run.config)
    width = max((len(change.name) for change in changes[:_MOST]), default=0)
    for change in changes[:_MOST]:
        old, new = (format_value(value) or NOTHING for value in (change.old, change.new))
        pieces = ((f"  {change.name:<{width}}  ", MUTED), content(f"{old} → ", MUTED), content(new, BRIGHT))
        lines.append(Content.assemble(*pieces))
    if len(changes) > _MOST:
        lines.append(Content.styled(f"  and {len(changes) - _MOST} more", MUTED))
    if not changes:
        lines.append(Content.styled("  the same settings", MUTED))
    return _NEW_LINE.join(lines)


def _verdict(run: RunRecord, baseline: RunRecord, choice: str) -> Content:
    """How far apart their best values are, and which these are."""
    name = metric_of(run, choice)
    if difference(run, baseline, choice) is None:
        return Content.styled(f"  no {name} of both to compare yet", MUTED)
    mine, theirs = (each.metrics[evaluation_name(name)].best for each in (run, baseline))
    amount = difference_text(run, baseline, choice).removeprefix(glyphs().unlike)
    unit = " points of" if is_share(name) else " in"
    return Content.assemble(
        (f"  {amount}", f"{BRIGHT} bold"),
        (f"{unit} {name}", TEXT),
        (f"\n  {metric(mine)} against {metric(theirs)}", MUTED),
    )
