"""What preflight has found out about a run to be, as the form uses it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Findings:
    """Numbers of the data under the present settings; None and empty where they are not known yet."""

    splits: tuple[str, ...] = ()
    columns: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # role → column, and why it was chosen
    column_names: tuple[str, ...] = ()
    train_available: int | None = None  # rows that train_size can take from
    eval_available: int | None = None
    train_rows: int | None = None
    eval_rows: int | None = None
    share_cut: float | None = None  # of the texts
    longest: int | None = None  # tokens
    padding: float | None = None  # share of all tokens, were each text padded to max_length
    saved: float | None = None  # how many times fewer tokens dynamic padding makes


NO_FINDINGS = Findings()
