"""Writes the kept release anew."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from tests.golden.world import KEPT, NAME, write

with tempfile.TemporaryDirectory() as folder:
    database, exports = write(Path(folder))
    database.close()
    shutil.rmtree(KEPT / NAME, ignore_errors=True)
    shutil.copytree(exports / NAME, KEPT / NAME)
