"""`python -m wanpu` is the command `wanpu`."""

from wanpu.cli import main

if __name__ == "__main__":
    main()
