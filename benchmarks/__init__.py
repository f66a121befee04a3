"""How fast the program is, measured on the real one in a terminal of its own. Not part of the tests: see `app.py`."""
