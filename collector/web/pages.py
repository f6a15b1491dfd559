"""Rendering: templates to HTML, and the survey pages, which are the same bytes for everybody and kept compressed."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import brotli
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from werkzeug.wrappers import Response

from collector import __version__, files
from collector.languages import sound
from collector.languages.catalogue import Words, isolate
from collector.responses.versions import Published
from collector.survey.definition import Label, Option, Question
from collector.survey.words import SPECIAL_LABELS
from collector.web import compact
from collector.web.site import Site
from collector.web.sound import player

HERE = Path(__file__).parent
ENCODINGS = ("br", "gzip", "identity")


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("collector.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["dialled"] = dialled
    environment.globals.update(isolate=isolate, special_labels=SPECIAL_LABELS, blocks=blocks, said=sound, globe=GLOBE)
    return environment


def blocks(question: Question) -> Iterator[tuple[Label | None, list[Option]]]:
    """A question's options under their headings; one group without a heading when there are none."""
    option_set = question.option_set
    if option_set is None or not option_set.blocks:
        yield None, list(question.options)
        return
    for block in option_set.blocks:
        yield block, [option for option in question.options if option.block == block.code]


CALLED = re.compile(r"(?<![\d-])(116\s123|999|111)(?![\d-])")
"""Numbers that help; in our own sentences they stand for nothing else."""


def dialled(text: Markup) -> Markup:
    """A sentence whose numbers a phone calls at a press."""
    called = CALLED.sub(lambda found: f'<a href="tel:{"".join(found[0].split())}" dir="ltr">{found[0]}</a>', text)
    return Markup(called)  # noqa: S704  (its text was escaped before)


def _file(name: str, shorten: Callable[[str], str]) -> Markup:
    """A file of the package, ready to stand in a page. Ours: nothing that anybody sent."""
    return Markup(shorten((HERE / "static" / name).read_text(encoding="utf-8")))  # noqa: S704


STYLE = Markup("").join(_file(name, compact.style) for name in ("style.css", "steps.css", "media.css"))
FULL_STYLE = STYLE + _file("more.css", compact.style)
OFFICE_STYLE = STYLE + _file("office.css", compact.style)
SCRIPT = _file("survey.js", compact.script)
AFTER = _file("after.js", compact.script)
GLOBE = Markup(
    '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 2a10 10 0 1 0 .1 0zm0 0c-6 6-6 14 0 20m0-20c6 6 6 14 0 20M2 12h20"/></svg>'
)
TEMPLATES = _environment()


