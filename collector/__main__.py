"""`python -m collector` is the same as the `collector` command."""

from collector.cli import main

main()
