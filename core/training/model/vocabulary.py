"""Whether the tokenizer and the model know the same tokens."""

from bertft_tui.core.errors import ModelError
from bertft_tui.core.training.data.tokens import IDS, Tokens
from bertft_tui.core.training.model.encoder import Encoder


def check_token_ids(encoder: Encoder, *parts: Tokens) -> None:
    """See that the model has an embedding for every token of the texts. Raises ModelError.

    Without it a processor gives an error nobody understands, and a GPU one that ends its process.
    """
    known = getattr(encoder.model.config, "vocab_size", None)
    if not isinstance(known, int):
        return
    for tokens in parts:
        highest = int(tokens.columns[IDS].max())
        if highest >= known:
            token = encoder.tokenizer.convert_ids_to_tokens(highest)
            raise ModelError(
                "The tokenizer does not belong to the model",
                f"A text has the token {token!r} with the number {highest:,}; the model knows {known:,} tokens.",
                "Name a folder in which both belong together; after adding tokens: "
                "model.resize_token_embeddings(len(tokenizer)), then save both.",
            )
