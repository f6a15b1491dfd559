"""Backups: whole while people answer, private, restored whole or not at all."""

from __future__ import annotations

import gzip
import io
import os
import random
import re
import shutil
import sqlite3
import stat
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from werkzeug.test import Client

from collector.app import create_app
from collector.db import Database, Writer, backup, connect
from collector.errors import StoreError
from collector.responses import gone
from collector.settings import Settings, load
from tests.serving import serving
from tests.world import TODAY, World

ANSWERS = {"version": "1.1.0", "OV1": "always", "O1": "They listened.\nTwice.", "end": "1"}


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def content(data: Path) -> tuple[list[str], bytes]:
    """Everything in a data folder's database, and its secret."""
    connection = sqlite3.connect(data / "collector.db")
    lines = list(connection.iterdump())
    connection.close()
    return lines, (data / "secret.key").read_bytes()


def cli(world: World, *arguments: str | Path, data: Path | None = None) -> subprocess.CompletedProcess[str]:
    """The real command, on the world's folder or another."""
    env = {"PATH": os.environ["PATH"], "COLLECTOR_DATA": str(data or world.settings.data)}
    command = [sys.executable, "-m", "collector", *map(str, arguments)]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=30)


def page_key(client: Client, venue: str) -> str:
    """The cookie of a survey page that somebody opened."""
    return client.get(f"/v/{venue}/en").headers["Set-Cookie"].partition(";")[0]


def respond(client: Client, venue: str, key: str) -> str:
    """Answer the survey on that page; the receipt."""
    page = client.post(f"/v/{venue}/en", data=ANSWERS, headers={"Cookie": key}).text
    shown = re.search(r'class="digits" dir="ltr">([\d ]+)<', page)
    assert shown, page
    return shown[1]


@pytest.fixture
def saved(world: World, tmp_path: Path) -> Path:
    """A backup of the world."""
    path = tmp_path / "saved.tar.gz"
    backup.backup(world.settings, path)
    return path


def test_a_backup_holds_database_secret_and_settings_and_only_its_owner_can_read_it(
    world: World, tmp_path: Path
) -> None:
    (world.settings.data / "collector.toml").write_text('host = "Brixton Health Project"\n')
    done = cli(world, "backup", tmp_path / "b.tar.gz")
    assert done.returncode == 0, done.stderr
    assert mode(tmp_path / "b.tar.gz") == 0o600
    with tarfile.open(tmp_path / "b.tar.gz") as archive:
        assert sorted(archive.getnames()) == ["collector.db", "collector.toml", "secret.key"]
    assert not list(tmp_path.glob(".backup-*"))


def test_a_restore_brings_back_everything_into_a_private_folder(world: World, saved: Path, tmp_path: Path) -> None:
    here = tmp_path / "elsewhere" / "data"
    done = cli(world, "restore", saved, data=here)
    assert done.returncode == 0, done.stderr
    assert content(here) == content(world.settings.data)
    assert mode(here) == 0o700
    assert {mode(path) for path in here.iterdir()} == {0o600}
    assert not list(here.parent.glob(".restore-*"))


