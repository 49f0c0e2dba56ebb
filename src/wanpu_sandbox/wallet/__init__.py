"""The buyer's phone: server-rendered pages that scan, show and pay."""
