"""The error tree: three parts, and an exit code for each kind."""

import pytest

from bertft_tui.core import errors
from bertft_tui.core.errors import BertftError, ConfigError, InputError, Problem


def kinds(root: type[BertftError]) -> list[type[BertftError]]:
    """Return a class and all below it."""
    return [root] + [kind for child in root.__subclasses__() for kind in kinds(child)]


@pytest.mark.parametrize("kind", kinds(BertftError))
def test_exit_codes_are_those_of_the_docs(kind: type[BertftError]) -> None:
    """Bad input and an unusable store exit with 2, all else with 1; the docstring's tree names them."""
    expected = 2 if issubclass(kind, InputError | errors.StoreError) else 1
    assert kind.exit_code == expected
    if kind.__module__ == errors.__name__:
        assert kind.__name__ in (errors.__doc__ or "")


def test_an_error_carries_its_three_parts() -> None:
    """Title, message and hint can be read apart, and the text has the first two."""
    error = ConfigError("Title", "Message.", "Hint.")
    assert error.problem == Problem("Title", "Message.", "Hint.")
    assert error.problem.as_dict() == {"title": "Title", "message": "Message.", "hint": "Hint."}
    assert str(error) == "Title: Message."
