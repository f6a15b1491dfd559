"""Every page in every language: its language, direction and title, and no English but where the page says so."""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import Client, TestResponse

from collector.languages import po, registry, upkeep
from collector.web.body import MAX_BODY
from collector.web.pages import HEAVIEST
from tests.conftest import CheckedClient, check_page
from tests.test_respond import FULL, begin, receipt_in
from tests.world import SHIPPED_SETTINGS, World, make_world

SHIPPED = SHIPPED_SETTINGS.translations
REGISTRY = registry.load(SHIPPED)
TAGS = ["en", *(language.tag for language in upkeep.translated(REGISTRY))]
ENGLISH = {e.context: e.source for e in po.read(SHIPPED / "messages.pot").entries}
MARKED = re.compile(r'<(span class="other"|small) lang="en" dir="ltr">.*?</(span|small)>', re.S)
MOST_FALLEN_BACK = 10_500

Visit = Callable[[CheckedClient, World, str], TestResponse]


def sent(client: CheckedClient, world: World, tag: str, **more: object) -> TestResponse:
    return client.post(begin(client, world, tag), data={**FULL, **more})


def again(client: CheckedClient, world: World, tag: str) -> TestResponse:
    address = begin(client, world, tag)
    key = client.get_cookie("key_full", path=address)
    assert key is not None
    client.post(address, data=FULL)
    client.set_cookie("key_full", key.value, path=address)
    return client.post(address, data={**FULL, "OV1": "never"})


def withdrawn(client: CheckedClient, world: World, tag: str, sure: str = "yes") -> TestResponse:
    number = receipt_in(sent(client, world, tag).text)
    return client.post(f"/receipt?to={tag}", data={"number": number, "sure": sure})


