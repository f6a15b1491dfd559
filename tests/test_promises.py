"""Every sentence of the first screen is kept by something, and this file checks what no other does."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest

from collector.governance import promises
from tests.conftest import CheckedClient
from tests.test_respond import FULL, begin
from tests.world import SHIPPED_SETTINGS, World

ROOT = Path(__file__).parent.parent
TIME = re.compile(r"\b\d{1,2}:\d{2}(:\d{2})?\b")


def test_every_promise_names_a_test_that_exists() -> None:
    for promise in promises.load(SHIPPED_SETTINGS.forms):
        assert promise.enforced_by, f"{promise.id} is enforced by nothing"
        for name in promise.enforced_by:
            file, _, function = name.partition("::")
            assert f"def {function}(" in (ROOT / file).read_text(encoding="utf-8"), name


def test_no_question_asks_for_a_name(world: World) -> None:
    for question in world.survey.questions:
        asked = question.msgid.lower()
        for word in (
            "your name",
            "date of birth",
            "postcode",
            "nhs number",
            "immigration",
            "country of birth",
            "phone number",
        ):
            assert word not in asked


def test_somebody_who_reads_aloud_is_told_of_on_the_first_screen(client: CheckedClient, world: World) -> None:
    assert "that person will hear your answers" in client.get(f"/v/{world.venue}").text


def test_no_time_and_no_address_is_kept(client: CheckedClient, world: World) -> None:
    address = begin(client, world)
    answer = client.post(
        address,
        data=FULL,
        headers={"User-Agent": "Telltale/9.9", "X-Forwarded-For": "203.0.113.9"},
        environ_overrides={"REMOTE_ADDR": "203.0.113.9"},
    )
    assert answer.status_code == 200
    client.post("/receipt", data={"number": "1"}, environ_overrides={"REMOTE_ADDR": "203.0.113.9"})
    world.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for path in world.settings.data.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        assert b"203.0.113.9" not in content
        assert b"Telltale" not in content
    tables = ("response", "comment", "submission", "receipt", "day_count")
    for line in world.database.tables.conn.iterdump():
        if any(line.startswith(f'INSERT INTO "{table}"') for table in tables):
            assert not TIME.search(line), line


def test_the_program_connects_to_nobody(client: CheckedClient, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the program tried to connect to somebody")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "sendto", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    for page in ("", "/en", "/ur/short", "/no-thanks"):
        assert client.get(f"/v/{world.venue}{page}").status_code == 200
    assert client.post(begin(client, world), data=FULL).status_code == 200
    assert client.get("/healthz").status_code == 200


def test_no_page_allows_a_third_party(client: CheckedClient, world: World) -> None:
    for page in (f"/v/{world.venue}", f"/v/{world.venue}/en", "/receipt", "/", "/nowhere"):
        policy = client.get(page).headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none';")
        assert "http" not in policy
        assert "unsafe" not in policy