def test_a_restore_makes_an_empty_folder_private(saved: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir(mode=0o755)
    backup.restore(tmp_path / "empty", saved, TODAY, gone.unite, replace=False)
    assert mode(tmp_path / "empty") == 0o700


def test_a_receipt_works_after_a_restore_and_so_does_a_page_sent_again(world: World, tmp_path: Path) -> None:
    person = Client(world.app(), use_cookies=False)
    key = page_key(person, world.venue)
    receipt = respond(person, world.venue, key)
    backup.backup(world.settings, tmp_path / "b.tar.gz")
    backup.restore(tmp_path / "new", tmp_path / "b.tar.gz", TODAY, gone.unite, replace=False)
    moved = create_app(replace(world.settings, data=tmp_path / "new"), now=lambda: world.clock[0])
    visitor = Client(moved, use_cookies=False)
    assert respond(visitor, world.venue, key) == receipt
    assert 'name="sure"' in visitor.post("/receipt", data={"number": receipt}).text
    assert visitor.post("/receipt", data={"number": receipt, "sure": "yes"}).status_code == 200
    after = connect(tmp_path / "new" / "collector.db")
    assert after.rows("SELECT * FROM response") == after.rows("SELECT * FROM comment") == []
    after.close()
    assert world.count("response") == 1


def test_backups_made_while_people_answer_are_whole_and_miss_nothing_acknowledged(world: World, tmp_path: Path) -> None:
    writer, stop, done = Writer(world.settings.database), threading.Event(), [0]

    def put(number: int) -> Callable[[Database], object]:
        where = {"n": f"{number:06d}"}
        return lambda database: (
            database.execute("INSERT INTO period (period) VALUES (:n)", where),
            database.execute("INSERT INTO audit VALUES (:n, '', '', '', '', '')", where),
        )

    def write() -> None:
        while not stop.is_set():
            writer.write(put(done[0]))
            done[0] += 1

    writing = threading.Thread(target=write)
    writing.start()
    for number in range(5):
        before = done[0]
        backup.backup(world.settings, tmp_path / f"{number}.tar.gz")
        backup.restore(tmp_path / str(number), tmp_path / f"{number}.tar.gz", TODAY, gone.unite, replace=False)
        copy = connect(tmp_path / str(number) / "collector.db")
        periods, entries = (copy.one(f"SELECT count(*) FROM {t}") for t in ("period", "audit WHERE actor = ''"))
        copy.close()
        assert periods == entries
        assert periods is not None
        assert periods[0] >= before
    stop.set()
    writing.join(30)
    writer.stop()
    assert done[0] > 5


def test_an_existing_file_is_never_written_over(world: World, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    done = cli(world, "backup", tmp_path / "mine.txt")
    assert (done.returncode, "exists already" in done.stderr) == (1, True)
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_a_folder_that_holds_a_database_is_kept_unless_asked_and_then_moved_aside(world: World, saved: Path) -> None:
    data = world.settings.data
    before = content(data)
    done = cli(world, "restore", saved)
    assert (done.returncode, "--replace" in done.stderr) == (1, True)
    assert content(data) == before
    with world.database.transaction():
        world.database.execute("INSERT INTO period (period) VALUES ('after')")
    changed = content(data)
    done = cli(world, "restore", "--replace", saved)
    assert done.returncode == 0, done.stderr
    aside = re.search(r"\S+before-restore-\S+\.tar\.gz", done.stdout)
    assert aside
    assert Path(aside[0]).parent == data / "backups"
    assert mode(Path(aside[0])) == 0o600
    assert content(data) == before
    backup.restore(data.parent / "again", Path(aside[0]), TODAY, gone.unite, replace=False)
    assert content(data.parent / "again") == changed


def test_a_restore_leaves_the_nightly_backups_where_they_are(world: World, saved: Path) -> None:
    nightly = world.settings.data / "backups" / "collector-2026-11-20.tar.gz"
    nightly.parent.mkdir()
    nightly.write_bytes(saved.read_bytes())
    assert cli(world, "restore", "--replace", saved).returncode == 0
    assert nightly.read_bytes() == saved.read_bytes()


def test_what_a_killed_backup_left_is_swept_by_the_next(world: World, tmp_path: Path) -> None:
    left = tmp_path / ".backup-abc"
    left.mkdir()
    (left / "collector.db").write_bytes(b"answers")
    backup.backup(world.settings, tmp_path / "b.tar.gz")
    assert not left.exists()


def test_a_backup_brings_the_deployers_own_translations_forms_and_areas(world: World, tmp_path: Path) -> None:
    own = tmp_path / "own"
    shutil.copytree(world.settings.translations, own / "translations")
    shutil.copytree(world.settings.forms, own / "forms")
    shutil.copy(world.settings.areas, own / "areas.csv")
    (own / "translations" / "bn" / "messages.po").write_text("signed")
    settings = replace(world.settings, translations=own / "translations", forms=own / "forms", areas=own / "areas.csv")
    backup.backup(settings, tmp_path / "b.tar.gz")
    done = cli(world, "restore", tmp_path / "b.tar.gz", data=tmp_path / "new")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "new" / "translations" / "bn" / "messages.po").read_text() == "signed"
    moved = load({"COLLECTOR_DATA": str(tmp_path / "new")})
    assert moved.translations == tmp_path / "new" / "translations"
    assert moved.areas.read_bytes() == world.settings.areas.read_bytes()
    assert "translations" in done.stdout


def refused(source: Path, data: Path) -> str:
    """What `restore` says when it refuses; the folder must not appear."""
    with pytest.raises(StoreError) as error:
        backup.restore(data, source, TODAY, gone.unite, replace=False)
    assert not data.exists()
    assert not list(data.parent.glob(".restore-*"))
    return str(error.value)


def test_a_backup_that_is_cut_off_is_refused_wherever_it_ends(saved: Path, tmp_path: Path) -> None:
    whole = saved.read_bytes()
    for length in [*range(0, len(whole), 211), len(whole) - 8, len(whole) - 1]:
        (tmp_path / "cut").write_bytes(whole[:length])
        assert "not a whole backup" in refused(tmp_path / "cut", tmp_path / "new")


def test_a_backup_in_which_one_bit_is_wrong_is_refused_or_harmless(world: World, saved: Path, tmp_path: Path) -> None:
    whole, chance, right = saved.read_bytes(), random.Random(5), content(world.settings.data)
    for number in range(60):
        place = chance.randrange(10, len(whole))
        damaged = bytearray(whole)
        damaged[place] ^= 1 << chance.randrange(8)
        (tmp_path / "damaged").write_bytes(damaged)
        try:
            backup.restore(tmp_path / str(number), tmp_path / "damaged", TODAY, gone.unite, replace=False)
        except StoreError:
            assert not (tmp_path / str(number)).exists()
        else:
            assert content(tmp_path / str(number)) == right, place


def archive_of(folder: Path, **files: bytes) -> Path:
    """A made-up archive; `_` in names stands for a dot."""
    path = folder / "made.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name.replace("_", "."))
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return path


def test_what_is_no_backup_is_refused_and_says_why(world: World, saved: Path, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "other.db")
    other.execute("CREATE TABLE something (else_ TEXT)")
    other.commit()
    other.close()
    words, empty = tmp_path / "words", tmp_path / "empty.gz"
    words.write_text("dear diary")
    empty.write_bytes(gzip.compress(b""))
    new, secret = tmp_path / "new", b"5a" * 32
    assert "not a whole backup" in refused(words, new)
    assert "not a whole backup" in refused(empty, new)
    assert "it has no collector.db" in refused(archive_of(tmp_path, holiday_jpg=b"x"), new)
    assert "it has no secret.key" in refused(archive_of(tmp_path, collector_db=b"x"), new)
    assert "damaged" in refused(archive_of(tmp_path, collector_db=b"x" * 5000, secret_key=secret), new)
    foreign = archive_of(tmp_path, collector_db=(tmp_path / "other.db").read_bytes(), secret_key=secret)
    assert "damaged" in refused(foreign, new)
    done = cli(world, "restore", tmp_path / "words", data=new)
    assert (done.returncode, done.stderr.count("\n"), "Traceback" in done.stderr) == (1, 1, False)


def test_a_folder_in_use_is_not_replaced_under_a_running_program(world: World, saved: Path) -> None:
    with serving(world):
        done = cli(world, "restore", "--replace", saved)
    assert (done.returncode, "Stop" in done.stderr) == (1, True)
    assert not list(world.settings.data.glob("backups/before-restore-*"))


def test_a_backup_of_a_newer_program_is_refused_and_what_was_there_stays(world: World, tmp_path: Path) -> None:
    before = content(world.settings.data)
    newer = Settings(**{**vars(world.settings), "data": tmp_path / "newer"})
    backup.backup(world.settings, tmp_path / "b.tar.gz")
    backup.restore(newer.data, tmp_path / "b.tar.gz", TODAY, gone.unite, replace=False)
    database = connect(newer.database)
    database.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('collector', 'm999', '')"
    )
    database.close()
    backup.backup(newer, tmp_path / "newer.tar.gz")
    done = cli(world, "restore", "--replace", tmp_path / "newer.tar.gz")
    assert (done.returncode, "newer Collector" in done.stderr) == (1, True)
    assert content(world.settings.data) == before
