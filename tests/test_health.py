"""`collector doctor`: everything that can be wrong is found when it should be, and nothing when all is well."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from collector import health, machine
from collector.db.store import create
from collector.printed import note_printed
from collector.proxies import note_proxy
from collector.settings import Settings, load, write_toml
from tests.world import SETTINGS, TODAY, World, make_world

Damage = Callable[[World], Settings]


@dataclass(frozen=True)
class Case:
    """One way in which an installation can be wrong, the function that looks, and what it says."""

    look: str
    says: str
    serious: bool
    damage: Damage


def set_to(**values: object) -> Damage:
    """Another setting."""
    return lambda world: replace(well(world), **values)  # type: ignore[arg-type]


def after(*statements: str) -> Damage:
    """A changed database."""

    def damage(world: World) -> Settings:
        settings = well(world)
        for statement in statements:
            world.database.execute(statement)
        return settings

    return damage


def with_broken(table: str) -> Damage:
    """A database file in which the first page of a table is rubbish."""

    def damage(world: World) -> Settings:
        settings = well(world)
        world.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        row = world.database.one("SELECT rootpage FROM sqlite_master WHERE name = :table", {"table": table})
        size = world.database.one("PRAGMA page_size")
        assert row is not None
        assert size is not None
        with settings.database.open("r+b") as file:
            file.seek((row[0] - 1) * size[0])
            file.write(b"\xee" * size[0])
        return settings

    return damage


def open_to_others(world: World) -> Settings:
    world.settings.secret_file.chmod(0o644)
    return well(world)


def well(world: World) -> Settings:
    """The settings of an installation of which nothing is to be said."""
    started = f"{TODAY - timedelta(days=1)}T02:30:00+00:00"
    world.database.execute(
        "INSERT OR REPLACE INTO job_run VALUES ('backup', :due, :due, :due, 'done', '')", {"due": started}
    )
    return replace(world.settings, public_url="https://trust.example.org")


def with_newer_survey(world: World) -> Settings:
    """An upgrade brought a newer survey file; the older one stays beside it."""
    forms = world.settings.data / "forms"
    shutil.copytree(world.settings.forms, forms)
    text = (forms / "trust-core.yaml").read_text(encoding="utf-8")
    (forms / "newer.yaml").write_text(text.replace("version: 1.1.0", "version: 1.1.1"), encoding="utf-8")
    return replace(well(world), forms=forms)


FAILED = "INSERT INTO job_run VALUES ('rollup', :t, :t, :t, 'failed', 'OSError')".replace(":t", "'2026-11-22T09:20:00'")
FROZEN = "INSERT INTO period VALUES ('2026-27-Q2', '2026-10-20')"
IMPOSSIBLE = ("PRAGMA ignore_check_constraints = ON", "UPDATE installation SET synthetic = 5")
HELD = """INSERT INTO response VALUES
    ('2026-27-Q3', 'aaa', x'01', 'trust-core', '1.0.0', 'full', '2026-11-23', '', 0, 1, 'paper', 'none', 'en', '', '')"""
JUMPED = "INSERT INTO clock VALUES (1, '2026-11-15T00:00:00+00:00')"
NO_RELEASE = "DELETE FROM job_run WHERE job = 'release'"
AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
RAN = "INSERT INTO job_run VALUES ('{}', '{}', '{}', '', '{}', 'details')"


def ran(job: str, day: str, outcome: str) -> str:
    """A run in the morning."""
    return RAN.format(job, f"{day}T11:20:00+00:00", f"{day}T11:20:00+00:00", outcome)


def exports_in_a_file(world: World) -> Settings:
    world.settings.exports.write_text("not a folder")
    return well(world)


def exports_of_another(world: World) -> Settings:
    """The data folder's owner may not write where releases should go."""
    world.settings.exports.mkdir(mode=0o700)
    shutil.chown(world.settings.exports, 1)
    give(world, 65534)
    return well(world)


