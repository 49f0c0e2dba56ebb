"""Benchmarks: each hot path beside hand-written SQL or an empty route, as a ratio within one run."""
