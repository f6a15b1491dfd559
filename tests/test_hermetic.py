"""Tests see nothing that they did not make: also not while they are read, before any fixture runs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.foreign import is_foreign, make_foreign

ROOT = Path(__file__).resolve().parents[1]


def test_tests_are_read_among_foreign_folders_and_settings(tmp_path: Path) -> None:
    make_foreign(tmp_path)
    foreign = {
        "COLLECTOR_ORGANISATION": "Somebody else",
        "COLLECTOR_DAILY_QUOTA": "none",
        "COLLECTOR_EXAMPLE": "perhaps",
    }
    read = subprocess.run(
        [sys.executable, "-m", "pytest", "-c", str(ROOT / "setup.cfg"), "--rootdir", str(ROOT), "--collect-only",
         "-q", "-p", "no:cacheprovider", str(ROOT / "tests")],
        cwd=tmp_path, env={**os.environ, **foreign, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=90,
    )  # fmt: skip
    assert read.returncode == 0, read.stdout[-2000:]
    assert is_foreign(tmp_path)


def test_each_test_stands_among_foreign_folders() -> None:
    assert is_foreign(Path.cwd())
    assert not [name for name in os.environ if name.startswith("COLLECTOR_")]
