"""The house keeps its measures: small functions, small files, one meaning a type name."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "collector"
TREES = {
    path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text("utf-8")) for path in sorted(PACKAGE.rglob("*.py"))
}
MOST_LINES, LONGEST_FUNCTION = 400, 40
REPEATED = Counter({
    "Row": 6, "Message": 3, "Kind": 3, "Part": 3, "Place": 3, "Rows": 3, "Line": 3, "Environ": 4,
    **dict.fromkeys((
        "Act", "Answer", "Application", "Block", "Box", "Cells", "Edition", "Editions", "Entry", "Fault", "File", "Files", "Named",
        "Rules", "Series", "Setting",
    ), 2),
})  # fmt: skip
"""Type names with more than one meaning, and how many: this list may only shrink."""


def test_no_file_is_longer_than_one_can_read_at_a_sitting() -> None:
    lines = {name: (PACKAGE / name).read_text("utf-8").count("\n") for name in TREES}
    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    found = [
        (name, node.name, node.end_lineno - node.lineno + 1)
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.end_lineno and node.end_lineno - node.lineno >= LONGEST_FUNCTION
    ]
    assert found == []


def test_a_type_name_has_one_meaning() -> None:
    names = Counter(name for tree in TREES.values() for node in tree.body for name in defined(node))
    assert Counter({name: count for name, count in names.items() if count > 1}) - REPEATED == Counter()


def defined(node: ast.stmt) -> list[str]:
    """The type that a statement of a module defines: a class, or another name for a type."""
    if isinstance(node, ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and is_type(node.value):
        name = node.targets[0].id
        return [name] if name[:1].isupper() and not name.isupper() else []
    return []


def is_type(value: ast.expr) -> bool:
    """True for `dict[str, int]` and `int | None`."""
    return isinstance(value, ast.Subscript) or (isinstance(value, ast.BinOp) and isinstance(value.op, ast.BitOr))
