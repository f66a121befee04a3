"""How the table of runs is arranged: filter, order, groups, columns."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Arrangement:
    """What somebody chose; it lasts."""

    where: str = ""  # in the filter language
    sort: str = ""  # the key of a column; empty: newest first
    reverse: bool = False
    group_by: tuple[str, ...] = ()  # the fields that runs are grouped by
    columns: tuple[str, ...] = ()  # the keys of the columns in order; empty: the usual ones

    @property
    def is_plain(self) -> bool:
        """Whether it shows every run, newest first."""
        return not (self.where or self.sort or self.reverse or self.group_by)
