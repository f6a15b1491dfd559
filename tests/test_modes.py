"""Files have the modes that suit them, whatever the umask says; and a release that was changed is none."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.logs import log_to
from collector.printed import note_printed
from collector.releases.folder import put
from collector.releases.published.index import Index
from tests.conftest import CheckedClient
from tests.released import NAME, put_release
from tests.test_import import bring_in, row, write
from tests.world import TODAY, World, make_world, tiny


@pytest.fixture(params=[0o000, 0o077], ids=["open", "strict"])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_published_files_are_for_all_to_read_and_for_nobody_else_to_change(umask: int, tmp_path: Path) -> None:
    put(tmp_path / "exports" / "release", {"a.csv": b"a", "checksums.txt": b""})
    assert mode(tmp_path / "exports") & 0o022 == 0
    assert mode(tmp_path / "exports" / "release") == 0o755
    assert mode(tmp_path / "exports" / "release" / "a.csv") == 0o644


def test_rejected_answers_logs_and_kept_pages_are_for_their_owner_only(umask: int, tmp_path: Path) -> None:
    world = make_world(tmp_path, tiny())
    file = write(tmp_path / "paper.csv", [row(world, "k1", day="never")])
    assert bring_in(world, file).rejected == 1
    log_to(world.settings.data / "logs")
    client = CheckedClient(world.app())
    client.get(f"/v/{world.venue}/en", headers={"X-Forwarded-For": "192.0.2.1"})
    note_printed(world.settings.data, "https://trust.example.org", TODAY)
    world.database.close()
    private = [file.with_name("paper.csv.rejected.csv"), *(world.settings.data / "pages").iterdir()]
    private += [
        world.settings.data / "proxy-seen",
        world.settings.data / "printed",
        *world.settings.data.glob("collector.db*"),
    ]
    assert len(private) > 4
    assert {mode(path) & 0o077 for path in private} == {0}
    assert mode(world.settings.data / "logs") & 0o077 == 0


def test_an_edited_release_with_new_checksums_is_not_shown_as_published(tmp_path: Path) -> None:
    folder = put_release(tmp_path, tiny())
    recorded = {NAME: (folder / "checksums.txt").read_text()}
    assert [one.name for one in Index(tmp_path, lambda: recorded).releases()] == [NAME]
    (folder / "methods.md").write_bytes(b"# Other methods\n")
    old = hashlib.sha256(b"# Methods\n").hexdigest()
    new = hashlib.sha256(b"# Other methods\n").hexdigest()
    (folder / "checksums.txt").write_text(recorded[NAME].replace(old, new))
    assert [one.name for one in Index(tmp_path).releases()] == [NAME]
    assert Index(tmp_path, lambda: recorded).releases() == ()


def test_pages_ask_the_record_of_the_installation(world: World) -> None:
    folder = put_release(world.settings.exports, tiny())
    client = CheckedClient(world.app())
    assert NAME in client.get("/releases").text
    world.database.execute(
        """INSERT INTO release (period, revision, name, status, published_on, made_on, actor, reason, inputs_hash,
                                code_version, rules_version, checksums, figures)
           VALUES ('2026-27-Q2', 0, :name, 'final', '2026-10-20', '2026-10-20', '', '', '', '', '', 'others', x'')""",
        {"name": folder.name},
    )
    assert NAME not in CheckedClient(world.app()).get("/releases").text
