"""Every message that needs translating, with its context: from templates, code, the survey and the promises."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from babel.messages.extract import extract_from_dir

from collector.errors import SettingsError
from collector.languages import meaning
from collector.languages.merge import Message, template
from collector.languages.po import FORMS, PoFile
from collector.survey import words
from collector.survey.definition import Survey

ONE, COUNTED = ((1, "c"), 2), ((1, "c"), 2, 3)
KEYWORDS = {"t": ONE, "tp": ONE, "message": ONE, "tn": COUNTED}
"""`tn` is a sentence that counts: context, English for one, English for more, the number."""
NO_NOTES: Mapping[str, str] = MappingProxyType({})
METHODS = [("**.py", "python"), ("**.html", "jinja2.ext:babel_extract")]

PLACES = {
    "mark": "A mark at the edge of a page.",
    "first": "The first screen, before anybody decides to take part.",
    "survey": "The survey page.",
    "nav": "Getting about: a button or link. Short.",
    "error": "Beside a question that is not answered as it can be. Plain, no blame.",
    "problem": "The box at the top of a page when something needs another look. Plain, no blame.",
    "page": "A page of one or two sentences.",
    "thanks": "The thank-you page.",
    "receipt": "The page where a person takes their answers back.",
    "help": "Where to find help. Keep the telephone numbers.",
    "home": "The page for somebody who came without a code.",
    "poster": "The poster on the wall and the card to take home. Short: it is read from two metres.",
    "words": "The page where people tell us a better word for a translation.",
    "tablet": "On the tablet in a shop. The helper hands it over; what is locked can be opened by nobody there.",
    "sound": "For people who listen: a recording of the words beside it.",
}
"""What translators are told of the program's own words, by the first part of the context."""


def wanted(
    package: Path, surveys: Sequence[Survey], promises: Iterable[Message], notes: Mapping[str, str] = NO_NOTES
) -> PoFile:
    """The template (.pot) of everything there is to say. Raises SettingsError when a context has two texts."""
    asked = [message for survey in sorted(surveys, key=_newest_first) for message in words.messages(survey)]
    own = [*promises, *interface(package)]
    seen: dict[str, str] = {}
    for context, english, _ in own:
        if seen.setdefault(context, english) != english:
            raise SettingsError(f"The message {context} has two English texts: {seen[context]!r} and {english!r}.")
    told = [(context, english, notes.get(context, note)) for context, english, note in (*asked, *own)]
    return template(told, meaning.written(surveys))


def _newest_first(survey: Survey) -> tuple[str, list[int]]:
    """Two versions may share a text: the notes of the newer one are the better ones."""
    return survey.code, [-int(number) for number in survey.version.split(".")]


def interface(package: Path) -> Iterator[Message]:
    """(context, English, note) of the program's own words, from its templates and code."""
    options = {"**.html": {"silent": "false"}}
    found = extract_from_dir(
        str(package / "web"), method_map=METHODS, options_map=options, keywords=KEYWORDS, comment_tags=()
    )
    for _, _, text, _, context in found:
        if context:
            yield (
                context,
                FORMS.join(text) if isinstance(text, tuple) else text,
                PLACES.get(context.partition("/")[0], "Page text."),
            )
