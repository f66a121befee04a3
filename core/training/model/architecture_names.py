"""Names of architectures (`model_type` in config.json), by what one must know of them before torch is loaded."""


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Encoders for texts with a classification head in every version of `transformers` that we admit.
KNOWN_ENCODERS = _names("""
    albert bert big_bird camembert canine convbert data2vec-text deberta deberta-v2 distilbert electra ernie esm
    flaubert fnet funnel ibert longformer luke megatron-bert mobilebert modernbert mpnet mra nystromformer rembert
    roberta roberta-prelayernorm roc_bert roformer squeezebert xlm xlm-roberta xlm-roberta-xl xlnet yoso
""")

#: Those of them that compute attention in the plain way only.
EAGER_ONLY = _names("""
    big_bird canine convbert deberta deberta-v2 flaubert fnet funnel ibert longformer luke megatron-bert mpnet mra
    nystromformer rembert roformer squeezebert xlm xlnet yoso
""")

#: Those whose first position is the padding id plus one, so that many positions are never used.
OFFSET = _names("""
    camembert data2vec-text esm ibert lilt longformer luke markuplm mpnet roberta roberta-prelayernorm xlm-roberta
    xlm-roberta-xl xmod
""")

#: Those that attend through `transformers`' interface and know a text by its first token: its texts can stand end to
#: end in one row.
PACKABLE = _names("albert bert camembert distilbert electra roberta xlm-roberta")

#: Those of them whose last layer is no other layer too.
OWN_LAST_LAYER = PACKABLE - _names("albert")

#: Those whose layers do not stand in one list, so that they cannot be told apart.
NO_STACK = _names("flaubert funnel xlm")

#: Those whose layers compute with something else than linear layers.
NO_LINEAR_LAYERS = _names("ibert squeezebert")

#: Those that have no dropout on attention weights, or have it under the same name as the one on hidden states.
NO_ATTENTION_DROPOUT = _names("fnet xlnet")

#: Those that read characters or bytes and need no vocabulary.
NO_VOCABULARY = _names("canine")

#: Encoders with a decoder, and models that read more than texts; some of them have classification heads too.
ENCODER_DECODERS = _names("bart bigbird_pegasus mbart mt5 mvp plbart t5 t5gemma t5gemma2 umt5")
MORE_THAN_TEXT = _names("layoutlmv2 layoutlmv3 modernvbert perceiver tapas ultravbert")
