"""Every statement of the operations base, except plain adds; a file per family."""
