"""The texts that a run was evaluated on, read again from their source: the store has only their hashes."""

from collections.abc import Iterable
from dataclasses import dataclass

from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import Problem
from bertft_tui.core.scheduling import helper
from bertft_tui.core.scheduling.preflight import absolute_paths
from bertft_tui.core.tell import Tell, silent

MODULE = "bertft_tui.core.training.texts_again"


@dataclass(frozen=True)
class EvaluatedText:
    """A text, or the two of a pair, and where it stands."""

    parts: tuple[str, ...]
    place: str  # "row 17 of reviews.csv"


@dataclass(frozen=True)
class TextsAgain:
    """The texts that were found, by hash, and how many were looked for."""

    texts: dict[int, EvaluatedText]
    wanted: int
    source: str  # what people call the data set

    @property
    def gone(self) -> Problem | None:
        """What there is to say of those that were not found; None when all were."""
        missing = self.wanted - len(self.texts)
        if not missing:
            return None
        verb = "is" if missing == 1 else "are"
        return Problem(
            "Some texts are gone",
            f"{missing:,} of {self.wanted:,} texts {verb} no longer in {self.source}: it has changed since the run.",
            "Put the data back as it was to read them; what was predicted of them is kept.",
        )


def read_texts(config: RunConfig, hashes: Iterable[int], tell: Tell = silent) -> TextsAgain:
    """Read the evaluation split of a config again and return its texts with these hashes, as predictions have them.

    Takes seconds: a process is started for it. Raises InputError when the data cannot be read any more, BertftError
    when the process ended without an answer.
    """
    wanted = sorted(set(hashes))
    question = {"config": absolute_paths(config).model_dump(mode="json"), "hashes": wanted}
    answer = helper.ask(MODULE, question, what="The reading", tell=tell, visible="")
    texts = {each["hash"]: EvaluatedText(tuple(each["parts"]), each["place"]) for each in answer["texts"]}
    return TextsAgain(texts, len(wanted), answer["source"])
