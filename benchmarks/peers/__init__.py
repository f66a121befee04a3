"""What recording and reading runs costs, beside four other programs that record runs.

`measure` returns the measurements, `markdown` makes a section of a page of them.
"""
