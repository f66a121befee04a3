"""Data sets into rows that can be trained on: reading, columns, labels, splits, draws, tokens."""
