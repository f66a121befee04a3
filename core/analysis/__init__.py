"""Pure functions on records and predictions."""
