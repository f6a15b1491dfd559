"""Intake by file: `import_file` over a generated CSV, beside reading alone and inserting ready rows alone."""

from __future__ import annotations

import csv
import random
import statistics
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from figures import Figure, table
from installation import MAIN_LANGUAGES, Installation, choice, installation

from collector.commands.context import act, new_id, today
from collector.db import Database
from collector.db.store import create
from collector.responses import importing

ROWS = 100_000
LEAST = 20_000
SHORT_SHARE, BLANK_SHARE, TEXT_SHARE = 0.3, 0.05, 0.1
WISHES = ("Sooner appointments, please.", "আমার ভাষায় কথা বলুন।", "Listen, and write it down.")
TABLES = ("response", "submission", "comment")


def measure(quick: bool = False) -> list[Figure]:
    """Responses a second, each run into an empty installation; the same file once more; the baselines."""
    repeats = 1 if quick else 3
    with installation(10) as made:
        file = made.folder / "answers.csv"
        write_file(made, file, ROWS // 5 if quick else ROWS)
        places = [made.copy(f"data-{turn}") for turn in range(repeats)]
        runs = [import_rate(place, file) for place in places]
        again = import_rate(places[0], file, new=False)
        reading = [reading_rate(file) for _ in range(repeats)]
        inserting = [inserting_rate(place) for place in places]
    rate, name = statistics.median(runs), "import of answers by file"
    return [
        Figure(name, rate, "/s", "csv.reader alone", statistics.median(reading), least=LEAST),
        Figure(f"{name}, against inserts", rate, "/s", "executemany", statistics.median(inserting)),
        Figure("the same file again (adds nothing)", again, "/s", "first time", rate),
    ]


def write_file(made: Installation, file: Path, rows: int) -> None:
    """A plausible file: mixed variants, venues, days and languages, some blanks and some text."""
    chance = random.Random(1)
    columns = [*importing.REQUIRED, "help", *[question.code for question in made.survey.asked]]
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, columns, restval="")
        writer.writeheader()
        writer.writerows(_rows(made, chance, rows))


def _rows(made: Installation, chance: random.Random, rows: int) -> Iterator[dict[str, str]]:
    survey, day = made.survey, today()
    for number in range(rows):
        variant = "short" if chance.random() < SHORT_SHARE else "full"
        asked = survey.codes(variant)
        row = {
            "key": f"sheet-{number}", "survey": survey.code, "version": survey.version, "variant": variant,
            "venue": chance.choice(made.codes), "day": (day - timedelta(days=chance.randrange(60))).isoformat(),
            "language": chance.choice(MAIN_LANGUAGES), "mode": "paper", "help": "none",
        }  # fmt: skip
        for question in survey.asked:
            share = TEXT_SHARE if not question.closed else 1 - BLANK_SHARE
            if question.code in asked and chance.random() < share:
                drawn = choice(question, chance.randrange(5)) if question.closed else (chance.choice(WISHES),)
                row[question.code] = " ".join(drawn)
        yield row


def import_rate(made: Installation, file: Path, *, new: bool = True) -> float:
    """Rows a second through the whole intake. Raises ValueError unless every row was stored, or known already."""
    work = made.work
    sealer, languages = work.sealer, frozenset(work.languages.languages)
    start = time.perf_counter()
    against = importing.world(work.database, "bench", today(), sealer, languages)
    result = importing.import_file(work.database, file, against, new_id, act())
    seconds = time.perf_counter() - start
    if result.rejected or bool(result.stored) != new:
        raise ValueError(f"the import went wrong: {result}")
    return (result.stored + result.repeated) / seconds


def reading_rate(file: Path) -> float:
    """Rows a second of csv.reader over the same file: no intake in Python is faster."""
    start = time.perf_counter()
    with file.open(encoding="utf-8", newline="") as lines:
        rows = sum(1 for _ in csv.reader(lines))
    return rows / (time.perf_counter() - start)


def inserting_rate(made: Installation) -> float:
    """Responses a second of bare executemany: the rows that an import made, in batches of the same size."""
    source = made.work.database
    rows = {name: source.rows(f"SELECT * FROM {name}") for name in TABLES}
    with closing(create(made.folder / "bare.db")) as bare:
        for name in TABLES:
            made_by = source.one("SELECT sql FROM sqlite_master WHERE name = :name", {"name": name})
            bare.execute(made_by[0] if made_by else "")
        start = time.perf_counter()
        for first in range(0, len(rows["response"]), importing.BATCH):
            _insert(bare, {name: found[first : first + importing.BATCH] for name, found in rows.items()})
        return len(rows["response"]) / (time.perf_counter() - start)


def _insert(bare: Database, rows: dict[str, list[tuple[object, ...]]]) -> None:
    with bare.transaction():
        for name, batch in rows.items():
            if batch:
                bare.many(f"INSERT INTO {name} VALUES ({', '.join('?' * len(batch[0]))})", batch)


if __name__ == "__main__":
    print(table(measure()))
