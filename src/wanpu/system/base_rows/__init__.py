"""Rows that every installation has: the consoles' menus with their permissions, and first settings."""
