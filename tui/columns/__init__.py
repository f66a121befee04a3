"""The columns of the table of runs."""
