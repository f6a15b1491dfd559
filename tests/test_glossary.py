"""The glossary: one row a word, in order, and each names something that is there. Each folder says what to touch."""

from __future__ import annotations

import ast
import importlib
import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROW = re.compile(r"\| ([^|]+) \| ([^|]+) \| `([\w.]+)` \|")
TEXT = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
ROWS = [ROW.fullmatch(line) for line in TEXT.splitlines() if line.startswith("| ") and not line.startswith("| word")]
COUNTING = ("periods.py", "summaries/outline.py", "summaries/weights.py", "summaries/totals.py", "summaries/geography.py",
            "summaries/counts.py", "summaries/frozen.py", "disclosure/rules.py", "disclosure/figure.py")  # fmt: skip
BESIDE = {"ColumnWeights", "FrozenArea", "Grouping", "Parameter", "Place", "ScoreClasses"}
"""Types of these modules that are parts of what a row tells, and need none."""


def words() -> list[str]:
    return [row[1] for row in ROWS if row]


def test_every_line_of_the_table_is_a_word_its_meaning_and_its_code() -> None:
    assert None not in ROWS
    assert len(ROWS) > 30


def test_words_are_in_order_and_none_is_told_twice() -> None:
    assert words() == sorted(words())
    assert [word for word, times in Counter(words()).items() if times > 1] == []


@pytest.mark.parametrize("row", [row for row in ROWS if row], ids=words())
def test_the_code_that_a_row_names_is_there(row: re.Match[str]) -> None:
    module, _, name = row[3].rpartition(".")
    assert hasattr(importlib.import_module(module), name) or importlib.import_module(row[3])


def test_a_meaning_is_one_or_two_sentences() -> None:
    for row in ROWS:
        assert row
        assert row[2].endswith(".")
        assert row[2].count(". ") <= 1


def test_every_type_of_counting_is_told() -> None:
    told = {row[3].rpartition(".")[2] for row in ROWS if row}
    there = {
        node.name
        for path in COUNTING
        for node in ast.parse((ROOT / "collector" / path).read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef)
    }
    assert there - told == BESIDE


PACKAGES = [path for path in sorted((ROOT / "collector").rglob("__init__.py")) if path.parent.name != "collector"]


@pytest.mark.parametrize("path", PACKAGES, ids=[str(path.parent.relative_to(ROOT)) for path in PACKAGES])
def test_a_folder_says_what_it_is_and_what_one_may_touch_there(path: Path) -> None:
    told = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    what, _, touch = told.partition("\n\n")
    assert what.endswith(".")
    assert re.fullmatch(r"Touch [^.]+(\.\w[^.]*)*\.", touch)
