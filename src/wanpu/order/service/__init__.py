"""Use cases of the order room, one file per family."""
