"""sqlite-utils without numpy: it would import that when it is installed, for column types that we do not use,
and each web process would pay a tenth of a second and 20 MB for it. numpy is for building releases only."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def _hidden(name: str) -> Iterator[None]:
    """Let an import of a module fail, unless it was imported before."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[name]


with _hidden("numpy"), _hidden("pandas"):
    import sqlite_utils

__all__ = ["sqlite_utils"]
