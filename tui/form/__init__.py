"""The form of a run to be, without its widgets: what texts mean, what they say, drafts, undo."""
