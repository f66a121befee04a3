"""Training on a GPU: what share of it is used, and what each part of the recipe gains there."""
