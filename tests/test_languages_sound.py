"""Recordings: a player where a fresh one exists, nothing where there is none or an old one; served well."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from werkzeug.test import Client

from collector.errors import SettingsError
from collector.languages import registry, sound
from collector.languages.catalogue import Catalogues
from tests.conftest import CheckedClient
from tests.world import SHIPPED_SETTINGS, World, make_world

SHIPPED = SHIPPED_SETTINGS.translations
TAKE = b"OggS" + bytes(range(256)) * 4
PLAYER = re.compile(
    r'<audio controls preload="none" aria-label="([^"]+)">((?:<source src="[^"]+" type="[^"]+">)+)</audio>'
)
SOURCE = re.compile(r'<source src="([^"]+)" type="([^"]+)">')


@pytest.fixture
def heard(tmp_path: Path) -> World:
    """An installation with recordings of a question, an option set and a promise in Bengali."""
    home = tmp_path / "translations"
    shutil.copytree(SHIPPED, home)
    world = make_world(tmp_path, COLLECTOR_TRANSLATIONS=str(home))
    words = Catalogues(registry.load(home), home).words("bn")
    given = [("promise/no_name", "We do not ask your name, so we cannot contact you.", "")]
    said = sound.wanted(world.survey, given)
    for code, name in (("UN_PCC1", "a.opus"), ("UN_PCC1", "a.mp3"), ("FREQ5", "b.opus"), ("promise/no_name", "c.opus")):
        (tmp_path / name).write_bytes(TAKE + name.encode())
        sound.take(home, words, code, said[code], tmp_path / name, "Rahima")
    return world


def question_of(page: str, code: str) -> str:
    """The part of a survey page that asks one question."""
    return next(part for part in page.split("<fieldset")[1:] if f'name="{code}"' in part)


def test_a_player_stands_by_a_question_its_answers_and_a_promise(heard: World) -> None:
    client = CheckedClient(heard.app())
    survey = client.get(f"/v/{heard.venue}/bn").text
    question = question_of(survey, "UN_PCC1")
    labels = [label for label, _ in PLAYER.findall(question)]
    assert labels == ["শুনুন: আপনার কাছে যা জরুরি, স্বাস্থ্যসেবার কর্মীরা কি তা মন দিয়ে শোনেন?", "শুনুন: সব সময়"]
    assert [kind for _, kind in SOURCE.findall(PLAYER.findall(question)[0][1])] == [
        "audio/ogg; codecs=opus",
        "audio/mpeg",
    ]
    assert len(PLAYER.findall(client.get(f"/v/{heard.venue}?to=bn").text)) == 1
    assert "<audio" not in client.get(f"/v/{heard.venue}/ur").text
    assert "<audio" not in client.get(f"/v/{heard.venue}/en").text


def test_only_pages_with_sound_may_load_it(heard: World) -> None:
    client = Client(heard.app())
    for page, allowed in (
        ("/bn", True),
        ("?to=bn", True),
        ("/ur", False),
        ("?to=ur", False),
        ("/no-thanks?to=bn", False),
    ):
        policy = client.get(f"/v/{heard.venue}{page}").headers["Content-Security-Policy"]
        assert ("media-src 'self'" in policy) == allowed, page
    typed = client.post("/words?to=bn", data={"words": "<audio " + "x" * 200})
    assert "media-src" not in typed.headers["Content-Security-Policy"]


def test_a_recording_is_served_whole_or_in_parts_and_kept_for_good(heard: World) -> None:
    client = Client(heard.app())
    address = SOURCE.findall(client.get(f"/v/{heard.venue}?to=bn").text)[0][0]
    whole = client.get(address)
    assert (whole.status_code, whole.data, whole.mimetype) == (200, TAKE + b"c.opus", "audio/ogg")
    assert whole.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert whole.headers["Accept-Ranges"] == "bytes"
    part = client.get(address, headers={"Range": "bytes=4-11"})
    assert (part.status_code, part.data) == (206, TAKE[4:12])
    assert part.headers["Content-Range"] == f"bytes 4-11/{len(TAKE) + 6}"
    assert client.get(address, headers={"Range": "bytes=99999-"}).status_code == 416
    assert client.get(address, headers={"If-None-Match": whole.headers["ETag"]}).status_code == 304
    assert client.head(address).data == b""


NOWHERE = ["/sound/bn/{digest}/manifest.csv", "/sound/xx/{digest}/{name}", "/sound/bn/0000000000000000/{name}"]


@pytest.mark.parametrize("address", [*NOWHERE, "/sound/bn/{digest}/..%2f..%2flanguages.yaml"])
def test_nothing_else_is_served_from_there(heard: World, address: str) -> None:
    client = CheckedClient(heard.app())
    _, _, _, digest, name = SOURCE.findall(client.get(f"/v/{heard.venue}?to=bn").text)[0][0].split("/")
    assert client.get(address.format(digest=digest, name=name)).status_code == 404


def test_a_recording_of_an_older_text_is_not_offered(heard: World) -> None:
    path = heard.settings.translations / "bn" / "messages.po"
    path.write_text(path.read_text(encoding="utf-8").replace("মন দিয়ে শোনেন", "কান পেতে শোনেন"), encoding="utf-8")
    page = CheckedClient(heard.app()).get(f"/v/{heard.venue}/bn").text
    question = question_of(page, "UN_PCC1")
    assert [label for label, _ in PLAYER.findall(question)] == ["শুনুন: সব সময়"]


def test_a_spoken_language_is_offered_when_it_can_be_heard(tmp_path: Path) -> None:
    home = tmp_path / "translations"
    shutil.copytree(SHIPPED, home)
    known = registry.load(home)
    assert "syl" not in [language.tag for language in Catalogues(known, home).offered("all")]
    world = make_world(tmp_path, COLLECTOR_TRANSLATIONS=str(home))
    (tmp_path / "take.opus").write_bytes(TAKE)
    words = Catalogues(known, home).words("syl")
    sound.take(home, words, "OV1", sound.wanted(world.survey, [])["OV1"], tmp_path / "take.opus", "Shuheb")
    page = CheckedClient(world.app()).get(f"/v/{world.venue}/syl").text
    assert '<html lang="syl" dir="ltr">' in page
    assert 'lang="bn" dir="ltr"' in page
    assert len(PLAYER.findall(page)) == 1
    assert "/sound/syl/" in page


def test_no_recordings_are_shipped() -> None:
    assert not list(SHIPPED.rglob("*.opus")) + list(SHIPPED.rglob("*.mp3")), "a synthetic voice is not the community's"


def test_a_manifest_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "manifest.csv").write_text("name,what\n1,2\n")
    with pytest.raises(SettingsError, match="Its columns are code, text, voice"):
        sound.read(tmp_path)


def test_a_file_that_is_gone_leaves_no_player(heard: World) -> None:
    for path in (heard.settings.translations / "audio" / "bn").glob("FREQ5.*"):
        path.unlink()
    assert "শুনুন: সব সময়" not in CheckedClient(heard.app()).get(f"/v/{heard.venue}/bn").text
