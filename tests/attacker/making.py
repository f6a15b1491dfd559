"""Making a world: answers come in, quarters are frozen and published, things go wrong and are corrected."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from collector.community.areas import Areas, load
from collector.db import Database, connect
from collector.errors import ReleaseError
from collector.releases.build import Act, build_correction, build_release
from collector.releases.freeze import freeze
from collector.responses.periods import parse
from collector.summaries.counts import CountTables, Series
from collector.summaries.frozen import frozen_tables
from tests.attacker import truth, worlds
from tests.attacker.attack import Attack, attack_releases
from tests.attacker.public import load as load_public
from tests.attacker.released import Release, read
from tests.attacker.told import Told
from tests.crowd import put_in

LONG_AFTER = date(2030, 1, 1)
MISSED = {"few": 4, "many": 25}


@dataclass(frozen=True)
class Made:
    """A world that has been published: its files, what is true, and what the attacker is told."""

    releases: tuple[Release, ...]
    truth: truth.Truth
    told: Told


def make(folder: Path, plan: worlds.Plan) -> Made:
    """Make a world, quarter by quarter."""
    database = worlds.open_world(folder, plan)
    map_file = folder / "areas.csv"
    map_file.write_text(worlds.AREAS, encoding="utf-8")
    areas = load(map_file)
    for quarter in plan.quarters:
        worlds.answer(database, plan, quarter)
        publish(database, areas, folder, quarter)
        if plan.flavour == "withdrawal":
            worlds.withdraw_one(database, quarter)
            publish(database, areas, folder, quarter)
        if plan.flavour == "correction":
            _correct(database, areas, folder, plan, quarter)
    made = published(database, folder / "exports")
    database.close()
    return made


def published(database: Database, exports: Path) -> Made:
    """What an installation has published, beside what is true."""
    releases = tuple(read(exports))
    true = {release.span.key: true_series(database, release) for release in releases}
    return Made(releases, true, truth.tell(releases, true))


def attacked(folder: Path, plan: worlds.Plan) -> tuple[Made, Attack]:
    """Make a world and attack it."""
    made = make(folder, plan)
    return made, attack_releases(made.releases, made.told, worlds.known())


def attack_installation(data: Path, exports: Path) -> list[str]:
    """What an attack on all releases of an installation finds, and what of the truth it takes for impossible."""
    database = connect(data / "collector.db")
    made = published(database, exports)
    database.close()
    found = attack_releases(made.releases, made.told, load_public())
    return [*map(str, found.findings), *truth.impossible(found, made.truth)]


def publish(database: Database, areas: Areas, folder: Path, quarter: str) -> None:
    """As `collector release` does. Nobody answered: nothing to release."""
    period = parse(quarter)
    freeze(database, period, areas, LONG_AFTER, by="test", entry_id=f"freeze {quarter}")
    if frozen_responses(database, quarter):
        act = Act("test", LONG_AFTER, f"release {quarter}", "test")
        build_release(database, period, folder / "exports", act, synthetic=True, published_on=period.appears)


def frozen_responses(database: Database, quarter: str) -> int:
    """How many people a frozen quarter counts."""
    found = frozen_tables(database, quarter)
    return found.tables.responses if found else 0


def _correct(database: Database, areas: Areas, folder: Path, plan: worlds.Plan, quarter: str) -> None:
    """Answers that were missed are found; a correction is tried, and refused where too few change."""
    missed = worlds.people(replace(plan, seed=plan.seed + 1_000_000, areas=plan.areas[:1]), quarter)
    put_in(database, missed[: MISSED["few" if plan.seed % 2 else "many"]])
    period = parse(quarter)
    later = period.appears + timedelta(days=7)
    act = Act("test", LONG_AFTER, f"correct {quarter}", "test", "Answers were missed; found by a test.")
    try:
        build_correction(database, period, areas, folder / "exports", act, synthetic=True, published_on=later)
    except ReleaseError:
        return


def true_series(database: Database, release: Release) -> Series:
    """The true tables of a release: frozen ones, or sums of them, each quarter as it was last published by then."""
    span = release.span
    if "-Q" in span.code:
        return _tables(database, span.code, span.revision)[0].series[0]
    quarters = [f"{span.code[:7]}-Q{number}" for number in _numbers(span.code)]
    last = f"{span.code[:7]}-Q{_numbers(span.code)[-1]}"
    return truth.add_up(t for quarter in quarters for t in _tables(database, quarter, 0 if quarter == last else None))[
        0
    ]


def _numbers(code: str) -> tuple[int, ...]:
    """The quarters of a year or half-year."""
    return {"H1": (1, 2), "H2": (3, 4)}.get(code[-2:], (1, 2, 3, 4))


def _tables(database: Database, quarter: str, revision: int | None) -> list[CountTables]:
    found = frozen_tables(database, quarter, revision)
    return [found.tables] if found else []
