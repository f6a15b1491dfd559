"""What is sent of a style sheet or script does what its source does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from collector.web import compact, pages

STATIC = Path(pages.__file__).parent / "static"


def pieces(name: str) -> tuple[str, str]:
    """The code of a script without its comments and texts; and its texts."""
    lines = (STATIC / name).read_text(encoding="utf-8").splitlines()
    found = compact.STRING.split("\n".join(line for line in lines if not line.strip().startswith("//")))
    return "\n".join(found[::2]), "\n".join(found[1::2])


@pytest.mark.parametrize("name", ["survey.js", "after.js"])
@pytest.mark.parametrize("long", sorted(compact.SHORT))
def test_a_name_that_is_shortened_is_a_name_wherever_it_stands(name: str, long: str) -> None:
    code, texts = pieces(name)
    assert not re.search(rf"\b{long}\b", texts), "it stands in a text"
    assert not re.search(rf"\.{long}\b", code), "it stands after a dot"
    assert not re.search(rf"\b{long}\s*:(?!:)(?! (this|other))", code.replace("? ", "").replace(" : ", " ")), (
        "it is a key"
    )


@pytest.mark.parametrize("name", ["survey.js", "after.js"])
def test_what_stands_for_a_name_is_no_name_already(name: str) -> None:
    code, _ = pieces(name)
    used = set(re.findall(r"(?<![\w$.\\])[A-Za-z_$](?![\w$])", code))
    assert len(set(compact.SHORT.values())) == len(compact.SHORT)
    assert used.isdisjoint(compact.SHORT.values())


def test_texts_of_a_script_stay_as_they_are() -> None:
    said = compact.script("const form = 1;\n  const x = ' (const) => form; } ';\n  // no\n  y((form) => { x(); });\n")
    form = compact.SHORT["form"]
    assert said == f"let {form}=1;let x=' (const) => form; }} ';y({form}=>{{x()}});"


def test_a_style_sheet_loses_its_spaces_and_nothing_else() -> None:
    source = '/* why */\na > b,\nc:hover {\n  margin: 0 1px !important;\n  font: 1rem "A, B", c;\n}\n'
    assert compact.style(source) == 'a>b,c:hover{margin:0 1px!important;font:1rem "A,B",c}'
