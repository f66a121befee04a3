"""What lists of runs are made of."""

from dataclasses import dataclass

from bertft_tui.tui.widgets.braille import Span


@dataclass(frozen=True)
class Line:
    """One line of a board; those of a run can have the cursor."""

    spans: tuple[Span, ...] = ()
    run_id: str | None = None
