"""The store: SQLite through SQLModel. The only room with SQL."""
