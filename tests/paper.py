"""Files of paper answers for tests: rows of the tiny survey, written, brought in, and what was rejected."""

from __future__ import annotations

import csv
import os
import secrets
import signal
import sys
from pathlib import Path
from typing import Any

from collector.audit.act import Act
from collector.db import Database, connect
from collector.languages import registry
from collector.languages.catalogue import Catalogues
from collector.responses import bulk, importing, imports
from collector.responses.importing import REQUIRED, Result
from collector.responses.keys import load_sealer
from collector.responses.versions import current
from collector.settings import load
from tests.world import TODAY, World

QUESTIONS = ("Q1", "Q2", "M1", "T1", "A1")
CASES = Path(__file__).parent / "paper_cases"


def row(world: World, key: str = "k1", **changes: str) -> dict[str, str]:
    """One row of the tiny survey."""
    given_row = {
        "key": key, "survey": "tiny", "version": "1.0.0", "variant": "full", "venue": world.venue, "visit": "",
        "day": "2026-11-02", "language": "en", "mode": "paper", "Q1": "often", "Q2": "na", "M1": "home shop",
        "T1": "On paper.", "A1": "grown",
    }  # fmt: skip
    return {**given_row, **changes}


def write(path: Path, rows: list[dict[str, str]], columns: tuple[str, ...] = (*REQUIRED, *QUESTIONS)) -> Path:
    """A file of rows."""
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, columns, extrasaction="ignore", restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def bring_in(world: World, path: Path, source: str = "paper", order: str = "", **options: Any) -> Result:
    """Import a file into a world."""
    sealer = load_sealer(world.settings.secret_file)
    known = registry.load(world.settings.translations)
    catalogues = Catalogues(known, world.settings.translations)
    against = importing.world(world.database, source, TODAY, sealer, frozenset(known.languages), catalogues, order)
    return importing.import_file(
        world.database,
        path,
        against,
        lambda: secrets.token_bytes(16),
        Act("test", TODAY, secrets.token_hex(8)),
        **options,
    )


def take_back(world: World, number: int, reason: str = "", **options: Any) -> int:
    """Take an import back."""
    with world.database.transaction():
        return imports.take_back(world.database, number, Act("test", TODAY, secrets.token_hex(8), reason), **options)


def rejected(path: Path) -> list[list[str]]:
    """The lines of a report: its head, then the rows."""
    with path.with_name(path.name + ".rejected.csv").open(
        encoding="utf-8", errors="surrogateescape", newline=""
    ) as lines:
        return list(csv.reader(lines))


def case(world: World, folder: Path, name: str) -> Path:
    """A file as a spreadsheet program saved it, with the code of the world's venue."""
    content = (CASES / name).read_bytes()
    wide = content.startswith(b"\xff\xfe")
    code = world.venue.encode("utf-16-le" if wide else "ascii")
    (folder / name).write_bytes(content.replace("VENUE".encode("utf-16-le" if wide else "ascii"), code))
    return folder / name


def killed_half_way(data: Path, file: Path) -> None:
    """Import a file in batches of ten; the process ends before the third, as by `kill -9`."""
    settings = load({"COLLECTOR_DATA": str(data)})
    database = connect(settings.database)
    write_batch, importing.BATCH = bulk.write, 10

    def write_or_die(known: Database, number: int, part: int, *rest: Any, **options: Any) -> Any:
        if part == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return write_batch(known, number, part, *rest, **options)

    bulk.write = write_or_die  # type: ignore[assignment]
    bring_in(World(settings, database, "", current(database), []), file)


if __name__ == "__main__":
    killed_half_way(Path(sys.argv[1]), Path(sys.argv[2]))
