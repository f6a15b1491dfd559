"""Every refusal of `collector release` and `collector verify` says what, why and what to do."""

from __future__ import annotations

import ast
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest

from collector.audit.act import Act
from collector.db import Database
from collector.errors import PeriodError, ReleaseError
from collector.releases.build import build_correction, build_draft, build_release
from collector.releases.folder import put
from collector.releases.freeze import freeze
from collector.releases.secret import seeded
from collector.releases.verify import verified
from collector.responses.periods import parse
from collector.summaries.rollup import roll_up
from tests.crowd import AREAS, PERIOD, make_database, put_in
from tests.killed import APPEARS, FIRST, TODAY, act, people
from tests.test_cli import Shell
from tests.world import TINY

RELEASES = Path(__file__).parents[1] / "collector" / "releases"
OPEN = date(2026, 7, 14)


@dataclass
class Desk:
    """A quarter in which somebody, or nobody, answered; and what can be asked of it."""

    database: Database
    exports: Path

    def answered(self) -> Desk:
        put_in(self.database, people(40))
        return self

    def frozen(self, today: date = TODAY) -> Desk:
        freeze(self.database, PERIOD, AREAS, Act("test", today, "freeze"), draw=seeded)
        return self

    def release(self) -> Desk:
        build_release(self.database, PERIOD, self.exports, act("r0"), synthetic=True, published_on=APPEARS)
        return self

    def out(self) -> Desk:
        return self.answered().frozen().release()

    def correct(self, reason: str = "twice") -> None:
        again = replace(act("r1"), reason=reason)
        build_correction(self.database, PERIOD, AREAS, self.exports, again, synthetic=True, published_on=TODAY)

    def draft(self) -> None:
        build_draft(self.database, PERIOD, AREAS, self.exports, synthetic=True, code_version="0.1", draw=seeded)

    def rolled_up(self) -> Desk:
        roll_up(self.database, PERIOD, AREAS, TODAY)
        return self

    def write(self, sql: str) -> Desk:
        with self.database.transaction():
            self.database.execute(sql)
        return self

    def spoilt(self) -> Desk:
        (self.exports / FIRST / "methods.md").write_text("other")
        return self

    def gone(self) -> Desk:
        shutil.rmtree(self.exports / FIRST)
        return self


def in_a_file(desk: Desk) -> None:
    desk.exports.write_text("a file where a folder should be")
    put(desk.exports / FIRST, {"a": b"1"}, final=True)


@dataclass(frozen=True)
class Refusal:
    """`where` refuses; `parts` are what, why and what to do."""

    where: str
    asked: Callable[[Desk], object]
    parts: tuple[str, str, str]


