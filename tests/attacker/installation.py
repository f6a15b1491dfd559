"""An installation as a world to attack: what lies in its exports, and the truth behind it from its frozen tables."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from collector.db import Database
from collector.releases import register
from collector.releases.changes import Reason
from collector.responses.versions import published
from collector.summaries.counts import Series
from collector.summaries.frozen import Frozen, frozen_tables
from collector.summaries.outline import UNSAID, outline
from collector.summaries.years import add_up
from collector.survey.definition import Survey
from tests.attacker.codebook import read_codebook
from tests.attacker.worlds import Published, World

QUARTERS = 4


def read_installation(database: Database, exports: Path) -> Iterator[World]:
    """A world for each survey of an installation."""
    surveys = [one.survey for one in published(database)]
    for code in sorted({survey.code for survey in surveys}):
        versions = [survey for survey in surveys if survey.code == code]
        files = tuple(_files(database, exports, versions))
        if files:
            [*books] = sorted(exports.glob(f"*_r0/codebook_*{code}_{versions[-1].version}.csv"))
            shape = read_codebook(books[-1].read_text("utf-8").splitlines(keepends=True), _fine_groups(versions))
            yield World(0, code, 0, files, shape)


def _fine_groups(versions: list[Survey]) -> dict[str, dict[str, str]]:
    """The group that each fine group adds to, by the code of the fine breakdown."""
    splits = outline(versions).classifications
    found = {}
    for fine in (split for split in splits if split.fine):
        coarse = next(split for split in splits if split.question == fine.question and not split.fine)
        found[fine.code] = {fine.group_of[one]: coarse.group_of[one] for one in fine.group_of} | {
            UNSAID.code: UNSAID.code
        }
    return found


def _files(database: Database, exports: Path, versions: list[Survey]) -> Iterator[Published]:
    """Each quarter, its corrections and the years, in the order in which they came out. Notices have no new figures."""
    last: dict[str, tuple[str, Frozen]] = {}
    for done in register.records(database):
        reason = Reason.read(done.reason)
        frozen = frozen_tables(database, done.period, done.revision)
        if reason.kind == "notice" or frozen is None:
            continue
        for code, path in _tidy(exports / done.name):
            adds: tuple[str, ...] = ()
            name, own = f"{code}@{done.revision}", frozen
            if code != done.period:
                quarters = [last[f"{code}-Q{number}"] for number in range(1, QUARTERS)] + [last[done.period]]
                adds, own = tuple(one for one, _ in quarters), add_up(code, [one for _, one in quarters])
            for series in own.tables.series:
                if series.survey == versions[0].code:
                    parents = {area: place.parent for area, place in own.areas.items()}
                    former = last[code][0] if code in last else ""
                    yield Published(name, _rows(path, series), series, parents, adds, former, reason.code)
            last[code] = name, own


def _tidy(folder: Path) -> Iterator[tuple[str, Path]]:
    """The files of a release that have metadata of their own, the quarter's first, each with its period."""
    package = json.loads((folder / "datapackage.json").read_bytes())
    names = [one["path"] for one in package["resources"] if f"{one['path']}-metadata.json" in {
        other["path"] for other in package["resources"]}]  # fmt: skip
    for name in sorted(names, key=len, reverse=True):
        yield name.split("_")[-2], folder / name


def _rows(path: Path, series: Series) -> bytes:
    """The rows of one survey's major version."""
    head, *lines = path.read_bytes().splitlines(keepends=True)
    mark = f",{series.survey},{series.major}.".encode()
    return b"".join([head, *(line for line in lines if mark in line)])
