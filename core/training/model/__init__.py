"""Pretrained models: where they lie, whether they can classify, and the encoder with its head."""
