"""Try it: a text, and what one run or two make of it while it is typed."""

import asyncio
import time
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static, TextArea

from bertft_tui.core.errors import BertftError, Problem
from bertft_tui.core.scheduling.scoring import best_step
from bertft_tui.core.scheduling.trying import Reply, Sample, Trial, Verdict
from bertft_tui.core.store.records import RunRecord
from bertft_tui.tui.feed import Interests
from bertft_tui.tui.format import clean, content, count_of
from bertft_tui.tui.glyphs import ACCENT, BRIGHT, MUTED, WARNING
from bertft_tui.tui.keys import Scope, bindings
from bertft_tui.tui.screens.base import StoreScreen
from bertft_tui.tui.screens.pick import Choice, Pick
from bertft_tui.tui.screens.table import WIDE
from bertft_tui.tui.snapshot import Snapshot
from bertft_tui.tui.tried import TriedText, TriedTexts
from bertft_tui.tui.widgets.strips import fit_cells
from bertft_tui.tui.widgets.trial_field import MOST, TrialField
from bertft_tui.tui.widgets.verdict_lines import MARKS, Said, said_words
from bertft_tui.tui.widgets.verdict_view import VerdictView

if TYPE_CHECKING:
    from bertft_tui.tui.app import BertftApp

#: Seconds without a key after which the text is read.
PAUSE = 0.1

#: Seconds after which it is said that an answer is on its way.
_PATIENCE = 0.5

#: Lines from which on the fields may be higher.
_TALL = 30

#: The choice of no second run.
_NONE = ""

#: Texts of the session that are listed where there is room.
_LISTED = 40

#: Cells of what was said of them.
_SAID_AT_MOST = 36


