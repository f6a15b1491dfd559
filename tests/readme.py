"""Writes the settings table into the README: `make readme`."""

from __future__ import annotations

import re
from pathlib import Path

from collector.settings import table

README = Path(__file__).parent.parent / "README.md"
MARKS = re.compile(r"(<!-- settings -->\n).*?(<!-- end of settings -->)", re.S)


def main() -> None:
    """Put the table between its marks."""
    text = README.read_text(encoding="utf-8")
    README.write_text(MARKS.sub(lambda found: found[1] + table() + found[2], text), encoding="utf-8")


if __name__ == "__main__":
    main()
