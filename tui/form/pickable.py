"""Settings whose values can be chosen from a list of what is here."""

#: What preflight found fills the lists of splits and columns; what this machine has, those of models and data.
LISTS: dict[str, str] = {
    "model.name_or_path": "models",
    "data.dataset": "datasets",
    "data.train_split": "splits",
    "data.eval_split": "splits",
    "data.test_split": "splits",
    "data.text_column": "columns",
    "data.text_pair_column": "columns",
    "data.label_column": "columns",
}
