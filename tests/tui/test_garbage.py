"""What the garbage collector looks at while somebody types, and in a pause."""

import gc
import weakref
from collections.abc import Iterator

import pytest
from textual.app import App
from textual.events import Key

from bertft_tui.tui import garbage
from bertft_tui.tui.garbage import Tidying


class Ring:
    """Something that nothing but the collector can let go."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def held() -> Iterator[None]:
    """A collector that is held back, as the program begins; afterwards it is as it was."""
    before = list(gc.callbacks)
    gc.disable()
    yield
    gc.callbacks[:] = before
    gc.unfreeze()
    gc.enable()


@pytest.mark.usefixtures("held")
async def test_what_survived_is_looked_at_again_in_a_pause() -> None:
    """Not by the looks that come of themselves, and not while somebody types; once for each pause."""
    now = 1000.0
    tidying = Tidying(lambda: now)
    async with App[str]().run_test() as pilot:
        tidying.begin(pilot.app)
        assert gc.isenabled()
        ring = Ring()
        gc.collect()
        assert gc.get_freeze_count() > 1000
        gone = weakref.ref(ring)
        del ring
        gc.collect()
        assert gone() is not None
        now += 1
        tidying.notice(Key("a", "a"))
        now += 19
        tidying.look()
        assert gone() is not None
        now += 2
        tidying.look()
        assert gone() is None
        young = weakref.ref(Ring())
        gc.collect()
        assert young() is None


@pytest.mark.usefixtures("held")
def test_nobody_need_type(monkeypatch: pytest.MonkeyPatch) -> None:
    """An app that shows figures for hours looks at everything now and then, and not more often."""
    now, looks = 1000.0, []
    tidying = Tidying(lambda: now)
    monkeypatch.setattr(garbage.gc, "collect", lambda: looks.append(now))
    for _ in range(300):
        now += 5
        tidying.look()
    assert looks == [1605.0, 2210.0]


def test_a_collector_that_nobody_held_is_left_as_it_is() -> None:
    """An app inside another program changes nothing there."""
    before = list(gc.callbacks), gc.get_freeze_count()
    Tidying().begin(App())
    assert (list(gc.callbacks), gc.get_freeze_count()) == before
