"""The command line: `wanpu --help`."""

from wanpu.cli.commands import main

__all__ = ["main"]
