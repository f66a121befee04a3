"""The verdict on a run in words."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.format import content
from bertft_tui.tui.glyphs import ACCENT, MUTED, TEXT
from bertft_tui.tui.interests.verdict import VerdictOn
from bertft_tui.tui.interests.verdict_against import VerdictAgainst
from bertft_tui.tui.keys import key_of
from bertft_tui.tui.snapshot import Snapshot

if TYPE_CHECKING:
    from bertft_tui.core.analysis.rules.rule import Advice


def verdict_block(run: RunRecord, snapshot: Snapshot, most: int | None = None) -> Content | None:
    """The first sentences, and below each what it would change; None before there is something to judge."""
    judged = snapshot.answer(VerdictOn(run.id))
    said = judged.advice[:most] if judged is not None else ()
    lines = [line for advice in said for line in _lines(run, advice)]
    return Content("\n").join(lines) if lines else None


def against_baseline(run: RunRecord, snapshot: Snapshot) -> "tuple[Advice, ...]":
    """The verdict on a run against the baseline, as far as it is known by now."""
    return next(
        (
            held
            for asked, held in snapshot.answers.items()
            if isinstance(asked, VerdictAgainst) and asked.run_id == run.id
        ),
        (),
    )


def advice_on(run: RunRecord, snapshot: Snapshot) -> "tuple[Advice, ...]":
    """All that the verdicts on a run, by itself and against another, advise."""
    judged = snapshot.answer(VerdictOn(run.id))
    return (*(judged.advice if judged is not None else ()), *against_baseline(run, snapshot))


def _lines(run: RunRecord, advice: "Advice") -> Sequence[Content]:
    from bertft_tui.tui.judging import ADVISES, change_words  # loaded when there is a verdict

    sentence = content(advice.sentence, TEXT)
    if not advice.changes:
        return (sentence,)
    key = f"  {key_of('take_advice', 'run')}" if run.trashed_at is None else " "
    return sentence, Content.assemble((f"{key} ", f"{ACCENT} bold"), (f"{ADVISES} ", MUTED),
                                      content(change_words(run, advice), ACCENT))  # fmt: skip