def give(world: World, user: int) -> None:
    """The data folder and all in it belong to somebody."""
    for path in (world.settings.data, *world.settings.data.iterdir()):
        shutil.chown(path, user)


def one_file_of_another(world: World) -> Settings:
    shutil.chown(world.settings.database, 1)
    return well(world)


def without_queue_key(world: World) -> Settings:
    world.settings.queue_file.unlink()
    return well(world)


TABLET = """INSERT INTO tablet VALUES (x'01', 'Tablet 1', 'gz87dm', 'bn', x'02', 'https://trust.example.org', '2026-11-01',
    '{}', NULL)"""
OLD = "UPDATE installation SET made_on = '2026-11-01'"
RECENT = tuple(ran(job, "2026-11-23", "done") for job in ("rollup", "release", "announce", "retention", "backup"))
LONG_HELD = HELD.replace("2026-11-23", "2026-11-21")
MOVED_ON = LONG_HELD.replace("2026-27-Q3", "2026-27-Q2").replace("'', 0, 1", "'', 1, 1")


def passed_on(world: World) -> Settings:
    """Behind a proxy that the settings do not name."""
    note_proxy(world.settings.data, "X-Forwarded-For", TODAY)
    return replace(well(world), trusted_proxies=0)


def moved_away(world: World) -> Settings:
    """Posters hang that lead to the address of former days."""
    note_printed(world.settings.data, "https://old.example.org", TODAY)
    note_printed(world.settings.data, "https://trust.example.org", TODAY)
    return well(world)


DRAFTS = "Languages that nobody has signed are offered: "
"""Said of every world here, for they offer drafts; it has a test of its own."""
OTHER = """INSERT INTO survey_version SELECT 'other', version, position, definition, hash, layout, promises, published_on,
    NULL FROM survey_version WHERE superseded_on IS NULL"""
PRACTISED = "UPDATE venue SET name = 'Example Barbershop'"
CASES = (
    Case("_settings", "Not set: funder.", True, set_to(funder="")),
    Case("_settings", "The settings are examples.", False, set_to(example=True)),
    Case("_settings", "COLLECTOR_PUBLIC_URL is not set.", False, set_to(public_url="")),
    Case("_settings", "COLLECTOR_PUBLIC_URL is not https.", True, set_to(public_url="http://trust.example.org")),
    Case("_database", "The database is from an older version.", True, after("DELETE FROM _sqlite_migrations")),
    Case("_database", "The database is damaged.", True, after(*IMPOSSIBLE)),
    Case("_database", "There is no open venue.", False, after("UPDATE venue SET closed_on = '2026-11-01'")),
    Case("_held", "1 answers are held.", False, after(HELD)),
    Case("_held", "1", True, after(MOVED_ON)),
    Case("_secret", "secret.key can be read by others.", True, open_to_others),
    Case("_queue", "The key queue.key of sealed answers cannot be read.", True, without_queue_key),
    Case("_tablets", "Tablet 1 was not heard of since 2026-11-08: ", True, after(TABLET.format("2026-11-08"))),
    Case("_tablets", "Paired at an address of before, and not at this one any more: Tablet 1.", True, after(
        TABLET.format("2026-11-09").replace("trust", "former"))),
    Case("_disk", "Only ", True, well),
    Case("_data_files", "Only English is offered.", False, set_to(draft_languages="none")),
    Case("clock_is_doubted", "The clock says 2026-11-23, but it was ", True, after(JUMPED)),
    Case("jobs_late", "The job release should have run on 2026-11-03 at 09:30", True, after(OLD, *RECENT, NO_RELEASE)),
    Case("jobs_failed", "The job rollup failed: OSError.", True, after(FAILED)),
    Case("jobs_failed", "The job retention is not finished since a day: details", True, after(
        ran("retention", "2026-11-21", "unfinished"), ran("retention", "2026-11-23", "unfinished"))),
    Case("backup_missing", "There is no backup of the last two days.", True, after(
        OLD, *RECENT, "UPDATE job_run SET started = '2026-11-20T02:30:00+00:00' WHERE job = 'backup'")),
    Case("exports_closed", "", True, exports_in_a_file),
    Case("exports_closed", "nobody may not write to ", True, exports_of_another),
    Case("other_owner", "collector.db", True, one_file_of_another),
    Case("_period_secrets", "The secret of 2026-27-Q2 is missing.", True, after(FROZEN)),
    Case("_proxies", "Requests come through a proxy", False, passed_on),
    Case("_survey", "trust-core 1.1.1 is not published yet; pages show 1.1.0.", False, with_newer_survey),
    Case("_database", "2 surveys are published (other, trust-core); pages show", True, after(OTHER)),
    Case("_practice", "The example place, Example Barbershop, takes answers", True, after(PRACTISED)),
    Case("_practice", DRAFTS, False, lambda world: well(world)),
    Case("_posters", "Posters printed until 2026-11-23 lead to https://old.example.org, and COLLECTOR_PUBLIC_URL is", True,
         moved_away),
)  # fmt: skip


