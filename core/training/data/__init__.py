"""Data sets into rows that can be trained on: columns, labels, draws, tokens."""
