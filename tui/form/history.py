"""What was changed in a form, so that it can be taken back step by step."""

from dataclasses import dataclass, field


@dataclass
class History:
    """The texts that stood in fields before they were changed. What is typed into a field at one go is one step."""

    texts: dict[str, str]  # what stands in each field now
    _steps: list[tuple[str, str]] = field(default_factory=list)  # a field, and the text before
    _open: str | None = None  # the field that is being typed into
    _undone: tuple[str, str] | None = None  # what was put back last and not yet taken in: a change, but no step

    def note(self, key: str, text: str) -> bool:
        """Take in what stands in a field now; say whether it is another text."""
        before = self.texts.get(key, "")
        undone, self._undone = self._undone, None
        if text == before:
            return (key, text) == undone
        if key != self._open:
            self._steps.append((key, before))
            self._open = key
        self.texts[key] = text
        return True

    def close_step(self) -> None:
        """What is typed from now on is another step."""
        self._open = None

    def undo(self) -> tuple[str, str] | None:
        """Take the last step back; return the field and its text, None when nothing was changed."""
        self._open = None
        while self._steps:
            key, text = self._steps.pop()
            if self.texts.get(key, "") != text:
                self.texts[key] = text
                self._undone = key, text
                return key, text
        return None
