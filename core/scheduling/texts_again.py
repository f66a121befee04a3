"""The texts that a run was evaluated on, read again from their source: the store has only their hashes."""

from collections.abc import Iterable
from dataclasses import dataclass
from threading import Thread

from bertft_tui.core.config import RunConfig
from bertft_tui.core.errors import BertftError, Problem
from bertft_tui.core.scheduling.helper import Helper
from bertft_tui.core.scheduling.preflight import absolute_paths
from bertft_tui.core.tell import Tell, silent

MODULE = "bertft_tui.core.training.texts_again"


@dataclass(frozen=True)
class EvaluatedText:
    """A text, or the two of a pair, and where it stands."""

    parts: tuple[str, ...]
    place: str  # "row 17 of reviews.csv"

    def has(self, search: str) -> bool:
        """Whether one of its parts has these letters, large or small."""
        return any(search.casefold() in part.casefold() for part in self.parts)


@dataclass(frozen=True, eq=False)
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


def not_readable(error: BertftError) -> Problem:
    """Say of texts that could not be read at all why not."""
    problem = error.problem
    return Problem("The texts cannot be read again", f"{problem.title}: {problem.message}", problem.hint)


class Reading:
    """One reading of texts by a process made for it, which anybody may end."""

    def __init__(self) -> None:
        self._helper: Helper | None = None
        self._ended = False

    def read(
        self, config: RunConfig, hashes: Iterable[int], tell: Tell = silent, *, tested: bool = False
    ) -> TextsAgain:
        """Read as `read_texts`; raises BertftError too when it was ended meanwhile."""
        wanted = sorted(set(hashes))
        data = absolute_paths(config).model_dump(mode="json")
        question = {"config": data, "hashes": wanted, "tested": tested}
        helper = self._helper = Helper(MODULE, what="The reading", visible="")
        try:
            if self._ended:  # before there was a process to end
                raise BertftError("The reading was ended", "Nobody looks any more.")
            answer = helper.ask(question, tell)
        finally:
            helper.close()
        texts = {each["hash"]: EvaluatedText(tuple(each["parts"]), each["place"]) for each in answer["texts"]}
        return TextsAgain(texts, len(wanted), answer["source"])

    def end(self) -> None:
        """End it, without waiting; whoever waits for its texts gets an error."""
        self._ended = True
        if self._helper is not None:
            Thread(target=self._helper.end).start()


def read_texts(config: RunConfig, hashes: Iterable[int], tell: Tell = silent, *, tested: bool = False) -> TextsAgain:
    """Read the evaluation split of a config again and return its texts with these hashes, as predictions have them.

    `tested`: the test split.

    Takes seconds: a process is started for it. Raises InputError when the data cannot be read any more, BertftError
    when the process ended without an answer.
    """
    return Reading().read(config, hashes, tell, tested=tested)
