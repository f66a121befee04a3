"""Waiting for the app, and reading its screen as text."""

import asyncio
import time
from collections.abc import Callable

from textual.pilot import Pilot

DEADLINE = 30.0


async def until(pilot: Pilot[str], holds: Callable[[], object]) -> None:
    """Wait until something holds; fail after a deadline, with what is on screen."""
    end = time.monotonic() + DEADLINE
    while not holds():
        assert time.monotonic() < end, f"it never held; on screen:\n{screen_text(pilot)}"
        await asyncio.sleep(0.01)
        await pilot.pause()


async def shows(pilot: Pilot[str], *texts: str) -> None:
    """Wait until all texts are on screen."""
    await until(pilot, lambda: _laid_out(pilot) and all(text in screen_text(pilot) for text in texts))


def _laid_out(pilot: Pilot[str]) -> bool:
    """Whether the screen on top has its size; one that was just pushed has not."""
    return pilot.app.screen._compositor.size == pilot.app.size


def screen_lines(pilot: Pilot[str]) -> list[str]:
    """The lines of the terminal, as they are; none while a new size or screen is not laid out yet."""
    if not _laid_out(pilot):
        return []
    strips = pilot.app.screen._compositor.render_strips(pilot.app.size)
    lines = ["".join(segment.text for segment in strip) for strip in strips]
    assert len(lines) == pilot.app.size.height
    return lines


def screen_text(pilot: Pilot[str]) -> str:
    """All that is on screen."""
    return "\n".join(screen_lines(pilot))
