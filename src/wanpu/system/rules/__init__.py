"""Pure computation of the operations base; a file per family."""
