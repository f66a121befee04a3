"""Addresses of the Hub's pages, which people copy from a browser where a name is asked for."""

import re

_PAGE = re.compile(
    r"(?:(?:https?://)?(?:www\.)?(?:huggingface\.co|hf\.co)/|hf://)"
    r"(?P<kind>datasets/|spaces/|)(?P<name>[^/?#@]+(?:/[^/?#@]+)?)(?:[/?#@].*)?"
)


def model_on_page(address: str) -> str | None:
    """Return the name of the model whose page or file this is; None when it is no model's."""
    return _name(address, "")


def data_set_on_page(address: str) -> str | None:
    """Return the name of the data set whose page or file this is; None when it is no data set's."""
    return _name(address, "datasets/")


def _name(address: str, kind: str) -> str | None:
    page = _PAGE.fullmatch(address)
    return page["name"] if page and page["kind"] == kind else None
