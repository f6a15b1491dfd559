"""Where figures come from: people's answers are read by the roll-up, and by nothing that shows or publishes anything."""

from __future__ import annotations

import ast
import re
import shutil
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from collector import __version__
from collector.audit.act import Act
from collector.db import Database, store
from collector.releases import record
from collector.releases.build import build_draft, build_release, rebuild
from collector.releases.freeze import freeze
from collector.releases.kept import pieces
from collector.releases.secret import seeded
from collector.releases.verify import verified
from collector.summaries.rollup import roll_up
from collector.web import shelf
from tests.conftest import CheckedClient
from tests.crowd import AREAS, PERIOD, Person, make_database, put_in
from tests.killed import FIRST, TODAY
from tests.world import World, make_world, tiny

PACKAGE = Path(__file__).parents[1] / "collector"
ABOUT_PEOPLE = {
    "response": "what one person answered",
    "comment": "what one person wrote",
    "submission": "which key brought which response",
    "receipt": "what one person can take their answers back with",
    "left_number": "a number that somebody wants deleted when its answers come",
    "suggestion": "better words, from people who read",
    "day_count": "how many came on a day",
}
ABOUT_NOBODY = {
    "import_act", "import_part", "installation", "promised", "erased", "survey_version", "venue", "venue_area", "venue_quota", "period", "cell", "cell_count",
    "counted_version", "rollup_run", "job_run", "audit", "frozen_tables", "period_secret", "release", "delivery", "clock",
    "_sqlite_migrations",
}  # fmt: skip
TOUCHES_RESPONSES = {
    "governance/retention.py": "deletes them by their day",
    "releases/freeze.py": "takes days and visits off them, and moves the held ones on",
    "microdata/lines.py": "writes them out for the host's own analysts, never for a release",
    "responses/store.py": "takes them in, and counts and admits the held ones",
    "responses/gone.py": "deletes those that were taken back",
    "community/venues.py": "asks whether any came to a place that is to be removed",
    "responses/standing.py": "counts them for the coordinator, floored to five",
    "responses/bulk.py": "takes in those of a file",
    "responses/imports.py": "takes back those of a file",
    "summaries/store.py": "the roll-up counts them",
}
READS = {("response", "card"): {"microdata/lines.py", "summaries/store.py"}, ("comment", "words"): set()}
"""Who reads what a person said; a new reader of answers for output needs a row, and a reason that holds."""
SQL = re.compile(r"\s*(SELECT|WITH|INSERT|UPDATE|DELETE|REPLACE)\b")

Touched = set[tuple[str, str]]


def deny_people(connection: sqlite3.Connection) -> None:
    """Let a connection neither read nor change a table about people."""
    connection.set_authorizer(
        lambda _, table, *rest: sqlite3.SQLITE_DENY if table in ABOUT_PEOPLE else sqlite3.SQLITE_OK
    )


@pytest.fixture
def practice(tmp_path: Path) -> Iterator[World]:
    """An installation whose quarter is frozen, and which may no longer look at anybody's answers."""
    made = make_world(tmp_path, tiny(), synthetic=True, today=TODAY)
    put_in(
        made.database, [Person(made.venue, {"Q1": ("often", "seldom")[n % 2]}, visit=f"v{n % 8}") for n in range(40)]
    )
    roll_up(made.database, PERIOD, AREAS, TODAY)
    freeze(made.database, PERIOD, AREAS, Act("test", TODAY, "freeze"), draw=seeded)
    deny_people(made.database.tables.conn)
    yield made
    made.database.close()


def release(world: World) -> Path:
    act = Act("test", TODAY, "release")
    return build_release(
        world.database, PERIOD, world.settings.exports, act, synthetic=True, published_on=PERIOD.appears
    )


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("table", ABOUT_PEOPLE)
def test_the_guard_of_these_tests_lets_nobody_look(practice: World, table: str) -> None:
    with pytest.raises(sqlite3.DatabaseError, match=r"prohibited|not authorized"):
        practice.database.rows(f"SELECT count(*) FROM {table}")


