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

from collector import jobs
from collector.app import create_app
from collector.db import Database, Writer, archive, backup, connect
from collector.db.scratch import scratch
from collector.errors import StoreError
from collector.responses import gone
from collector.settings import TOML, Settings, load, write_toml
from tests.serving import serving
from tests.world import TODAY, World

ANSWERS = {"version": "1.1.0", "OV1": "always", "O1": "They listened.\nTwice.", "end": "1"}


NOTED = re.compile(r"'operator','(backup|restore|migrate)'")
"""What the program writes down of a backup or restore itself."""


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def content(data: Path) -> tuple[list[str], bytes]:
    """Everything in a data folder's database, and its secret."""
    connection = sqlite3.connect(data / "collector.db")
    lines = [line for line in connection.iterdump() if not NOTED.search(line)]
    connection.close()
    return lines, (data / "secret.key").read_bytes()


def cli(
    world: World, *arguments: str | Path, data: Path | None = None, **more: str
) -> subprocess.CompletedProcess[str]:
    """The real command, on the world's folder or another."""
    env = {"PATH": os.environ["PATH"], "COLLECTOR_DATA": str(data or world.settings.data), **more}
    command = [sys.executable, "-m", "collector", *map(str, arguments)]
    cwd = world.settings.data.parent
    return subprocess.run(command, env=env, cwd=cwd, capture_output=True, text=True, timeout=30)


def page_key(client: Client, venue: str) -> str:
    """The cookie of a survey page that somebody opened."""
    return client.get(f"/v/{venue}/en").headers["Set-Cookie"].partition(";")[0]


def respond(client: Client, venue: str, key: str) -> str:
    """Answer the survey on that page; the receipt."""
    sent = client.post(f"/v/{venue}/en", data=ANSWERS, headers={"Cookie": key})
    number = sent.headers["Set-Cookie"].partition(";")[0]
    page = client.get(sent.headers["Location"], headers={"Cookie": number}).text
    shown = re.search(r'class="digits" dir="ltr">([\d ]+)<', page)
    assert shown, page
    return shown[1]


def restore(data: Path, source: Path) -> backup.Restored:
    """Into a folder without a database."""
    return backup.restore(data, source, TODAY, gone.unite, replace=False)


@pytest.fixture
def saved(world: World, tmp_path: Path) -> Path:
    """A backup of the world."""
    path = tmp_path / "saved.tar.gz"
    backup.backup(world.settings, path)
    return path


def test_a_backup_holds_database_secret_and_settings_and_only_its_owner_can_read_it(
    world: World, tmp_path: Path
) -> None:
    (world.settings.data / "collector.toml").write_text('organisation = "Brixton Health Project"\n')
    done = cli(world, "backup", tmp_path / "b.tar.gz")
    assert done.returncode == 0, done.stderr
    assert mode(tmp_path / "b.tar.gz") == 0o600
    with tarfile.open(tmp_path / "b.tar.gz") as archive:
        assert sorted(archive.getnames()) == ["collector.db", "collector.toml", "queue.key", "secret.key"]
    assert not list(tmp_path.glob(".backup-*"))


def test_a_restore_brings_back_everything_into_a_private_folder(world: World, saved: Path, tmp_path: Path) -> None:
    here = tmp_path / "elsewhere" / "data"
    done = cli(world, "restore", saved, data=here)
    assert done.returncode == 0, done.stderr
    assert content(here) == content(world.settings.data)
    assert mode(here) == 0o700
    assert {mode(path) for path in here.iterdir()} == {0o600}
    assert not list(here.glob(".restore-*"))


