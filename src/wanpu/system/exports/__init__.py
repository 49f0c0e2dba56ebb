"""Exports (导出): lists of the consoles as files. Which lists there are, and how their rows become CSV."""