def found_in(settings: Settings) -> list[health.Finding]:
    return [finding for finding in health.examine(settings, TODAY) if not finding.what.startswith(DRAFTS)]


def said(settings: Settings) -> list[str]:
    return [finding.what for finding in found_in(settings)]


def test_drafts_that_real_people_are_offered_are_named(world: World) -> None:
    (note,) = [finding for finding in health.examine(well(world), TODAY) if finding.what.startswith(DRAFTS)]
    assert "ar, bn, es" in note.what
    assert "COLLECTOR_DRAFT_LANGUAGES=none" in note.cure
    for settings in (replace(well(world), example=True), replace(well(world), draft_languages="none")):
        assert not [finding for finding in health.examine(settings, TODAY) if finding.what.startswith(DRAFTS)]
    world.database.execute("UPDATE installation SET synthetic = 1")
    assert not [finding for finding in health.examine(well(world), TODAY) if finding.what.startswith(DRAFTS)]


def test_nothing_is_said_of_an_installation_that_is_well(world: World) -> None:
    assert said(well(world)) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.says)
def test_each_thing_that_is_wrong_is_found_alone_with_what_to_do(
    world: World, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = case.damage(world)
    if case.look == "_disk":
        monkeypatch.setattr(health, "LOW_DISK", 1 << 60)
    found = set(health.examine(settings, TODAY) if case.says == DRAFTS else found_in(settings))
    assert found
    for finding in found:
        assert finding.what.startswith(case.says), found
        assert finding.cure.endswith((".", "`"))
        assert finding.serious == case.serious


def test_the_cases_above_are_all_that_the_looks_can_find() -> None:
    written: Counter[str] = Counter()
    for function in (
        part for module in (health, machine) for part in ast.parse(Path(module.__file__).read_text("utf-8")).body
    ):
        if isinstance(function, ast.FunctionDef):
            calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
            written[function.name] += sum(isinstance(c.func, ast.Name) and c.func.id == "Finding" for c in calls)
    looks = [look.__name__ for look in (*health.LOOKS, *machine.LOOKS)]
    assert len(looks) == len(set(looks))
    assert {name for name, count in written.items() if count} - {"examine", "_found"} == set(looks)
    assert Counter(case.look for case in CASES) == {name: written[name] for name in looks}


@pytest.mark.parametrize("name", ["data", "secret.key", "queue.key", "collector.db"])
def test_whatever_others_can_read_is_named(world: World, name: str) -> None:
    settings = well(world)
    path = settings.data if name == "data" else settings.data / name
    path.chmod(0o750 if name == "data" else 0o640)
    assert said(settings) == [f"{name} can be read by others."]


def test_a_look_that_cannot_go_on_says_why_and_the_others_still_look(world: World, tmp_path: Path) -> None:
    (tmp_path / "areas.csv").write_text("not,areas\n")
    world.settings.secret_file.write_text("short")
    settings = replace(well(world), areas=tmp_path / "areas.csv", funder="")
    found = found_in(settings)
    assert len(found) == 3
    assert all(finding.serious for finding in found)
    assert any("secret.key" in finding.what for finding in found)
    assert any("areas.csv" in finding.what for finding in found)


@pytest.mark.parametrize(("day", "warned"), [(date(2027, 1, 4), False), (date(2027, 1, 5), True)])
def test_held_answers_are_named_a_fortnight_before_they_go_with_their_second_quarter(
    world: World, day: date, warned: bool
) -> None:
    world.database.execute(HELD.replace("2026-11-23", "2026-09-21").replace("'', 0, 1", "'', 1, 1"))
    says = "1 held answers will be deleted on 2027-01-19, when 2026-27-Q3 is frozen."
    found = {finding.what: finding.kind for finding in health.examine(world.settings, day)}
    assert found.get(says) == ("duty" if warned else None)
    assert found["1 answers are held."] == "duty"


def test_serious_things_are_said_first(world: World) -> None:
    found = health.examine(replace(well(world), example=True, funder="", draft_languages="none"), TODAY)
    assert [finding.serious for finding in found] == [True, False, False]


def test_a_job_that_was_mended_and_done_since_is_not_named(world: World) -> None:
    settings = after(FAILED)(world)
    world.database.execute(ran("rollup", "2026-11-23", "done"))
    assert said(settings) == []


def test_a_database_of_a_newer_program_is_named(world: World) -> None:
    settings = well(world)
    world.database.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('collector', 'm999', '')"
    )
    assert "newer Collector" in " ".join(said(settings))