def test_a_restore_makes_an_empty_folder_private(saved: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir(mode=0o755)
    restore(tmp_path / "empty", saved)
    assert mode(tmp_path / "empty") == 0o700


def test_a_receipt_works_after_a_restore_and_so_does_a_page_sent_again(world: World, tmp_path: Path) -> None:
    person = Client(world.app(), use_cookies=False)
    key = page_key(person, world.venue)
    receipt = respond(person, world.venue, key)
    backup.backup(world.settings, tmp_path / "b.tar.gz")
    restore(tmp_path / "new", tmp_path / "b.tar.gz")
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
        restore(tmp_path / str(number), tmp_path / f"{number}.tar.gz")
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
    aside = next((data / "backups").glob("before-restore-*"))
    assert str(aside) in done.stdout
    assert mode(aside) == 0o600
    assert content(data) == before
    restore(data.parent / "again", aside)
    assert content(data.parent / "again") == changed


def test_a_restore_leaves_the_nightly_backups_where_they_are(world: World, saved: Path) -> None:
    nightly = world.settings.data / "backups" / "collector-2026-11-20.tar.gz"
    nightly.parent.mkdir()
    saved.rename(nightly)
    whole = nightly.read_bytes()
    assert cli(world, "restore", "--replace", nightly).returncode == 0
    assert nightly.read_bytes() == whole
    assert not list(world.settings.data.parent.glob("data.*"))


def test_what_the_restored_settings_replace_lies_in_the_copy_aside(world: World, saved: Path) -> None:
    words = world.settings.data / "translations" / "bn" / "messages.po"
    words.parent.mkdir(parents=True)
    words.write_text("signed since")
    done = backup.restore(world.settings.data, saved, TODAY, gone.unite, replace=True)
    assert done.aside is not None
    restore(world.settings.data.parent / "again", done.aside)
    assert (world.settings.data.parent / "again" / "translations" / "bn" / "messages.po").read_text() == "signed since"


def test_a_folder_elsewhere_that_a_link_leads_to_is_left_alone_by_a_restore(world: World, tmp_path: Path) -> None:
    own_things(world, tmp_path / "old")
    link = world.settings.data / "translations"
    link.symlink_to(tmp_path / "old" / "translations")
    backup.restore(world.settings.data, tmp_path / "old" / "b.tar.gz", TODAY, gone.unite, replace=True)
    assert (tmp_path / "old" / "translations" / "bn" / "messages.po").exists()
    assert (link / "bn" / "messages.po").exists()
    assert not link.is_symlink()


def test_a_restore_that_is_killed_half_way_leaves_no_folder_that_runs(
    world: World, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the step at which it ends, there is the former database, the restored one, or none."""
    data, moved, ends = world.settings.data, Path.replace, [1]

    def replace_or_end(self: Path, target: Path) -> Path:
        ends[0] -= 1
        if ends[0] < 0:
            raise KeyboardInterrupt
        return moved(self, target)

    monkeypatch.setattr(Path, "replace", replace_or_end)
    before = content(data)
    for step in range(2):
        ends[0] = step
        with pytest.raises(KeyboardInterrupt):
            backup.restore(data, saved, TODAY, gone.unite, replace=True)
        assert not (data / "collector.db").exists()
        assert not list(data.glob(".restore-*"))
    ends[0] = 99
    restore(data, saved)
    assert content(data) == before


def left(folder: Path, name: str, *files: str) -> Path:
    """What a process that was killed left."""
    for file in files:
        (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / name / file).write_bytes(b"answers")
    return folder / name


def test_what_a_killed_backup_or_restore_left_is_swept_by_the_next_and_at_start(world: World, tmp_path: Path) -> None:
    data = world.settings.data
    backups = data / "backups"
    old = [
        left(tmp_path, ".backup-k2v8_x1a", "collector.db"),
        left(tmp_path, ".restore-abc", "collector.db", "secret.key"),
    ]
    backup.backup(world.settings, tmp_path / "b.tar.gz")
    assert not [path for path in old if path.exists()]
    old = [
        left(backups, ".backup-1", "collector.db", "collector.db-journal", "part"),
        left(data, ".restore-2", "collector.db"),
        left(tmp_path, ".restore-3", "collector.db"),
    ]
    jobs._forget_broken_off(world.settings)  # what the scheduler does first
    assert not [path for path in old if path.exists()]


def test_a_backup_sweeps_nothing_that_another_one_is_at_or_that_is_not_ours(world: World, tmp_path: Path) -> None:
    others = left(tmp_path, ".backup-of-holiday", "collector.db", "sea.jpg"), left(tmp_path, ".backup-empty", "x")
    with scratch(tmp_path, ".backup-") as folder:
        (folder / "collector.db").write_bytes(b"answers")
        backup.backup(world.settings, tmp_path / "b.tar.gz")
        assert (folder / "collector.db").exists()
    assert all(path.exists() for path in others)


def own_things(world: World, folder: Path) -> Settings:
    """An installation with translations, forms, areas and a release of its own, all outside the data folder."""
    shutil.copytree(world.settings.translations, folder / "translations")
    shutil.copytree(world.settings.forms, folder / "forms")
    shutil.copy(world.settings.areas, folder / "places.csv")
    (folder / "voices").mkdir()
    (folder / "voices" / "manifest.csv").write_text("code,text,voice\n")
    (folder / "translations" / "audio").mkdir()
    (folder / "translations" / "audio" / "bn").symlink_to(folder / "voices")
    (folder / "exports" / "trust-summary_E12000007_2026-27-Q1_r0").mkdir(parents=True)
    (folder / "exports" / "trust-summary_E12000007_2026-27-Q1_r0" / "data.csv").write_text("out")
    (folder / "exports" / "draft").mkdir()
    (folder / "exports" / "draft" / "secret.csv").write_text("not out")
    own = {
        "COLLECTOR_TRANSLATIONS": str(folder / "translations"), "COLLECTOR_FORMS": str(folder / "forms"),
        "COLLECTOR_AREAS": str(folder / "places.csv"), "COLLECTOR_EXPORTS": str(folder / "exports"),
        "COLLECTOR_PUBLIC_URL": "https://trust.example.org", "COLLECTOR_DATA": str(world.settings.data),
    }  # fmt: skip
    write_toml(world.settings.data / TOML, {"daily_quota": "70"})
    settings = load(own)
    backup.backup(settings, folder / "b.tar.gz", own)
    return settings


def test_a_backup_brings_all_that_settings_lead_to_to_another_machine(world: World, tmp_path: Path) -> None:
    was = own_things(world, tmp_path / "old")
    shutil.move(tmp_path / "old" / "b.tar.gz", tmp_path / "b.tar.gz")
    was_texts = {name: (tmp_path / "old" / name).read_bytes() for name in ("places.csv", "forms/trust-core.yaml")}
    signed = (tmp_path / "old" / "translations" / "bn" / "messages.po").read_bytes()
    shutil.rmtree(tmp_path / "old")
    here = tmp_path / "new"
    done = cli(world, "restore", tmp_path / "b.tar.gz", data=here / "data", COLLECTOR_EXPORTS=str(here / "exports"))
    assert done.returncode == 0, done.stderr
    now = load({"COLLECTOR_DATA": str(here / "data"), "COLLECTOR_EXPORTS": str(here / "exports")})
    assert now.daily_quota == 70
    assert (now.translations / "bn" / "messages.po").read_bytes() == signed
    assert (now.translations / "audio" / "bn" / "manifest.csv").exists()
    assert (now.forms / "trust-core.yaml").read_bytes() == was_texts["forms/trust-core.yaml"]
    assert now.areas.read_bytes() == was_texts["places.csv"]
    assert [path.name for path in now.exports.iterdir()] == ["trust-summary_E12000007_2026-27-Q1_r0"]
    assert "COLLECTOR_PUBLIC_URL" in done.stdout
    assert "COLLECTOR_PUBLIC_URL=https://trust.example.org" in (here / "data" / "environment").read_text()
    create_app(now, now=lambda: world.clock[0])
    (here / "data").rename(here / "elsewhere")
    assert load({"COLLECTOR_DATA": str(here / "elsewhere")}).areas == here / "elsewhere" / "areas.csv"
    assert not was.areas.exists()


def test_a_restore_names_settings_of_the_environment_that_hide_what_it_brought(world: World, tmp_path: Path) -> None:
    own_things(world, tmp_path / "old")
    new = {"COLLECTOR_FORMS": str(tmp_path / "old" / "forms")}
    done = cli(world, "restore", tmp_path / "old" / "b.tar.gz", data=tmp_path / "new", **new)
    assert "Take COLLECTOR_FORMS out of the environment" in done.stdout


def test_an_exports_folder_of_the_old_machine_becomes_one_in_the_data_folder(world: World, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder can be made below a file")
    write_toml(world.settings.data / TOML, {"exports": str(tmp_path / "file" / "exports")})
    backup.backup(world.settings, tmp_path / "b.tar.gz")
    assert cli(world, "restore", tmp_path / "b.tar.gz", data=tmp_path / "new").returncode == 0
    assert load({"COLLECTOR_DATA": str(tmp_path / "new")}).exports == tmp_path / "new" / "exports"


def test_a_backup_says_what_is_in_it_and_what_is_not(world: World, tmp_path: Path) -> None:
    (world.settings.data / "withdrawn").write_text("2026-11-20 key 00\n")
    (world.settings.data / "printed").write_text("2026-11-20 https://trust.example.org\n")
    env = {"COLLECTOR_FORMS": str(world.settings.forms.resolve()), "COLLECTOR_AREAS": str(tmp_path / "nowhere.csv")}
    done = cli(world, "backup", tmp_path / "b.tar.gz", **env)
    for words in ("database", "what was taken back", "your own survey files", "settings of the environment"):
        assert words in done.stdout.partition("Not in it")[0], words
    assert "COLLECTOR_AREAS leads to" in done.stdout.partition("Not in it")[2]
    assert archive.contents(tmp_path / "b.tar.gz") == [
        "collector.db",
        "secret.key",
        "queue.key",
        "withdrawn",
        "printed",
        "environment",
        "forms",
    ]


def test_what_was_taken_back_before_or_since_is_known_after_a_restore(world: World, tmp_path: Path) -> None:
    file = world.settings.data / "withdrawn"
    one, two, three = (f"2026-11-2{n} key {str(n) * 32}\n" for n in (1, 2, 3))
    file.write_text(f"{one}{two}torn")
    backup.backup(world.settings, tmp_path / "b.tar.gz")
    file.write_text(f"{two}{three}")
    backup.restore(world.settings.data, tmp_path / "b.tar.gz", TODAY, gone.unite, replace=True)
    assert sorted(file.read_text().splitlines()) == sorted(f"{one}{two}{three}".splitlines())
    assert mode(file) == 0o600


def test_an_own_folder_that_holds_the_data_folder_brings_no_answers_twice(world: World, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("mine")
    for folder in (tmp_path, world.settings.data):
        (folder / "mine.yaml").write_text("mine")
        settings = replace(world.settings, forms=folder)
        backup.backup(settings, tmp_path / f"{folder.name}.tar.gz")
        with tarfile.open(tmp_path / f"{folder.name}.tar.gz") as found:
            names = found.getnames()
        assert "forms/mine.yaml" in names
        assert not [
            name for name in names if name.startswith("forms/") and ("collector.db" in name or "secret" in name)
        ]


def refused(source: Path, data: Path) -> str:
    """What `restore` says when it refuses; the folder must not appear."""
    with pytest.raises(StoreError) as error:
        restore(data, source)
    assert not data.exists()
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
            restore(tmp_path / str(number), tmp_path / "damaged")
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
    restore(newer.data, tmp_path / "b.tar.gz")
    database = connect(newer.database)
    database.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('collector', 'm999', '')"
    )
    database.close()
    backup.backup(newer, tmp_path / "newer.tar.gz")
    done = cli(world, "restore", "--replace", tmp_path / "newer.tar.gz")
    assert (done.returncode, "newer Collector" in done.stderr) == (1, True)
    assert content(world.settings.data) == before
