"""A small release whose bytes are kept. `python -m tests.golden` writes it anew after a deliberate change."""
