"""Whoever changes a published release is found out, file by file, also when nobody's answers are left to count."""

from __future__ import annotations

import csv
import json
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from collector import jobs
from collector.audit.act import Act
from collector.db import Database
from collector.releases import checks, record
from collector.releases.build import build_release
from collector.releases.files import checksums
from collector.releases.freeze import freeze
from collector.releases.secret import seeded
from collector.releases.verify import verified
from tests.crowd import AREAS, PERIOD, Person, put_in
from tests.killed import FIRST, TODAY
from tests.world import World, make_world, tiny

FILES = [
    f"{FIRST}.csv", f"{FIRST}.csv-metadata.json", f"{FIRST}_excel.csv", f"{FIRST}.xlsx",
    f"{FIRST.replace('trust-summary', 'who-answered')}.csv".replace("_r0_r0", "_r0"),
    "codebook_synthetic_tiny_1.0.0.csv", "methods.md", "changes.md", "datapackage.json", "checksums.txt",
]  # fmt: skip
METADATA = f"{FIRST}.csv-metadata.json"
LONG_AFTER = date(2031, 1, 1)
KEYS = """
    INSERT INTO submission (key_mac, content_mac, period, venue, response, held)
    SELECT id, id, period, venue, id, held FROM response"""


def change_a_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def put_a_quote(path: Path) -> None:
    """A quote that never ends: everything behind it is one cell."""
    path.write_bytes(b'"' + path.read_bytes())


def link(path: Path) -> None:
    """The same content, kept elsewhere, where it can be changed at leave."""
    target = path.parents[2] / path.name
    path.rename(target)
    path.symlink_to(target)


def be_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def be_a_pipe(path: Path) -> None:
    """Whoever opens it to read waits for ever."""
    path.unlink()
    os.mkfifo(path)


DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "a byte changed": (change_a_byte, "was changed since publication"),
    "a quote put before it": (put_a_quote, "was changed since publication"),
    "its last byte gone": (lambda path: path.write_bytes(path.read_bytes()[:-1]), "was changed since publication"),
    "emptied": (lambda path: path.write_bytes(b""), "was changed since publication"),
    "removed": (Path.unlink, "is missing"),
    "renamed": (lambda path: path.rename(path.with_name(f"{path.name}.bak")), "is missing"),
    "a link in its place": (link, "is no plain file of this release"),
    "a folder in its place": (be_a_folder, "is no plain file of this release"),
    "a pipe in its place": (be_a_pipe, "is no plain file of this release"),
}


