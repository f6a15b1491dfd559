"""What machines read about the files of a release: CSV on the Web metadata, and a Frictionless data package."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from collector.releases.escaping import one_line
from collector.releases.kept import Content, Files, sized
from collector.releases.tidy import COLUMNS, SORTED_BY

NUMBERS = ("value", "range_low", "range_high", "base_rounded", "visits", "revision", "respondents")
DECIMALS = ("census_2021_percent", "score")
DATES = ("period_start", "period_end", "published_on")
KEY = (*SORTED_BY,)
LICENCE = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
ONS = {"title": "Office for National Statistics, Census 2021, table TS021 (ethnic group), under the same licence"}
MEANINGS = {
    "value": "The figure, made from counts that are each changed by up to two people; empty where value_marker says why.",
    "value_marker": "Why there is no value, or what to beware of; the codebook explains each.",
    "bound": "lte: the value or less; gte: the value or more.",
    "range_low": "How low the figure might be by chance, worked out from rounded numbers; empty where none is given.",
    "range_high": "How high the figure might be by chance, worked out from rounded numbers; empty where none is given.",
    "base_rounded": "People that the figure is about, changed by up to two and rounded down to a multiple of 5.",
    "visits": "Visits on which everybody of the area answered, changed by up to two and rounded down to a multiple of 5; empty for groups.",
    "variant": "all: full and short forms together; full: the full form only.",
    "respondents": "People who answered, changed by up to two and rounded down to a multiple of 5; empty where value_marker says why.",
    "census_2021_percent": "Residents of all ages in per cent, Census 2021; empty where source says why.",
    "source": "Where the Census figure is from, or why there is none.",
}
MEDIA = {
    ".csv": "text/csv",
    ".json": "application/json",
    ".md": "text/markdown",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class Table:
    """A CSV file for machines: its columns, and those that name a row and are never empty."""

    file: str
    columns: Sequence[str]
    key: Sequence[str]


def csvw(file: str, title: str) -> bytes:
    """CSV on the Web metadata of the tidy file."""
    columns = []
    for name in COLUMNS:
        column: dict[str, Any] = {"name": name, "titles": name, "datatype": _kind(name), "required": name in KEY}
        if name in MEANINGS:
            column["dc:description"] = {"@value": MEANINGS[name], "@language": "en"}
        columns.append(column)
    return _json(
        {
            "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
            "url": file,
            "dc:title": one_line(title),
            "dc:license": {"@id": LICENCE},
            "dialect": {"encoding": "utf-8", "lineTerminators": ["\r\n"], "delimiter": ",", "header": True},
            "tableSchema": {"columns": columns, "primaryKey": [*KEY]},
        }
    )


def _kind(name: str) -> str:
    kinds = ((NUMBERS, "integer"), (DECIMALS, "number"), (DATES, "date"))
    return next((kind for names, kind in kinds if name in names), "string")


def datapackage(name: str, title: str, tables: Iterable[Table], files: Files) -> bytes:
    """A data package: the tables for machines with their columns, then every other file of the release."""
    known = {table.file: table for table in tables}
    others = [file for file in sorted(files) if file not in known]
    resources = [_resource(file, files[file], known.get(file)) for file in (*known, *others)]
    licence = {"name": "OGL-UK-3.0", "path": LICENCE}
    return _json(
        {
            "name": name.lower(),
            "title": one_line(title),
            "licenses": [licence],
            "sources": [ONS],
            "resources": resources,
        }
    )


def _resource(file: str, content: Content, table: Table | None) -> dict[str, Any]:
    """One file. A table for people (`_excel`) has marks in its number columns, so it is no table for machines."""
    size, sha256 = sized(content)
    shared = {
        "name": file.lower(),
        "path": file,
        "format": PurePath(file).suffix[1:],
        "mediatype": MEDIA[PurePath(file).suffix],
        "encoding": "utf-8",
        "bytes": size,
        "hash": f"sha256:{sha256}",
    }
    if table is None:
        return {**shared, "type": "file"}
    own = [_field(column, column in table.key) for column in table.columns]
    return {
        **shared,
        "type": "table",
        "schema": {"fields": own, "missingValues": [""], "primaryKey": [*table.key]},
    }


def _field(column: str, needed: bool) -> dict[str, Any]:
    found: dict[str, Any] = {"name": column, "type": _kind(column)}
    if column in MEANINGS:
        found["description"] = MEANINGS[column]
    return {**found, "constraints": {"required": True}} if needed else found


def _json(data: Any) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode()
