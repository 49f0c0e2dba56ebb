"""JSON control for tests: pay, look, break things, move time."""