def doctor(data: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """The real command."""
    command = [sys.executable, "-m", "collector", "doctor", *arguments]
    env = {
        "PATH": os.environ["PATH"],
        "COLLECTOR_DATA": str(data),
        "COLLECTOR_EXPORTS": str(data.parent / "out"),
        **env,
    }
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=30)


def test_doctor_says_it_in_words_and_its_exit_status_tells_serious_from_not(tmp_path: Path) -> None:
    world = make_world(tmp_path, today=datetime.now(UTC).date())
    done = doctor(world.settings.data, COLLECTOR_PUBLIC_URL="http://trust.example.org")
    assert done.returncode == 1
    assert done.stdout.splitlines()[0].startswith("WRONG  Not set: organisation, funder")
    done = doctor(world.settings.data, **SETTINGS)
    assert (done.returncode, done.stderr) == (0, "")
    assert {line[:5] for line in done.stdout.splitlines()} == {"note "}


def test_doctor_speaks_json_too(world: World) -> None:
    done = doctor(world.settings.data, "--json")
    assert done.returncode == 1
    found = json.loads(done.stdout)
    assert {tuple(entry) for entry in found} == {("what", "cure", "kind")}
    assert [entry["kind"] == "note" for entry in found] == sorted(entry["kind"] == "note" for entry in found)


def one_sentence(done: subprocess.CompletedProcess[str], says: str) -> None:
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert says in done.stdout


def test_doctor_sees_a_folder_that_was_never_set_up(tmp_path: Path) -> None:
    one_sentence(doctor(tmp_path / "data"), "Run `collector init`")


def test_doctor_sees_a_database_that_is_gone(world: World) -> None:
    world.settings.database.unlink()
    one_sentence(doctor(world.settings.data, **SETTINGS), "There is no database")


def test_doctor_sees_a_database_before_its_first_migration(tmp_path: Path) -> None:
    settings = load({"COLLECTOR_DATA": str(tmp_path / "data")})
    create(settings.database).close()
    write_toml(settings.data / "collector.toml", {"organisation": "Brixton Health Project"})
    one_sentence(doctor(settings.data), "from an older version")


def test_doctor_sees_a_database_that_cannot_be_read(world: World) -> None:
    settings = with_broken("survey_version")(world)
    one_sentence(doctor(settings.data, **SETTINGS), "The database is damaged.")