def test_every_table_is_about_people_or_about_nobody(practice: World) -> None:
    there = {row[0] for row in practice.database.rows("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert there == set(ABOUT_PEOPLE) | ABOUT_NOBODY
    assert not set(ABOUT_PEOPLE) & ABOUT_NOBODY


def test_a_release_is_built_made_again_and_proved_without_a_look_at_any_answer(practice: World) -> None:
    exports = practice.settings.exports
    built = content(release(practice))
    [done] = record.records(practice.database)
    again = rebuild(practice.database, done, synthetic=True).files
    assert {name: b"".join(pieces(one)) for name, one in again.items()} == built
    shutil.rmtree(exports / FIRST)
    assert content(release(practice)) == built, "put back"
    assert verified(practice.database, exports, synthetic=True) == {FIRST: []}


def test_a_draft_is_built_without_a_look_at_any_answer(practice: World) -> None:
    exports = practice.settings.exports
    built = build_draft(
        practice.database, PERIOD, AREAS, exports, synthetic=True, code_version=__version__, draw=seeded
    )
    assert (built / "checksums.txt").exists()


def test_every_page_and_file_of_a_release_is_served_without_a_look_at_any_answer(
    practice: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = release(practice)
    monkeypatch.setattr(store, "_open", guarded(store._open))
    monkeypatch.setattr(shelf, "FRESH", 0.0)
    client = CheckedClient(practice.app())
    page = client.get("/releases")
    assert page.status_code == 200
    links = set(re.findall(rf'href="(/releases/{FIRST}/[^"]+)"', page.text))
    assert {link.rpartition("/")[2] for link in links} == set(content(built))
    for link in links:
        answer = client.get(link)
        assert (answer.status_code, answer.data) == (200, (built / link.rpartition("/")[2]).read_bytes()), link
    figures = client.get("/figures")
    assert figures.status_code == 200
    areas = re.findall(r'<option value="(\w+)"', figures.text)
    assert areas
    for area in areas:
        assert client.get(f"/figures?period={PERIOD.code}&area={area}").status_code == 200


def guarded(real: Callable[[Path], sqlite3.Connection]) -> Callable[[Path], sqlite3.Connection]:
    """The program's own way to open a database, with the guard set on each connection."""

    def opened(path: Path) -> sqlite3.Connection:
        connection = real(path)
        deny_people(connection)
        return connection

    return opened


@pytest.fixture(scope="module")
def touched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Touched]]:
    """What SQLite itself says each module's statements name: (table, column)."""
    database = make_database(tmp_path_factory.mktemp("scan"))
    yield {module: columns(database, texts) for module, texts in statements().items()}
    database.close()


def statements() -> dict[str, list[str]]:
    """Every SQL statement in the package, by module. They stand there whole: none is put together."""
    found = defaultdict(list)
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.match(node.value):
                found[path.relative_to(PACKAGE).as_posix()].append(node.value)
    return found


def columns(database: Database, texts: list[str]) -> Touched:
    """Tables with the columns read from them, or "" when they are changed. Fails on what is no whole statement."""
    found: Touched = set()

    def note(action: int, table: str | None, column: str | None, *rest: object) -> int:
        if table in ABOUT_PEOPLE:
            found.add((table, column or "" if action == sqlite3.SQLITE_READ else ""))
        return sqlite3.SQLITE_OK

    connection = database.tables.conn
    connection.set_authorizer(note)
    for text in texts:
        try:
            connection.execute(f"EXPLAIN {text}")
        except sqlite3.ProgrammingError as error:  # its parameters are not given: by then it was understood
            if "binding" not in str(error):
                raise
    connection.set_authorizer(None)
    return found


def test_the_modules_whose_sql_names_responses_are_known_each_with_a_reason(touched: dict[str, Touched]) -> None:
    found = {module for module, own in touched.items() if any(table == "response" for table, _ in own)}
    assert found == set(TOUCHES_RESPONSES)


@pytest.mark.parametrize(("what", "by"), READS.items(), ids=lambda part: ".".join(sorted(part)))
def test_what_a_person_said_is_read_by_the_roll_up_and_the_analysts_export_only(
    touched: dict[str, Touched], what: tuple[str, str], by: set[str]
) -> None:
    assert {module for module, own in touched.items() if what in own} == by


def test_no_sql_of_releases_or_pages_reads_a_table_about_people_but_to_freeze(touched: dict[str, Touched]) -> None:
    found = {module for module, own in touched.items() if own and module.split("/")[0] in ("releases", "web")}
    assert found == {"releases/freeze.py"}
    read = {column for table, column in touched["releases/freeze.py"] if table == "response"}
    assert read == {"", "period", "id", "held", "late"}


def test_no_module_but_the_migrations_reaches_tables_past_the_sql_that_is_scanned() -> None:
    past = re.compile(r"\.tables\[|\.table\(|\.conn\b|sqlite3\.connect\(")
    found = {
        p.relative_to(PACKAGE).as_posix() for p in PACKAGE.rglob("*.py") if past.search(p.read_text(encoding="utf-8"))
    }
    assert found == {"db/backup.py", "db/store.py"}
