"""Classifiers whose true quality is known, to see whether what the program says of runs holds."""
