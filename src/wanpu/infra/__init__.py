"""What every room stands on: database, events, due work, HTTP, cache, locks, secrets, settings, logs."""