@pytest.fixture(scope="module", params=["with its answers", "after the retention job"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A published quarter; in the second world its answers are deleted as promised."""
    made = make_world(tmp_path_factory.mktemp("world"), tiny(), synthetic=True, today=TODAY)
    put_in(
        made.database, [Person(made.venue, {"Q1": ("often", "seldom")[n % 2]}, visit=f"v{n % 8}") for n in range(40)]
    )
    with made.database.transaction():
        made.database.execute(KEYS)
    freeze(made.database, PERIOD, AREAS, Act("test", TODAY, "freeze"), draw=seeded)
    act = Act("test", TODAY, "release")
    build_release(made.database, PERIOD, made.settings.exports, act, synthetic=True, published_on=PERIOD.appears)
    if "retention" in request.param:
        made.confirm(datetime(LONG_AFTER.year, LONG_AFTER.month, LONG_AFTER.day, tzinfo=UTC))
        told = jobs.BY_NAME["retention"].verb(
            made.here, datetime(LONG_AFTER.year, LONG_AFTER.month, LONG_AFTER.day, tzinfo=UTC)
        )
        assert "40 responses" in told
        assert made.count("response") == 0
    yield made
    made.database.close()


@pytest.fixture
def exports(world: World, tmp_path: Path) -> Path:
    """A copy of the exports, to be spoilt."""
    return Path(shutil.copytree(world.settings.exports, tmp_path / "exports"))


def faults(database: Database, exports: Path) -> list[str]:
    return verified(database, exports, synthetic=True)[FIRST]


def test_a_release_as_it_was_published_has_no_fault(world: World, exports: Path) -> None:
    assert sorted(path.name for path in (exports / FIRST).iterdir()) == sorted(FILES)
    assert faults(world.database, exports) == []


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("file", FILES)
def test_damage_to_a_file_is_found_named_and_told_how_to_cure(
    world: World, exports: Path, file: str, damage: str
) -> None:
    spoil, said = DAMAGE[damage]
    spoil(exports / FIRST / file)
    found = faults(world.database, exports)
    assert any(fault.startswith(f"{file} {said}") for fault in found), found
    assert f"move the folder away, and `collector release --period {PERIOD.code}` puts it back" in found
    unhurt = [name for name in FILES if name != file]
    assert not [fault for fault in found if fault.startswith(tuple(f"{name} " for name in unhurt))], found


@pytest.mark.parametrize("name", ["notes.txt", ".hidden", "~$figures.xlsx", "a\nb", b"\xff.csv", "\x1b[2Jx"])
def test_a_file_added_is_found_and_its_name_can_be_shown_anywhere(
    world: World, exports: Path, name: str | bytes
) -> None:
    (exports / FIRST / os.fsdecode(name)).write_text("not ours")
    [fault, _] = faults(world.database, exports)
    assert fault.endswith("was not published")
    assert fault.encode()
    assert fault.isprintable()


@pytest.mark.parametrize("file", [name for name in FILES if name != "checksums.txt"])
def test_a_byte_changed_with_its_checksum_in_every_place_is_still_found(world: World, exports: Path, file: str) -> None:
    folder = exports / FIRST
    change_a_byte(folder / file)
    sums = checksums({path.name: path.read_bytes() for path in folder.iterdir() if path.name != "checksums.txt"})
    (folder / "checksums.txt").write_bytes(sums)
    with forged(world.database, sums.decode()):
        found = faults(world.database, exports)
    assert any(fault.startswith(f"{file} is made otherwise from the count tables") for fault in found), found
    assert "was changed" not in " ".join(found), "the checksums alone would have been deceived"


class forged:
    """The checksums in the database changed for a while too."""

    def __init__(self, database: Database, sums: str) -> None:
        self.database, self.sums = database, sums

    def __enter__(self) -> None:
        [self.done] = record.records(self.database)
        self.write(self.sums)

    def __exit__(self, *_: object) -> None:
        self.write(self.done.checksums)

    def write(self, sums: str) -> None:
        with self.database.transaction():
            self.database.execute("UPDATE release SET checksums = :sums", {"sums": sums})


def column(change: Callable[[list[dict[str, object]]], object]) -> Callable[[dict[str, object]], object]:
    """A change of the columns."""
    return lambda data: change(data["tableSchema"]["columns"])


WRONG: dict[str, tuple[Callable[..., object], str]] = {
    "another file": (lambda data: data.update(url="other.csv"), "the metadata is about other.csv"),
    "a column less": (column(lambda own: own.pop()), "the columns are not those of the metadata"),
    "two columns changed about": (column(lambda own: own.reverse()), "the columns are not those of the metadata"),
    "words called numbers": (column(lambda own: own[6].update(datatype="integer")), "the column area_name does not"),
    "an unknown kind": (column(lambda own: own[6].update(datatype="colour")), "the column area_name does not"),
    "blanks called required": (column(lambda own: own[16].update(required=True)), "the column value_marker does not"),
    "a key that is none": (lambda data: data["tableSchema"].update(primaryKey=["period"]), "a row stands twice"),
    "a key of no column": (lambda data: data["tableSchema"].update(primaryKey=["x"]), "cannot be read"),
    "no columns": (lambda data: data.pop("tableSchema"), "cannot be read"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_metadata_is_named_and_told_what_is_wrong_with_it(world: World, exports: Path, wrong: str) -> None:
    spoil, said = WRONG[wrong]
    path = exports / FIRST / METADATA
    data = json.loads(path.read_text("utf-8"))
    spoil(data)
    path.write_text(json.dumps(data), "utf-8")
    found = faults(world.database, exports)
    assert f"{METADATA} was changed since publication" in found
    assert any(said in fault for fault in found), found


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "null", "7", "[" * 100_000, '{"resources": [{"path": []}]}', "\ufeff{}"]
)
@pytest.mark.parametrize("file", [METADATA, "datapackage.json"])
def test_metadata_that_is_no_metadata_is_a_fault_and_never_an_accident(
    world: World, exports: Path, file: str, text: str
) -> None:
    (exports / FIRST / file).write_text(text, "utf-8")
    assert f"{file} was changed since publication" in faults(world.database, exports)


@pytest.fixture
def own_limit() -> Iterator[None]:
    """Python's own limit of a field, as the program has it; frictionless raises it for the whole process."""
    before = csv.field_size_limit(131_072)
    yield
    csv.field_size_limit(before)


@pytest.mark.usefixtures("own_limit")
def test_one_quote_in_a_large_file_is_a_fault_and_never_an_accident(world: World, exports: Path) -> None:
    path = exports / FIRST / f"{FIRST}.csv"
    path.write_bytes(b'"' + path.read_bytes() * 500)
    found = faults(world.database, exports)
    assert f"{path.name} was changed since publication" in found
    assert any("cannot be read" in fault for fault in found), found


def test_a_folder_that_is_missing_or_is_none_is_told_with_its_cure(world: World, exports: Path) -> None:
    cure = f"`collector release --period {PERIOD.code}` puts it back"
    folder = exports / FIRST
    aside = folder.rename(exports.parent / "aside")
    assert faults(world.database, exports) == [f"the folder is missing; {cure}"]
    folder.symlink_to(aside)
    assert faults(world.database, exports) == [f"it is no folder; move it away, and {cure}"]
    folder.unlink()
    folder.write_text("a file")
    assert faults(world.database, exports) == [f"it is no folder; move it away, and {cure}"]


def test_the_cure_cures(world: World, exports: Path) -> None:
    before = {path.name: path.read_bytes() for path in (exports / FIRST).iterdir()}
    change_a_byte(exports / FIRST / METADATA)
    (exports / FIRST).rename(exports.parent / "aside")
    act = Act("test", LONG_AFTER, "again")
    folder = build_release(world.database, PERIOD, exports, act, synthetic=True, published_on=LONG_AFTER)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert faults(world.database, exports) == []
    assert checks.read(folder)[1] == []