def _hash(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


def policy(style: str, *scripts: str, sound: bool = False) -> str:
    """The content security policy of pages with a style sheet: constant hashes, for the pages are constant bytes."""
    media = "media-src 'self';" if sound else ""
    script = f"script-src {' '.join(map(_hash, scripts))};" if scripts else ""
    return (
        f"default-src 'none';style-src {_hash(style)};{script}{media}"
        "form-action 'self';base-uri 'none';frame-ancestors 'none'"
    )


PLAYER = b"<audio "
"""How a player begins in a page. What people typed cannot hold it: it is escaped."""


def has_sound(response: Response) -> bool:
    """Whether a page holds a player, so that the browser may load what is pressed."""
    return response.mimetype == "text/html" and not response.is_streamed and PLAYER in response.get_data()


def survey_headers(secure: bool, *, sound: bool = False) -> list[tuple[str, str]]:
    """Security headers of the empty survey page: few, as each byte counts on a weak signal."""
    headers = [
        ("Content-Security-Policy", policy(STYLE, SCRIPT, sound=sound)),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
    ]
    if secure:
        headers.append(("Strict-Transport-Security", "max-age=31536000"))
    return headers


def security_headers(secure: bool, *, sound: bool = False) -> list[tuple[str, str]]:
    """Security headers of every other page."""
    return [
        ("Content-Security-Policy", policy(FULL_STYLE, SCRIPT, AFTER, sound=sound)),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Permissions-Policy", "camera=(),geolocation=(),microphone=()"),
        *survey_headers(secure)[1:],
    ]


def render(site: Site, words: Words, template: str, style: Markup = FULL_STYLE, **values: Any) -> str:
    """A whole page in a language. `values` are what the template asks for besides."""
    return TEMPLATES.get_template(template).render(
        t=words.text,
        tp=words.plain,
        play=partial(player, site.recordings, words),
        words=words,
        style=style,
        script=SCRIPT,
        after=AFTER,
        synthetic=site.synthetic,
        survey_title=site.live().current.survey.title,
        contact=site.settings.contact,
        local_help=site.settings.local_help,
        languages=site.offered,
        **values,
    )


def survey_page(
    site: Site,
    words: Words,
    version: Published,
    variant: str,
    answers: Mapping[str, Any] | None = None,
    errors: Mapping[str, Markup] | None = None,
    **more: Any,
) -> str:
    """The survey page: empty, or with answers carried over and what is wrong with them."""
    values = {"problem": None, "action": "", "key": "", "send_words": "", **more}
    parts = list(version.survey.parts(variant))
    return render(
        site,
        words,
        "survey.html",
        survey=version.survey,
        parts=parts,
        count=sum(len(questions) for _, questions in parts),
        up="" if variant == "full" else "../",
        down="" if variant == "full" else f"/{variant}",
        answers=answers or {},
        errors=errors or {},
        **values,
    )


def faulty_page(
    site: Site, words: Words, version: Published, answers: Mapping[str, Any], errors: Mapping[str, Markup], **more: Any
) -> str:
    """Only the questions whose answers do not fit; all else that was filled in goes with them, unseen."""
    faulty = [question for question in version.survey.asked if question.code in errors]
    sent = ((code, value if isinstance(value, list) else [value]) for code, value in answers.items())
    kept = [(code, one) for code, values in sent if code not in errors for one in values]
    return render(
        site,
        words,
        "faulty.html",
        survey=version.survey,
        answers=answers,
        errors=errors,
        faulty=faulty,
        kept=kept,
        **more,
    )


@dataclass(frozen=True)
class StoredPage:
    """One survey page in each encoding, with its strong tag."""

    etag: str
    bodies: dict[str, bytes]

    @cached_property
    def sound(self) -> bool:
        """Whether it holds a player."""
        return PLAYER in self.bodies["identity"]


class SurveyPages:
    """Survey pages by version, variant and language: rendered on first use, compressed once, kept on disk by hash."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._folder = site.settings.data / "pages"
        self._pages: dict[tuple[str, str, str], StoredPage] = {}
        self._lock = threading.Lock()

    def get(self, variant: str, tag: str) -> StoredPage | None:
        """The page of the current version; None for a language or variant that is not offered."""
        version = self._site.live().current
        found = self._pages.get((version.hash, variant, tag))
        return found or self._make(version, variant, tag)

    def _make(self, version: Published, variant: str, tag: str) -> StoredPage | None:
        words = self._site.words(tag)
        if words is None or variant not in version.survey.asked_by:
            return None
        with self._lock:
            html = survey_page(self._site, words, version, variant, style=STYLE).encode()
            digest = hashlib.sha256(html + __version__.encode()).hexdigest()[:32]
            bodies = {name: self._body(digest, name, html) for name in ENCODINGS}
            page = self._pages[version.hash, variant, tag] = StoredPage(digest, bodies)
        return page

    def _body(self, digest: str, encoding: str, html: bytes) -> bytes:
        if encoding == "identity":
            return html
        path = self._folder / f"{digest}.{encoding}"
        try:
            return path.read_bytes()
        except FileNotFoundError:
            body = compress(html, encoding)
            _keep(path, body)
            return body


def compress(html: bytes, encoding: str) -> bytes:
    """The smallest form of a page: brotli 11 or gzip 9."""
    if encoding == "br":
        return bytes(brotli.compress(html, mode=brotli.MODE_TEXT, quality=11))
    return gzip.compress(html, 9, mtime=0)


def _keep(path: Path, body: bytes) -> None:
    """Whole or not at all, for other processes read it too; a full disk only costs time later."""
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        with files.alone_in(path.parent):
            files.replace(path, body)
    except OSError:
        return