NOBODY = ("2026-27-Q1", "Nobody answered", "Choose another quarter")
REFUSALS = {
    "a code that is none": Refusal(
        "parse", lambda _: parse("spring"), ("'spring'", "is not a period", "Write a financial quarter such as")
    ),
    "a quarter still open": Refusal(
        "freeze", lambda desk: desk.answered().frozen(OPEN),
        ("2026-27-Q1 is still open", "late answers count until 2026-07-14", "Freeze it on the day after"),
    ),
    "not frozen": Refusal(
        "build_release", lambda desk: desk.answered().release(),
        ("2026-27-Q1 is not frozen", "late answers count until 2026-07-14", "Wait for its day, or use --draft"),
    ),
    "nobody answered": Refusal("build_release", lambda desk: desk.frozen().release(), NOBODY),
    "nothing to correct": Refusal(
        "_published_so_far", lambda desk: desk.answered().frozen().correct(),
        ("2026-27-Q1 is not released", "nothing to correct", "Publish it first, without --correct"),
    ),
    "a correction without a reason": Refusal(
        "_reason", lambda desk: desk.out().correct("Mrs Brown was counted twice."),
        ("what was wrong", "one of these words", "twice (some answers were counted twice)"),
    ),
    "answers that are deleted": Refusal(
        "build_correction", lambda desk: desk.out().write("DELETE FROM response").correct(),
        ("The answers of 2026-27-Q1 are deleted", "cannot be counted again", "--period 2026-27-Q1 --notice twice"),
    ),
    "a correction of nothing": Refusal(
        "build_correction", lambda desk: desk.out().correct(),
        ("Fewer than ten people changed in 2026-27-Q1", "stay as they are (R10)", "--period 2026-27-Q1 --notice twice"),
    ),
    "a draft of nothing": Refusal(
        "build_draft", lambda desk: desk.draft(),
        ("2026-27-Q1", "has no roll-up", "Run `collector rollup --period 2026-27-Q1` first"),
    ),
    "a draft of nobody": Refusal("build_draft", lambda desk: desk.rolled_up().draft(), NOBODY),
    "count tables lost": Refusal(
        "rebuild", lambda desk: desk.out().gone().write("DELETE FROM frozen_tables").release(),
        (FIRST, "The count tables", "Restore a backup with `collector restore`"),
    ),
    "a secret that is lost": Refusal(
        "kept", lambda desk: desk.out().gone().write("DELETE FROM period_secret").release(),
        ("The secret of 2026-27-Q1 is missing", "cannot be made without it", "Restore a backup with `collector restore`"),
    ),
    "made by another version": Refusal(
        "_put_back", lambda desk: desk.out().gone().write("UPDATE release SET checksums = 'x'").release(),
        (f"{FIRST} cannot be put back", "this one would write other bytes", "Copy the folder from a backup"),
    ),
    "something else in its place": Refusal(
        "refuse_other", lambda desk: desk.out().spoilt().write("DELETE FROM release").release(),
        (f"{FIRST} is there with other content", "published files never change", "move it away, and run the command"),
    ),
    "a folder that cannot be written": Refusal(
        "put", in_a_file, (f"{FIRST} cannot be written to", "File exists", "Mend that, and run the command again")
    ),
    "a release that is unknown": Refusal(
        "verified", lambda desk: verified(desk.database, desk.exports, synthetic=True, name="r9"),
        ("r9", "was not published by this installation", "`collector verify` checks all"),
    ),
}  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(make_database(tmp_path, TINY), tmp_path / "exports")
    yield made
    made.database.close()


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_a_refusal_says_what_why_and_what_to_do(desk: Desk, refusal: Refusal) -> None:
    with pytest.raises((ReleaseError, PeriodError)) as info:
        refusal.asked(desk)
    assert info.traceback[-1].name == refusal.where
    said = str(info.value)
    for part in refusal.parts:
        assert part in said, said
    assert said[0].isupper() or said.startswith(("2026-27-Q1", "trust-", "r9", "'", "/"))
    assert said.endswith((".", ")."))


def test_every_refusal_of_the_release_code_is_told_above() -> None:
    there = Counter[str]()
    for path in RELEASES.glob("*.py"):
        for function in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(function, ast.FunctionDef):
                there.update({function.name: sum(map(refuses, ast.walk(function)))})
    told = Counter(refusal.where for refusal in REFUSALS.values() if refusal.where != "parse")
    assert +there == told


def refuses(node: ast.AST) -> bool:
    """True for a `raise` of one of the two errors."""
    call = node.exc if isinstance(node, ast.Raise) else None
    return (
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in ("ReleaseError", "PeriodError")
    )


def test_a_refused_command_leaves_nothing_behind(desk: Desk) -> None:
    with pytest.raises(PeriodError):
        desk.answered().frozen(OPEN)
    assert desk.database.rows("SELECT period FROM frozen_tables") == []
    desk.frozen().release()
    before = desk.database.rows("SELECT * FROM release"), sorted(desk.exports.rglob("*"))
    with pytest.raises(ReleaseError):
        desk.correct()
    assert (desk.database.rows("SELECT * FROM release"), sorted(desk.exports.rglob("*"))) == before
    assert desk.database.rows("SELECT revision FROM frozen_tables") == [(0,)]


def test_lost_count_tables_are_a_fault_that_verify_tells(desk: Desk) -> None:
    desk.out().write("DELETE FROM frozen_tables")
    [fault] = verified(desk.database, desk.exports, synthetic=True)[FIRST]
    assert fault == f"The count tables of {FIRST} are missing. Restore a backup with `collector restore`."


def test_at_the_keyboard_a_refusal_is_one_line_and_exit_status_1(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    shell.ok("init", "--synthetic")
    for words in (("release", "--period", "2026-27-Q1", "--correct", "--yes"), ("verify", "r9")):
        said = shell.fails(*words)
        assert said.startswith("collector: ")
        assert said.count("\n") == 1
