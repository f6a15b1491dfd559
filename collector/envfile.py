"""Files of environment variables, read as systemd reads an EnvironmentFile: so the service and commands see the same.

The rules are those of systemd.exec(5). Nothing is run and nothing is filled in: a `$` is a letter like any other.
https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#EnvironmentFile=
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path

from collector.errors import SettingsError

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
BLANK, END = " \t\n\r", "\n\r"
GAP, SPACE = re.compile(r"[ \t\n\r]*"), re.compile(r"[ \t]*")
COMMENT = re.compile(r"[^\n\r]*")
KEY = re.compile(r"[^\n\r][^=\n\r]*")
SINGLE = re.compile(r"'([^']*)'?")
DOUBLE = re.compile(r'"((?:[^"\\]|\\[\s\S])*)(?:"|\\?\Z)')
ESCAPED = re.compile(r'\\(?:([\\"`$])|\n)')
PIECE = re.compile(r"\\(?P<escaped>[\s\S]?)|(?P<space>[ \t]+)|(?P<words>[^\\ \t\n\r]+)")
PLAIN = re.compile(r"[\w.,:/@%+=-]+\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Line:
    """One assignment. `name` is what stands before the `=`, fit for a variable or not; `number` is where it begins."""

    number: int
    name: str
    value: str

    @property
    def used(self) -> bool:
        """False for what systemd passes over."""
        return bool(NAME.match(self.name))


def parse(text: str) -> Iterator[Line]:
    """All assignments in their order. Raises SettingsError where versions of systemd differ."""
    at = GAP.match(text).end()  # type: ignore[union-attr]  # it matches nothing, too
    while at < len(text):
        number = text.count("\n", 0, at) + 1
        if text[at] in "#;":
            at = _after_comment(text, at, number)
        else:
            at, line = _assignment(text, at, number)
            if line is not None:
                yield line
        at = GAP.match(text, at).end()  # type: ignore[union-attr]


def _after_comment(text: str, at: int, number: int) -> int:
    end = COMMENT.match(text, at).end()  # type: ignore[union-attr]
    backslashes = len(text[at:end]) - len(text[at:end].rstrip("\\"))
    if backslashes % 2 and end < len(text):
        raise SettingsError(
            f"line {number}: a comment that ends in \\ hides the next line from some versions of systemd. Take the \\ away."
        )
    return end


def _assignment(text: str, at: int, number: int) -> tuple[int, Line | None]:
    """Where an assignment ends, and what it says; None for a line without `=`."""
    end = KEY.match(text, at).end()  # type: ignore[union-attr]
    if text[end : end + 1] != "=":
        return end, None
    name, value, here = text[at:end].rstrip(BLANK), "", end + 1
    while True:
        here = SPACE.match(text, here).end()  # type: ignore[union-attr]
        quoted = SINGLE.match(text, here) or DOUBLE.match(text, here)
        if quoted is None:
            here, last = _unquoted(text, here)
            return here, Line(number, name, value + last)
        value += quoted[1] if quoted[0].startswith("'") else ESCAPED.sub(lambda m: m[1] or "", quoted[1])
        here = quoted.end()


def _unquoted(text: str, at: int) -> tuple[int, str]:
    """The rest of a line: a backslash keeps the next letter and joins lines; spaces at the end go."""
    value, kept = "", 0
    while piece := PIECE.match(text, at):
        at = piece.end()
        if piece["escaped"] is not None:
            value += piece["escaped"].strip(END)
        else:
            value += piece[0]
        if piece["space"] is None:
            kept = len(value)
    return at, value[:kept]


def read(path: Path) -> list[Line]:
    """The assignments of a file. Raises SettingsError, with the file's name, when it cannot be read."""
    try:
        text = path.read_bytes().decode("utf-8")
        if "\0" in text:
            raise SettingsError("it holds a NUL. Type the file again.")
        return list(parse(text))
    except (OSError, UnicodeDecodeError, SettingsError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise SettingsError(f"{path} cannot be read: {why}") from error


def apply(path: Path, environment: MutableMapping[str, str]) -> list[str]:
    """Give an environment what a file says and it does not hold yet; what was passed over, in words."""
    lines = read(path)
    new = {line.name: line.value for line in lines if line.used}
    for name, value in new.items():
        environment.setdefault(name, value)
    return [
        f"{path}, line {line.number}: {line.name!r} is no name of a setting, so the line is passed over, as systemd does."
        for line in lines
        if not line.used
    ]


def as_text(values: Mapping[str, str]) -> str:
    """Values as such a file, which reads as them again."""
    return "".join(f"{name}={_quoted(value)}\n" for name, value in sorted(values.items()))


def _quoted(value: str) -> str:
    return value if PLAIN.match(value) else '"' + re.sub(r'([\\"`$])', r"\\\1", value) + '"'
