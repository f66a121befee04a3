"""Files of rows into tables: formats, packings, encodings, and the place of every error. No column is chosen."""
