"""The next step of the tour, over the keys of a screen."""

from textual.widgets import Static


class TourLine(Static):
    """One step; it takes no key and no focus."""
