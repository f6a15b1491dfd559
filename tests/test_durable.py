"""Files are whole or not there, locks end with their process, and one module knows how."""

from __future__ import annotations

import ast
import os
from pathlib import Path

import pytest

import collector
from collector import files

PACKAGE = Path(collector.__file__).parent
KNOWS = {
    "files.py": "the one way",
    "db/store.py": "a lock for each transaction, on a descriptor that stays open",
    "responses/gone.py": "adds lines to a file that another process may be writing anew",
}


def test_one_module_knows_how_files_are_made_durable_and_locked() -> None:
    found = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and ast.unparse(call.func) in ("fcntl.flock", "os.fsync")
    }
    assert found == KNOWS.keys()


def test_what_cannot_be_written_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "settings"
    files.replace(path, b"old")

    def no_room(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", no_room)
        with pytest.raises(OSError, match="No space"):
            files.replace(path, b"new")
    assert path.read_bytes() == b"old"
    files.replace(path, b"newer")
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("settings", b"newer")]


def test_only_the_owner_can_read_what_is_written_unless_it_is_for_all(tmp_path: Path) -> None:
    umask = os.umask(0o022)
    try:
        files.replace(tmp_path / "secret", b"")
        files.replace(tmp_path / "words", b"", files.SHARED)
    finally:
        os.umask(umask)
    assert [oct((tmp_path / name).stat().st_mode & 0o777) for name in ("secret", "words")] == ["0o600", "0o644"]


def test_a_new_file_is_never_written_over_another(tmp_path: Path) -> None:
    with files.new(tmp_path / "a") as out:
        out.write(b"first")
    with pytest.raises(FileExistsError), files.new(tmp_path / "a"):
        pass
    assert (tmp_path / "a").read_bytes() == b"first"


def test_who_does_not_wait_is_told_that_a_lock_is_taken(tmp_path: Path) -> None:
    shared = [files.lock(tmp_path / "used", shared=True) for _ in range(2)]
    with pytest.raises(BlockingIOError):
        files.lock(tmp_path / "used", wait=False)
    for descriptor in shared:
        os.close(descriptor)
    os.close(files.lock(tmp_path / "used", wait=False))
    with files.alone_in(tmp_path), pytest.raises(BlockingIOError), files.alone_in(tmp_path, wait=False):
        pass
