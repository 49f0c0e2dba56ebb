"""Use cases of the operations base; the only place that opens a transaction. A file per family."""
