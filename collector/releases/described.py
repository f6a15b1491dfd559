"""What machines read about the files of a release: CSV on the Web metadata, and a Frictionless data package."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from collector.releases.tidy import COLUMNS, SORTED_BY

NUMBERS = ("value", "range_low", "range_high", "base_rounded", "visits", "revision", "respondents")
DECIMALS = ("census_2021_percent", "score")
DATES = ("period_start", "period_end", "published_on")
KEY = [*SORTED_BY]
LICENCE = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
MEANINGS = {
    "value": "The figure; empty where value_marker says why.",
    "value_marker": "Why there is no value, or what to beware of; the codebook explains each.",
    "bound": "lte: the value or less; gte: the value or more.",
    "base_rounded": "People that the figure is about, rounded down to a multiple of 5.",
    "visits": "Visits on which they answered, rounded down to a multiple of 5.",
    "variant": "all: full and short forms together; full: the full form only.",
}


def csvw(file: str, title: str) -> bytes:
    """CSV on the Web metadata of the tidy file."""
    columns = []
    for name in COLUMNS:
        column: dict[str, Any] = {"name": name, "titles": name, "datatype": _kind(name)}
        if name in MEANINGS:
            column["dc:description"] = {"@value": MEANINGS[name], "@language": "en"}
        columns.append(column)
    return _json(
        {
            "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
            "url": file,
            "dc:title": title,
            "dc:license": {"@id": LICENCE},
            "dialect": {"encoding": "utf-8", "lineTerminators": ["\r\n"], "delimiter": ",", "header": True},
            "tableSchema": {"columns": columns, "primaryKey": KEY},
        }
    )


def _kind(name: str) -> str:
    kinds = ((NUMBERS, "integer"), (DECIMALS, "number"), (DATES, "date"))
    return next((kind for names, kind in kinds if name in names), "string")


def datapackage(name: str, title: str, tables: Sequence[tuple[str, Sequence[str]]]) -> bytes:
    """A data package of the machine-readable tables: each file with its columns."""
    resources = []
    for file, columns in tables:
        own = [{"name": column, "type": _kind(column)} for column in columns]
        resources.append(
            {
                "name": file.removesuffix(".csv").lower(),
                "path": file,
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "schema": {"fields": own, "missingValues": [""]},
            }
        )
    licence = {"name": "OGL-UK-3.0", "path": LICENCE}
    return _json({"name": name.lower(), "title": title, "licenses": [licence], "resources": resources})


def _json(data: Any) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode()
