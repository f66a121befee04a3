"""The next run as the verdict on one advises it: a form with the changes filled in."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bertft_tui.core.grid import written
from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.describe_verdict import advice_on
from bertft_tui.tui.judging import change_words
from bertft_tui.tui.run_words import called
from bertft_tui.tui.screens.pick import Choice, Pick

if TYPE_CHECKING:
    from bertft_tui.core.analysis.rules.rule import Advice
    from bertft_tui.tui.app import BertftApp


def take_advice(app: "BertftApp", run: RunRecord) -> None:
    """Open the form with what the verdict on a run advises; where that is several, ask which."""
    said = advice_on(run, app.snapshot)
    offered = _different(said)
    if not offered:
        app.notify(_why_not(run, bool(said)), severity="warning", markup=False)
    elif len(offered) == 1:
        _open(app, run, offered[0])
    else:
        choices = [Choice(str(at), change_words(run, each), each.sentence) for at, each in enumerate(offered)]
        question = Pick("What should the next run change?", choices)
        app.push_screen(question, lambda key: _open(app, run, offered[int(key)]) if key is not None else None)


def _different(said: "Sequence[Advice]") -> "tuple[Advice, ...]":
    """Those that would change something, each change once: the first that advises it."""
    found: dict[frozenset[tuple[str, object]], Advice] = {}
    for advice in said:
        if advice.changes:
            found.setdefault(frozenset(advice.changes.items()), advice)
    return tuple(found.values())


def _open(app: "BertftApp", run: RunRecord, advice: "Advice") -> None:
    texts = {key: written(key, value) for key, value in advice.changes.items()}
    app.open_form(run.config, origin=run.name, parent=run, texts=texts)


def _why_not(run: RunRecord, is_judged: bool) -> str:
    if is_judged:
        return f"The verdict on {called([run])} advises no other settings; N starts a run with changes of your own."
    why = "yet" if run.metrics else "yet: nothing has been measured"
    return f"There is no verdict on {called([run])} {why}."
