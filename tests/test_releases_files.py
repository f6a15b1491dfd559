"""The shelf and its files: only what was published, as it was published, compressed for those who take it."""

from __future__ import annotations

import gzip
import hashlib
import re
from functools import partial
from pathlib import Path

import brotli
import pytest
from werkzeug.test import Client

from collector.releases.published import index
from collector.web.figures import page_cache
from tests.conftest import CheckedClient
from tests.released import NAME, only, put_folder, put_release
from tests.world import World


@pytest.fixture(autouse=True)
def look_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each request looks at the folder, so that tests need not wait a second."""
    monkeypatch.setattr(index, "FRESH", 0.0)


def test_before_the_first_release_the_pages_say_so(client: CheckedClient) -> None:
    assert "Nothing has been published yet" in client.get("/figures").text
    assert "Nothing has been published yet" in client.get("/releases").text


def test_a_draft_is_never_shown_wherever_it_lies(client: CheckedClient, world: World) -> None:
    put_release(world.settings.exports / "draft", world.survey)
    put_release(world.settings.exports, world.survey, status="draft")
    (world.settings.exports / ".hidden").mkdir()
    assert "Nothing has been published yet" in client.get("/releases").text
    assert client.get(f"/releases/{NAME}/methods.md").status_code == 404
    assert client.get("/releases/draft/methods.md").status_code == 404


def test_a_release_with_one_draft_row_is_not_shown(client: CheckedClient, world: World) -> None:
    put_release(world.settings.exports, world.survey, only("E09000029", {"status": "draft"}))
    assert "Nothing has been published yet" in client.get("/releases").text


@pytest.mark.parametrize("name", [f"{NAME}.csv", "methods.md", "checksums.txt"])
def test_a_release_of_which_a_byte_has_changed_is_gone(client: CheckedClient, world: World, name: str) -> None:
    folder = put_release(world.settings.exports, world.survey)
    assert client.get("/figures").status_code == 200
    (folder / name).write_bytes((folder / name).read_bytes()[:-1] + b"?")
    assert "Nothing has been published yet" in client.get("/releases").text
    assert client.get(f"/releases/{NAME}/methods.md").status_code == 404


def test_a_folder_that_is_no_release_does_no_harm(client: CheckedClient, world: World) -> None:
    put_release(world.settings.exports, world.survey)
    put_folder(world.settings.exports / "notes", {"notes.csv": b"a,b\r\n1,2\r\n"})
    put_folder(world.settings.exports / "empty", {"empty.csv": b""})
    (world.settings.exports / "link").symlink_to(world.settings.exports / NAME)
    assert client.get("/releases").text.count("<section") == 1


def test_each_file_can_be_downloaded_and_is_what_its_checksum_says(client: CheckedClient, world: World) -> None:
    folder = put_release(world.settings.exports, world.survey)
    page = client.get("/releases").text
    links = re.findall(r'href="(/releases/[^"]+)"', page)
    assert len(links) == 4
    for link in links:
        answer = client.get(link)
        name = link.rpartition("/")[2]
        assert answer.data == (folder / name).read_bytes()
        assert answer.headers["Content-Disposition"] == f"attachment; filename={name}"
        assert hashlib.sha256(answer.data).hexdigest() in page
        assert answer.headers["ETag"] == f'"{hashlib.sha256(answer.data).hexdigest()}"'
        assert client.get(link, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert client.get(links[0]).headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("name", "kind"),
    [(f"{NAME}.csv", "text/csv; charset=utf-8; header=present"), ("methods.md", "text/markdown; charset=utf-8")],
)
def test_a_download_has_the_right_type(client: CheckedClient, world: World, name: str, kind: str) -> None:
    put_release(world.settings.exports, world.survey)
    assert client.get(f"/releases/{NAME}/{name}").headers["Content-Type"] == kind


def test_a_download_is_compressed_for_those_who_take_it_and_stays_the_same_file(world: World) -> None:
    folder = put_release(world.settings.exports, world.survey)
    client, address = Client(world.app()), f"/releases/{NAME}/{NAME}.csv"
    whole = (folder / f"{NAME}.csv").read_bytes()
    tags = {client.get(address).headers["ETag"]}
    for name, opened in (("br", brotli.decompress), ("gzip", gzip.decompress)):
        asked = {"Accept-Encoding": f"{name}, deflate"}
        answer = client.get(address, headers=asked)
        assert answer.headers["Content-Encoding"] == name
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert answer.headers["Content-Length"] == str(len(answer.data))
        assert len(answer.data) < len(whole) / 5
        assert opened(answer.data) == whole
        tag = answer.headers["ETag"]
        again = client.get(address, headers={**asked, "If-None-Match": tag})
        assert (again.status_code, again.data, again.headers["Vary"]) == (304, b"", "Accept-Encoding")
        assert "Content-Encoding" not in again.headers
        assert client.get(address, headers={"If-None-Match": tag}).status_code == 200
        assert client.head(address, headers=asked).headers["Content-Length"] == str(len(answer.data))
        tags.add(tag)
    assert len(tags) == 3
    refused = client.get(address, headers={"Accept-Encoding": "br;q=0, gzip;q=0"})
    assert (refused.data, refused.headers["Vary"]) == (whole, "Accept-Encoding")


def test_a_workbook_is_compressed_within_and_goes_out_as_it_is(world: World) -> None:
    put_release(world.settings.exports, world.survey, more={f"{NAME}.xlsx": b"PK" * 500})
    answer = Client(world.app()).get(f"/releases/{NAME}/{NAME}.xlsx", headers={"Accept-Encoding": "br, gzip"})
    assert answer.data == b"PK" * 500
    assert "Content-Encoding" not in answer.headers
    assert "Vary" not in answer.headers


def test_a_file_once_sent_is_gone_with_its_release(client: CheckedClient, world: World) -> None:
    folder = put_release(world.settings.exports, world.survey)
    for asked in ({}, {"Accept-Encoding": "br"}):
        assert client.get(f"/releases/{NAME}/methods.md", headers=asked).status_code == 200
    folder.rename(folder.with_name(f".{folder.name}"))
    for asked in ({}, {"Accept-Encoding": "br"}):
        assert client.get(f"/releases/{NAME}/methods.md", headers=asked).status_code == 404
        assert client.get(f"/releases/.{NAME}/methods.md", headers=asked).status_code == 404


def test_the_cache_keeps_what_is_used_and_no_more_than_it_may(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(page_cache, "MOST_BYTES", 700)
    kept = page_cache.PageCache(index.Index(tmp_path))
    made: list[str] = []

    def page(name: str) -> str:
        made.append(name)
        return 500 * name

    for name in ("a", "b", "a", "a", "b"):
        kept.page(name, partial(page, name))
    assert made == ["a", "b", "a", "b"]


@pytest.mark.parametrize("name", ["counts.json", "..%2f..%2fdata%2fsecret", "../secret", "", "METHODS.MD"])
def test_no_file_but_those_listed_can_be_had(client: CheckedClient, world: World, name: str) -> None:
    folder = put_release(world.settings.exports, world.survey)
    (folder / "counts.json").write_text("{}")
    assert client.get(f"/releases/{NAME}/{name}").status_code == 404
