"""The language of filters: its grammar, the fields that it knows, and what a filter means for a value."""
