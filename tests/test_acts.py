"""Who did what: every command that changes something says so in the audit log, and the log can be read."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import click
import pytest

import collector as collector_package
from collector.audit import log
from collector.audit.act import Act
from collector.cli import collector
from collector.db.migrations import migrations
from collector.db.store import create
from collector.responses.importing import REQUIRED
from collector.responses.periods import period_of
from tests.desk import Desk, desk
from tests.test_places import answered
from tests.world import TINY

__all__ = ["desk"]
CODE = "CODE"
START = "2030-01-01"
PACKAGE = Path(collector_package.__file__).parent
TODAY = date.today().isoformat()  # noqa: DTZ011 - any day does

PAST = period_of(date.today()).previous.previous  # noqa: DTZ011 - any quarter that is over does

READS = {
    "status", "check", "venue list", "venue areas", "held list", "verify", "languages status", "languages check",
    "languages suggestions", "languages sound", "doctor", "audit list", "jobs", "imports", "clock",
}  # fmt: skip
"""What changes nothing that people gave or staff decided."""
MAKES_AGAIN = {
    "rollup": "counts the same answers again",
    "venue qr": "draws an address that is no secret",
    "languages adopt": "copies what came with the program",
    "languages update": "merges catalogues, in which nothing is lost",
}
KEEPS_ITS_OWN_RECORD = {
    "jobs run": "each run is a row of its own, which `collector jobs` shows",
    "serve": "its jobs keep theirs", "work": "its jobs keep theirs",
    "languages sign": "the signature stands in the catalogue with name, role and day",
    "languages import": "the catalogue says whose words it holds; unsigned ones are drafts",
    "languages export": "a file of words without answers",
    "languages record": "the voice stands beside the recording",
    "demo": "invented answers; its import and releases are entries",
}  # fmt: skip


def fresh(desk: Desk) -> None:
    """Nothing to prepare."""


def closed(desk: Desk) -> None:
    desk.ok("venue", "close", desk.world.venue, "--yes")


def held(desk: Desk) -> None:
    answered(desk, held=1)


def another_survey(desk: Desk) -> None:
    (desk.folder / "forms").mkdir()
    (desk.folder / "forms" / "tiny.yaml").write_text(TINY)
    shipped = desk.world.settings.forms / "promises.yaml"
    (desk.folder / "forms" / "promises.yaml").write_text(shipped.read_text())


def a_paper_file(desk: Desk) -> None:
    row = f"1,trust-core,1.1.0,full,{desk.world.venue},,{TODAY},en,paper,always"
    (desk.folder / "paper.csv").write_text(",".join([*REQUIRED, "OV1"]) + f"\n{row}\n")


def brought_in(desk: Desk) -> None:
    a_paper_file(desk)
    desk.ok("import-responses", "paper.csv", "--source", "paper")


def a_backup(desk: Desk) -> None:
    desk.ok("backup", "saved.tar.gz")


def last_year(desk: Desk) -> None:
    a_paper_file(desk)
    paper = desk.folder / "paper.csv"
    head, row = paper.read_text().splitlines()
    rows = [row.replace(TODAY, PAST.start.isoformat()).replace("1,", f"{n},", 1) for n in range(12)]
    paper.write_text("\n".join([head, *rows]) + "\n")
    desk.ok("import-responses", "paper.csv", "--source", "paper")
    desk.ok("rollup")


WRITES: dict[str, tuple[Callable[[Desk], None], tuple[str, ...], str]] = {
    "init": (fresh, ("--funder", "Another Council"), "init"),
    "publish": (another_survey, ("forms", "--instead", "--yes"), "publish instead"),
    "venue add": (fresh, ("--name", "Locks", "--kind", "salon", "--area", "E09000022"), "venue add"),
    "venue edit": (fresh, (CODE, "--name", "Locks"), "venue edit"),
    "venue move": (fresh, (CODE, "--area", "E09000030", "--from", START), "venue move"),
    "venue close": (fresh, (CODE, "--yes"), "venue close"),
    "venue reopen": (closed, (CODE,), "venue reopen"),
    "venue remove": (fresh, (CODE, "--yes"), "venue remove"),
    "venue quota": (fresh, (CODE, "200"), "venue quota"),
    "held admit": (held, (CODE, TODAY, "--yes"), "held admit"),
    "imports take-back": (brought_in, ("1", "--reason", "wrong place"), "import take-back"),
    "import-responses": (a_paper_file, ("paper.csv", "--source", "paper"), "import"),
    "export-responses": (
        last_year,
        ("--to", "out", "--reason", "Does the short form answer alike?"),
        "export-responses",
    ),
    "release": (last_year, ("--period", PAST.code, "--draft"), "draft"),
    "backup": (fresh, ("saved.tar.gz",), "backup"),
    "restore": (a_backup, ("saved.tar.gz", "--replace"), "restore"),
}
"""What to prepare, what to type, and the verb of the entry."""
ELSEWHERE = {
    "migrate": "test_bringing_the_tables_up_to_date_is_written_down",
    "clock confirm": "tests/test_clock.py",
    "venue strike": "tests/test_gone.py",
    "held discard": "tests/test_gone.py",
}


def every_command() -> set[str]:
    """All commands that do something."""
    found = set()
    for name, command in collector.commands.items():
        if not isinstance(command, click.Group):
            found.add(name)
            continue
        found |= {f"{name} {sub}" for sub in command.commands}
        found |= {name} if command.invoke_without_command else set()
    return found


def test_of_every_command_it_is_known_whether_it_writes_down_what_was_done() -> None:
    known = READS | set(MAKES_AGAIN) | set(KEEPS_ITS_OWN_RECORD) | set(WRITES) | set(ELSEWHERE)
    assert every_command() == known, "say below whether it reads or writes, and what the audit log then says"


@pytest.mark.parametrize("command", WRITES)
def test_what_changes_something_is_in_the_audit_log(desk: Desk, command: str) -> None:
    prepare, words, verb = WRITES[command]
    prepare(desk)
    before = desk.audited()
    code, said = desk.type(*command.split(), *(desk.world.venue if word == CODE else word for word in words))
    assert code == 0, said
    after = json.loads(desk.ok("audit", "list", "--json"))
    assert len(after) > (0 if command == "restore" else len(before))
    assert verb in {entry["verb"] for entry in after[-2:]}
    assert after[-1]["by"] == "operator"


def test_bringing_the_tables_up_to_date_is_written_down(desk: Desk) -> None:
    old = create(desk.folder / "old" / "collector.db")
    migrations.apply(old.tables, stop_before="m002_releases")
    desk.ok("migrate", COLLECTOR_DATA=str(desk.folder / "old"))
    (entry,) = log.entries(old)
    old.close()
    assert entry[1:3] == ("operator", "migrate")
    assert entry[3].startswith("m002_releases ")


def test_what_is_asked_and_not_agreed_to_leaves_no_entry(desk: Desk) -> None:
    before = desk.audited()
    for words in (("venue", "close"), ("venue", "remove")):
        desk.fails(*words, desk.world.venue, typed="n\n")
    desk.fails("release", "--period", PAST.code, typed="n\n")
    assert desk.audited() == before


def test_acts_are_listed_as_they_happened_those_of_jobs_between_those_of_people(desk: Desk) -> None:
    desk.ok("venue", "quota", desk.world.venue, "70")
    with desk.database.transaction():
        log.write(desk.database, Act("release job", date(2026, 7, 21), "2026-27-Q1 freeze"), "freeze", "2026-27-Q1")
    desk.ok("venue", "quota", desk.world.venue, "80")
    verbs = [(entry["verb"], entry["by"]) for entry in json.loads(desk.ok("audit", "list", "--json"))]
    assert verbs[-3:] == [("venue quota", "operator"), ("freeze", "release job"), ("venue quota", "operator")]


def test_the_log_is_read_by_day_and_by_kind_of_act(desk: Desk) -> None:
    desk.ok("venue", "quota", desk.world.venue, "70")
    desk.ok("venue", "close", desk.world.venue, "--yes")

    def verbs(*words: str) -> list[str]:
        return [entry["verb"] for entry in json.loads(desk.ok("audit", "list", "--json", *words))]

    assert verbs("--verb", "venue") == ["venue add", "venue quota", "venue close"]
    assert verbs("--verb", "venue close") == ["venue close"]
    assert verbs("--verb", "ven") == []
    assert verbs("--since", TODAY) == ["venue quota", "venue close"]
    assert verbs("--most", "1") == ["venue close"]
    assert "Older ones are left out" in desk.ok("audit", "list", "--most", "1")
    assert f"{TODAY}  operator  venue close  {desk.world.venue}" in desk.ok("audit", "list")
    assert desk.ok("audit", "list", "--verb", "nothing") == "No such entry.\n"


def test_every_verb_of_staff_takes_an_act_and_the_log_stores_it() -> None:
    sources = [ast.parse(path.read_text(encoding="utf-8")) for path in PACKAGE.rglob("*.py")]
    verbs = [node for tree in sources for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    assert not [verb.name for verb in verbs for one in verb.args.args + verb.args.kwonlyargs if one.arg == "entry_id"]
    log_calls = [
        call
        for tree in sources
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "log.write"
    ]
    assert len(log_calls) > 15
    assert all(not isinstance(call.args[1], ast.Constant) and len(call.args) <= 5 for call in log_calls)


def test_a_reason_stands_last_in_the_detail_of_its_entry(desk: Desk) -> None:
    with desk.database.transaction():
        log.write(desk.database, Act("Ama", date(2026, 7, 21), "a1", "a mistake"), "held discard", "abc", "3")
        log.write(desk.database, Act("Ama", date(2026, 7, 21), "a2").part("end"), "held list", "abc")
    assert log.entries(desk.database, 2) == [
        ("2026-07-21", "Ama", "held list", "abc", ""),
        ("2026-07-21", "Ama", "held discard", "abc", "3 a mistake"),
    ]
    assert desk.database.one("SELECT 1 FROM audit WHERE id = 'a2-end'")
