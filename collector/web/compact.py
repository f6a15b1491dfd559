"""Style sheets and scripts as they are sent: without what only those who read the source need. The same bytes each time."""

from __future__ import annotations

import re

STRING = re.compile(r"('(?:[^'\\\n]|\\.)*')")
AROUND = re.compile(r" *([=+\-*/<>?:{}(),;&|!]+) *")
LINE_END = re.compile(r"([;{,(\[])\n")
ONE_VALUE = re.compile(r"\((\w+)\)=>")
SHORT = {
    "answers": "B", "asks": "C", "count": "D", "divider": "E", "doc": "F", "event": "G", "field": "H",
    "first": "I", "form": "J", "former": "K", "given": "L", "head": "M", "heading": "N", "heads": "O", "item": "P",
    "kept": "Q", "make": "R", "marks": "S", "most": "T", "moved": "U", "onward": "V", "own": "W", "part": "X",
    "pass": "Y", "passed": "Z", "press": "_", "questions": "c", "read": "d", "review": "A", "row": "h", "save": "j",
    "says": "l", "screen": "m", "screens": "o", "show": "r", "shown": "v", "step": "w", "topic": "y", "what": "z",
    "which": "$",
}  # fmt: skip
"""Names of the survey's script, and what stands for each: whole words, in no text and after no dot (a test proves it)."""
NOUGHT = re.compile(r"(?<![\d.])0\.(?=\d)")
LONG = re.compile(rf"(?<![\w$.])(?:{'|'.join(SHORT)})(?![\w$])")


def script(text: str) -> str:
    """A script without comment lines, indentation and spaces, with short names. Texts in it are left as they are."""
    pieces = STRING.split(plain_script(text))
    pieces[::2] = [LONG.sub(_short, piece) for piece in pieces[::2]]
    return "".join(pieces)


def plain_script(text: str) -> str:
    """The same with the names that it has: the tablet's script keeps its words, as they are keys of what it sends."""
    lines = (line.strip() for line in text.splitlines())
    whole = "\n".join(line for line in lines if line and not line.startswith("//"))
    pieces = STRING.split(whole)
    pieces[::2] = [_code(piece) for piece in pieces[::2]]
    return "".join(pieces)


def _code(piece: str) -> str:
    """A piece of a script that holds no text."""
    piece = LINE_END.sub(r"\1", AROUND.sub(r"\1", piece))
    return ONE_VALUE.sub(r"\1=>", piece).replace("const ", "let ").replace(";}", "}")


def _short(found: re.Match[str]) -> str:
    return SHORT[found[0]]


def style(text: str) -> str:
    """A style sheet on one line. Sources have one selector or declaration a line, so that only its ends are looked at."""
    lines = (_line(line.strip()) for line in text.splitlines() if not line.startswith("/*"))
    return "".join(lines).replace(";}", "}")


def _line(line: str) -> str:
    if line.endswith((" {", ",")):
        return line.replace(" > ", ">").replace(" + ", "+").replace(": ", ":").replace(" {", "{")
    name, colon, value = line.partition(": ")
    if not colon or not value.endswith(";"):
        return line
    return f"{name}:{NOUGHT.sub('.', value).replace(', ', ',').replace(' / ', '/').replace(' !', '!')}"
