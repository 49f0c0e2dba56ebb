"""The use cases of payments, one file per family."""
