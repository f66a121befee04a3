"""The line with the launch: how many runs, or why there can be none yet."""

from textual.content import Content
from textual.events import Click
from textual.widgets import Static

from bertft_tui.tui.form.reading import Checked, names_of, sentence_of
from bertft_tui.tui.format import content, count_of
from bertft_tui.tui.glyphs import ACCENT, ERROR, MUTED
from bertft_tui.tui.widgets.saying import say


class LaunchLine(Static):
    """`[ Launch 6 runs ]`, which can be clicked."""

    def show(self, checked: Checked, ahead: Content, *, is_said: bool = False) -> None:
        """Say what ctrl+s would do. `ahead`: what preflight says of it, in a few words.

        `is_said`: what is wrong stands above already.
        """
        if checked.grid is None:
            words = f"Not yet: mend {names_of(checked.faults)} first" if is_said else f"Not yet: {_first(checked)}"
            say(self, Content.assemble(content(words, ERROR, limit=300), ("   ctrl+s goes there", MUTED)))
            return
        count = len(checked.grid.configs)
        what = f"[ Launch {count_of(count, 'run')} ]" if count > 1 else "[ Launch ]"
        lists = content(f"   {' × '.join(_factors(checked))}" if count > 1 else "", MUTED, limit=200)
        launch = Content.assemble((what, f"{ACCENT} bold"), ("  ctrl+s", ACCENT), lists, ahead)
        say(self, launch)

    async def on_click(self, event: Click) -> None:
        """Launch by mouse."""
        event.stop()
        await self.run_action("screen.launch")


def _first(checked: Checked) -> str:
    """The first field that is wrong and its fault, and how many more there are."""
    key, fault = next(iter(checked.faults.items()), ("", ""))
    more = f", and {count_of(len(checked.faults) - 1, 'more fault')}" if len(checked.faults) > 1 else ""
    return sentence_of(key, fault) + more


def _factors(checked: Checked) -> list[str]:
    assert checked.grid is not None
    return [f"{len(values)} {key.partition('.')[2]}" for key, values in checked.grid.lists.items()]