class TrialScreen(StoreScreen):
    """Fields on top or on the left, classes with their probabilities beside them."""

    SCOPE: ClassVar[Scope] = "trial"
    BINDINGS: ClassVar[list[BindingType]] = bindings("trial")

    def __init__(self, run_ids: tuple[str, ...], trial: Trial, tried: TriedTexts) -> None:
        """Ask these runs, one or two of them. `tried`: the texts of the session."""
        super().__init__()
        self._run_ids, self._trial, self._tried = run_ids, trial, tried
        self._reply: Reply | None = None
        self._answered = TriedText("")  # the text that the reply is about
        self._last = TriedText("")  # the one that was kept last
        self._sample: Sample | None = None
        self._problem: Problem | None = None
        self._asking: float | None = None  # since when an answer is on its way
        self._told = ""
        self._soon: Timer | None = None

    def compose_body(self) -> ComposeResult:
        """Fields, what is going on, what was tried; beside them the verdict."""
        with Horizontal(id="trial"):
            with Vertical(id="trial-left"):
                yield TrialField(id="trial-text", placeholder="Type or paste a text")
                yield TrialField(id="trial-pair", placeholder="The second text")
                yield Static(id="trial-state")
                yield Static(id="trial-tried")
            with VerticalScroll(id="trial-right"):
                yield VerdictView(id="trial-verdict")

    @property
    def place(self) -> str:
        """Where one is, for the header."""
        return "try it"

    @property
    def runs(self) -> tuple[RunRecord, ...]:
        """The runs that are asked."""
        known = map(self.bertft.snapshot.run, self._run_ids)
        return tuple(run for run in known if run is not None)

    @property
    def selected(self) -> RunRecord | None:
        """The first of them."""
        return next(iter(self.runs), None)

    def interests(self) -> Interests:
        """The runs themselves are enough."""
        return ()

    def in_sight(self, snapshot: Snapshot) -> tuple[RunRecord, ...]:
        """No figures of a metric stand here."""
        return ()

    def on_mount(self) -> None:
        """Load the models, and say how long it takes."""
        self.set_interval(_PATIENCE, self._show_state)
        self._text.focus()
        self._ask()

    def on_unmount(self) -> None:
        """Let the helper go."""
        self._trial.end()

    @property
    def _text(self) -> TrialField:
        return self.query_one("#trial-text", TrialField)

    @property
    def _pair(self) -> TrialField:
        return self.query_one("#trial-pair", TrialField)

    @property
    def _shown(self) -> TriedText:
        """What stands in the fields."""
        return TriedText(self._text.value, self._pair.value if self._reads_pairs else "")

    @property
    def _wanted(self) -> TriedText:
        """The text to ask about: what stands in the fields, else what stood there before enter."""
        return self._last if self._shown.is_empty else self._shown

    @property
    def _reads_pairs(self) -> bool:
        return any(run.config.data.text_pair_column is not None for run in self.runs)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Choose what fits, and give a GPU back when runs wait for one."""
        self.set_class(self.app.size.width >= WIDE, "-wide")
        self.set_class(self.app.size.height < _TALL, "-short")
        self._pair.display = self._reads_pairs
        if snapshot.queue.waiting and not snapshot.queue.paused and self._trial.give_way():
            self._ask()  # what is shown from now on comes from the processor
        self._show_state()
        self._show_verdict()
        self._show_tried()

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Read the text when the keys have rested for a moment."""
        if self._soon is not None:
            self._soon.stop()
        self._soon = self.set_timer(PAUSE, self._ask)

    def _ask(self) -> None:
        """Ask about the text, unless an answer is on its way: then once more when that is there."""
        if self._asking is None and self.is_attached and self.runs:
            self._asking, self._told = time.monotonic(), ""
            self._wait_for(self.runs, self._wanted)

    @work(group="trial")
    async def _wait_for(self, runs: tuple[RunRecord, ...], tried: TriedText) -> None:
        try:
            reply = await asyncio.to_thread(self._trial.ask, runs, tried.text, tried.pair, self._hear)
        except BertftError as error:
            self._problem = error.problem
        else:
            self._problem = None
            if tuple(run.id for run in runs) == self._run_ids:
                self._reply, self._answered = reply, tried
                self._tried.say(tried, self._said)
        finally:
            self._asking = None
        if not self.is_attached:
            return
        if not self._wanted.is_same(tried) or tuple(run.id for run in runs) != self._run_ids:
            self._ask()
        self.show()

    def _hear(self, text: str) -> None:
        """Take what the helper says; it comes from another thread, and the next tick shows it."""
        self._told = text

    def _show_state(self) -> None:
        """Say what is going on: loading, tokens, where it is computed, what was cut; the label of a sample."""
        lines = [self._activity()]
        if (sample := self._sample) is not None and self._text.value == sample.text:
            place = f"evaluation row {sample.row:,} of {sample.rows:,}, its label: "
            judged = self._judged(sample) if self._shown.is_same(self._answered) else ""
            lines.append(Content.assemble((place, MUTED), (_label(sample), f"{BRIGHT} bold"), (judged, MUTED)))
        elif self._shown.is_empty and not self._answered.is_empty:
            lines.append(content(f"said of: {self._answered.text} {self._answered.pair}", MUTED, limit=400))
        elif self._tried.place is not None:
            lines.append(Content.styled(f"text {self._tried.place + 1} of {len(self._tried.texts)}", MUTED))
        self.query_one("#trial-state", Static).update(Content("\n").join(lines))

    def _judged(self, sample: Sample) -> str:
        """Whether the runs are right about a row; of numbers nobody can say."""
        said = self._reply.verdicts if self._reply is not None else ()
        marks = MARKS if len(said) > 1 else " "
        words = [
            f"{mark} {'right' if set(each.predicted) == set(sample.label) else 'wrong'}".strip()
            for mark, each in zip(marks, said, strict=False)
            if isinstance(each.predicted, tuple) and isinstance(sample.label, tuple)
        ]
        return f"  {', '.join(words)}"

    def _activity(self) -> Content:
        if self._asking is not None and (seconds := time.monotonic() - self._asking) >= _PATIENCE:
            doing = clean(self._told, limit=200) or ("starting" if self._reply is None else "reading")
            return Content.styled(f"{doing}… {int(seconds)} s", ACCENT)
        verdicts = [each for each in self._reply.verdicts if each.predicted is not None] if self._reply else []
        if self._reply is None or not verdicts:
            return Content.styled("starting…" if self._asking is not None else self._where(), MUTED)
        cut = max(verdicts, key=lambda verdict: verdict.cut)
        if cut.cut:
            words = f"{count_of(cut.tokens, 'token')}, cut at {cut.max_length:,}: the last {cut.cut:,} were not read"
            return Content.styled(words, WARNING)
        tokens = max(verdict.tokens for verdict in verdicts)
        took = sum(verdict.milliseconds for verdict in verdicts)
        facts = f"{tokens:,} of {min(verdict.max_length for verdict in verdicts):,} tokens · {took:.0f} ms"
        return Content.styled(f"{facts} · {self._where()}", MUTED)

    def _where(self) -> str:
        return f"on {clean(self._reply.where, limit=100)}" if self._reply is not None and self._reply.where else ""

    def _show_verdict(self) -> None:
        verdicts = {each.run_id: each for each in self._reply.verdicts} if self._reply is not None else {}
        said = [Said(run.name, verdicts.get(run.id, Verdict(run.id))) for run in self.runs]
        self.query_one(VerdictView).show(said, self._problem)

    def _show_tried(self) -> None:
        """The newest texts of the session, where there is room."""
        lines = []
        listed = list(enumerate(self._tried.texts))[-_LISTED:]
        wide = min(_SAID_AT_MOST, max((cell_len(each.said) for _, each in listed), default=0))
        for place, each in reversed(listed):
            style = BRIGHT if place == self._tried.place else MUTED
            said = (f"{fit_cells(each.said, wide)}  ", ACCENT)
            lines.append(Content.assemble(said, (clean(f"{each.text} {each.pair}", limit=200), style)))
        self.query_one("#trial-tried", Static).update(Content("\n").join(lines))

    def action_keep(self) -> None:
        """Keep the text among those tried, and begin another; what is said of it stands until then."""
        if not self._shown.is_empty:
            self._last = self._keep()
            self._put(TriedText(""))
            self._text.focus()

    def _keep(self) -> TriedText:
        """Take the text in among those tried, with what was said of it, or will be."""
        shown = self._shown
        self._tried.keep(TriedText(shown.text, shown.pair, self._said if shown.is_same(self._answered) else ""))
        return shown

    @property
    def _said(self) -> str:
        """What the runs say, in a few words."""
        return " | ".join(map(said_words, self._reply.verdicts)) if self._reply is not None else ""

    def action_wander(self, by: int) -> None:
        """Go to an earlier (-1) or a later (1) text."""
        if (found := self._tried.go(by, self._shown)) is not None:
            self._put(found, at_end=by > 0)

    def on_trial_field_cut(self) -> None:
        """Say that a text was too long for the field."""
        self.notify(f"The text was cut at {MOST:,} characters.", severity="warning", markup=False)

    def _put(self, tried: TriedText, *, at_end: bool = False) -> None:
        self._text.put(tried.text, at_end=at_end)
        self._pair.put(tried.pair, at_end=at_end)
        self.show()

    def action_sample(self) -> None:
        """Take one of the rows that the first run was evaluated on."""
        if (run := self.selected) is None:
            return
        self._told = "reading the evaluation rows"
        self._draw(run)

    @work(group="sample", exclusive=True)
    async def _draw(self, run: RunRecord) -> None:
        try:
            sample = await asyncio.to_thread(self._trial.sample, run, self._hear)
        except BertftError as error:
            if self.is_attached:
                self.bertft.complain(error.problem)
            return
        if self.is_attached:
            self._keep()
            self._sample = sample
            self._put(TriedText(sample.text, sample.pair))

    def action_second_run(self) -> None:
        """Choose a run to stand beside the first, or none."""
        first = self._run_ids[:1]
        others = [run for run in self.bertft.snapshot.runs if run.id not in first and run.problem_type is not None]
        if not others:
            self.notify("There is no other run that has read its data.", severity="warning", markup=False)
            return
        choices = [Choice(run.id, run.name, run.id) for run in others]
        if len(self._run_ids) > 1:
            choices.insert(0, Choice(_NONE, "none", "the first run alone"))
        self.app.push_screen(Pick("Which run stands beside it?", choices, *self._run_ids[1:]), self._take_second)

    def _take_second(self, chosen: str | None) -> None:
        if chosen is not None:
            self._run_ids = (*self._run_ids[:1], *(() if chosen == _NONE else (chosen,)))
            self._reply = None
            self._ask()
            self.show()

    def action_back(self) -> None:
        """Back to where one came from."""
        self.app.pop_screen()


def _label(sample: Sample) -> str:
    if isinstance(sample.label, tuple):
        return ", ".join(clean(label, limit=80) for label in sample.label) or "none of the labels"
    return f"{sample.label:g}"


async def offer_trial(app: "BertftApp", run_ids: tuple[str, ...]) -> None:
    """Open the screen for one run or two; where the first has no checkpoint, say why and what to do."""
    run = app.snapshot.run(run_ids[0])
    if run is None:
        return
    try:
        await asyncio.to_thread(best_step, app.db, run)
    except BertftError as error:
        app.complain(error.problem)
    else:
        app.push_screen(TrialScreen(run_ids[:2], Trial(app.db), app.tried))
