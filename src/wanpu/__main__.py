"""`python -m wanpu` is the command `wanpu`."""

from wanpu.cli import main

main()