PAGES: dict[str, tuple[int, Visit]] = {
    "home": (200, lambda c, w, t: c.get(f"/?to={t}")),
    "first": (200, lambda c, w, t: c.get(f"/v/{w.venue}?to={t}")),
    "survey": (200, lambda c, w, t: c.get(f"/v/{w.venue}/{t}")),
    "short": (200, lambda c, w, t: c.get(f"/v/{w.venue}/{t}/short")),
    "thanks": (200, lambda c, w, t: sent(c, w, t)),
    "empty": (422, lambda c, w, t: c.post(begin(c, w, t), data={"version": "1.1.0", "end": "1"})),
    "wrong": (422, lambda c, w, t: sent(c, w, t, OV1="perhaps", CH1=["none", "barber"], O1="x" * 501)),
    "many": (
        422,
        lambda c, w, t: sent(c, w, t, CH1=["faith", "barber", "family", "council"], UN_ACC1=["always", "never"]),
    ),
    "used": (422, again),
    "old version": (409, lambda c, w, t: sent(c, w, t, version="0.0.1")),
    "too young": (200, lambda c, w, t: sent(c, w, t, A_AGE="under_16")),
    "no thanks": (200, lambda c, w, t: c.get(f"/v/{w.venue}/no-thanks?to={t}")),
    "receipt": (200, lambda c, w, t: c.get(f"/receipt?to={t}")),
    "wrong number": (422, lambda c, w, t: c.post(f"/receipt?to={t}", data={"number": "1"})),
    "sure": (200, lambda c, w, t: withdrawn(c, w, t, "")),
    "withdrawn": (200, lambda c, w, t: withdrawn(c, w, t)),
    "better word": (200, lambda c, w, t: c.get(f"/words?to={t}")),
    "no word": (422, lambda c, w, t: c.post(f"/words?to={t}", data={"words": " "})),
    "long word": (422, lambda c, w, t: c.post(f"/words?to={t}", data={"words": "x" * 201})),
    "word kept": (200, lambda c, w, t: c.post(f"/words?to={t}", data={"words": "word"})),
    "no venue": (404, lambda c, w, t: c.get(f"/v/nosuch?to={t}")),
    "no variant": (404, lambda c, w, t: c.get(f"/v/{w.venue}/{t}/tiny")),
    "no language": (404, lambda c, w, t: c.get(f"/v/{w.venue}/xx?to={t}")),
    "nowhere": (404, lambda c, w, t: c.get(f"/nowhere?to={t}")),
    "method": (405, lambda c, w, t: c.delete(f"/receipt?to={t}")),
    "large": (413, lambda c, w, t: sent(c, w, t, O2="x" * (MAX_BODY + 1))),
    "elsewhere": (403, lambda c, w, t: c.post(begin(c, w, t), data=FULL, headers={"Origin": "https://evil.example"})),
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = make_world(
        tmp_path_factory.mktemp("languages"), COLLECTOR_DAILY_QUOTA="1000000", COLLECTOR_LOCAL_HELP="Line 020 7946 0001"
    )
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def client(world: World) -> CheckedClient:
    return CheckedClient(world.app())


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_in_its_language(client: CheckedClient, world: World, page: str, tag: str) -> None:
    status, visit = PAGES[page]
    client.application.application.extensions["collector-tries"]._left.clear()
    answer = visit(client, world, tag)
    assert answer.status_code == status
    head = re.search(r'<html lang="([\w-]+)" dir="(\w+)">', answer.text)
    assert head is not None
    assert head.groups() == (tag, REGISTRY.languages[tag].dir)
    if tag != "en":
        assert english_in(answer.text, tag) == []
        assert f'<a href="/words?to={tag}"' in answer.text, "a draft says so, with a way to better it"


def english_in(page: str, tag: str) -> list[str]:
    """Our English sentences that stand in a page without saying that they are English."""
    own = {entry.text.casefold() for entry in po.read(SHIPPED / tag / "messages.po").entries}
    told = html.unescape(MARKED.sub("", re.sub(r"<(style|script)>.*?</\1>", "", page, flags=re.S)))
    return [
        english
        for english in ENGLISH.values()
        if english.casefold() not in own and " " in english and "%(" not in english and english in told
    ]


@pytest.mark.parametrize("tag", TAGS)
def test_the_survey_page_is_light_in_every_language(tmp_path: Path, tag: str) -> None:
    world = make_world(tmp_path, COLLECTOR_PUBLIC_URL="https://trust.example.org")
    assert on_the_wire(world, tag) <= HEAVIEST


@pytest.mark.parametrize("tag", [tag for tag in TAGS if tag != "en"])
def test_a_page_that_has_wholly_fallen_back_is_still_light(tmp_path: Path, tag: str) -> None:
    home = translations(tmp_path, tag, frozenset(ENGLISH))
    world = make_world(tmp_path, COLLECTOR_PUBLIC_URL="https://trust.example.org", COLLECTOR_TRANSLATIONS=str(home))
    assert on_the_wire(world, tag) <= MOST_FALLEN_BACK


def on_the_wire(world: World, tag: str) -> int:
    """Bytes of a survey page with its status line and headers, brotli 11."""
    answer = Client(world.app()).get(f"/v/{world.venue}/{tag}", headers={"Accept-Encoding": "br"})
    assert answer.headers["Content-Encoding"] == "br"
    head = "HTTP/1.1 200 OK\r\n" + "".join(f"{name}: {value}\r\n" for name, value in answer.headers) + "\r\n"
    return len(head.encode()) + len(answer.data)


def translations(path: Path, tag: str, missing: frozenset[str]) -> Path:
    """A translations folder in which some messages of one language are missing."""
    home = path / "translations"
    (home / tag).mkdir(parents=True, exist_ok=True)
    for name in ("languages.yaml", "messages.pot"):
        shutil.copyfile(SHIPPED / name, home / name)
    file = po.read(SHIPPED / tag / "messages.po")
    kept = tuple(replace(e, text="") if e.context in missing else e for e in file.entries)
    po.write(home / tag / "messages.po", replace(file, entries=kept))
    return home


@given(missing=st.frozensets(st.sampled_from(sorted(ENGLISH)), max_size=60), tag=st.sampled_from(["ur", "bn", "pl"]))
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
def test_whatever_is_missing_every_page_stands_and_each_borrowed_piece_says_its_language(
    tmp_path_factory: pytest.TempPathFactory, world: World, missing: frozenset[str], tag: str
) -> None:
    home = translations(tmp_path_factory.mktemp("missing"), tag, missing)
    bare = replace(world, settings=replace(world.settings, translations=home))
    client = CheckedClient(bare.app())
    for page in ("first", "survey", "thanks", "wrong", "receipt", "better word", "no venue"):
        status, visit = PAGES[page]
        answer = visit(client, bare, tag)
        assert answer.status_code == status
        check_page(answer.text)
        body = answer.text.partition("</head>")[2]
        told = html.unescape(re.sub(r'\s(aria-label|data-\w+)="[^"]*"', "", MARKED.sub("", body)))
        for context in missing:
            english = ENGLISH[context]
            if " " in english and "%(" not in english:
                assert english not in told, f"{context} is English and does not say so"
        for piece in re.findall(
            r"<(?:h1|h2|legend|label[^>]*|li|p|button(?![^>]*hidden)[^>]*|a [^>]*)>(.*?)</", body, re.S
        ):
            assert "<input" in piece or re.sub(r"<[^>]+>", "", piece).strip(" –—-"), "nothing is blank"


def test_starting_and_asking_reads_no_catalogue_but_those_asked_for(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    real = po.read

    def noting(path: Path) -> po.PoFile:
        opened.append(path.parent.name)
        return real(path)

    monkeypatch.setattr(po, "read", noting)
    client = CheckedClient(world.app())
    assert opened == []
    client.get(f"/v/{world.venue}?to=en")
    assert opened == []
    client.get(f"/v/{world.venue}?to=so")
    client.get(f"/v/{world.venue}/so")
    assert opened == ["so"]


def test_a_signed_language_is_offered_without_a_draft_mark_and_drafts_are_not(tmp_path: Path) -> None:
    from datetime import date

    from collector.languages import signing

    home = tmp_path / "translations"
    shutil.copytree(SHIPPED, home)
    file = po.read(home / "so" / "messages.po")
    for name in ("Hodan", "Liban"):
        file = signing.sign(file, name, "reader", date(2026, 11, 1))
    po.write(home / "so" / "messages.po", file)
    world = make_world(tmp_path, COLLECTOR_TRANSLATIONS=str(home), COLLECTOR_DRAFT_LANGUAGES="none")
    client = CheckedClient(world.app())
    page = client.get(f"/v/{world.venue}", headers={"Accept-Language": "so"}).text
    assert '<html lang="so"' in page
    assert "/words?to=so" not in page
    assert "<small lang" not in page, "a signed promise stands alone"
    assert "Türkçe" not in page
    assert client.get(f"/v/{world.venue}/tr").status_code == 404
