"""Where data comes from: what a name means, and the splits that it has, before any column is chosen."""
