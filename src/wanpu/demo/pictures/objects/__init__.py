"""The things that can be drawn: one function each, grouped by department; `table.py` lists them by name."""
