"""What a developer may have about: `./data` and `./exports` of another installation. Tests must not see them."""

from __future__ import annotations

from pathlib import Path

FILES = {
    "data/collector.toml": 'organisation = "Somebody else"\nfunder = "Somebody else"\ndaily_quota = "none of a test"\n',
    "data/secret.key": "no key of a test",
    "data/collector.db": "no database of a test",
    "exports/somebody-else.csv": "no release of a test",
}
"""Broken on purpose: whoever reads one of them fails."""


def make_foreign(folder: Path) -> None:
    """Write the foreign files below a folder."""
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)


def is_foreign(folder: Path) -> bool:
    """True while `data` and `exports` hold exactly the foreign files, unchanged."""
    found = (path for name in ("data", "exports") for path in (folder / name).rglob("*") if path.is_file())
    there = {str(path.relative_to(folder)): path for path in found}
    return there.keys() == FILES.keys() and all(path.read_text() == FILES[name] for name, path in there.items())
