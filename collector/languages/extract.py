"""Every message that needs translating, with its context: from templates, code, the survey and the promises."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from collector.errors import SettingsError

Message = tuple[str, str, str]
KEYWORDS = {"t": ((1, "c"), 2), "tp": ((1, "c"), 2), "message": ((1, "c"), 2)}
METHODS = [("**.py", "python"), ("**.html", "jinja2.ext:babel_extract")]


def interface(package: Path) -> Iterator[Message]:
    """(context, English, where) of the program's own words, from its templates and code."""
    options = {"**.html": {"silent": "false"}}
    found = extract_from_dir(
        str(package / "web"), method_map=METHODS, options_map=options, keywords=KEYWORDS, comment_tags=()
    )
    for filename, _, text, _, context in found:
        if context and isinstance(text, str):
            yield context, text, f"web/{filename}"


def template(messages: Iterable[Message]) -> Catalog:
    """A catalogue template (.pot) with each context once. Raises SettingsError when one context has two texts."""
    catalogue = Catalog(project="Collector", charset="utf-8")
    seen: dict[str, str] = {}
    for context, english, note in messages:
        if seen.setdefault(context, english) != english:
            raise SettingsError(f"The message {context} has two English texts: {seen[context]!r} and {english!r}.")
        catalogue.add(english, context=context, auto_comments=[note] if note else [])
    return catalogue


def as_text(catalogue: Catalog) -> str:
    """A catalogue as .po text, in the order of its contexts, without dates and line numbers that change every day."""
    out = io.BytesIO()
    write_po(out, catalogue, width=0, omit_header=True, no_location=True, sort_output=False)
    return out.getvalue().decode()


def missing(path: Path, messages: Iterable[Message]) -> list[Message]:
    """Messages that a .po file does not hold, or holds for another English text."""
    with path.open("rb") as lines:
        catalogue = read_po(lines)
    held = {(str(m.context), str(m.id)) for m in catalogue if m.string}
    return [(c, e, n) for c, e, n in messages if (c, e) not in held]
