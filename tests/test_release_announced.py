"""Telling that figures are out: a real mail server gets the link, never the data; every try is written down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from collector import jobs
from collector.db import Database
from collector.mail import try_to_send
from collector.releases import announce
from collector.releases.register import Record, add
from collector.settings import Settings
from tests.conftest import CheckedClient
from tests.released import put_release
from tests.world import World, make_world, tiny

NAME = "trust-summary_E12000007_2026-27-Q1_r0"
OUT = date(2026, 7, 21)
NOW = datetime(2026, 7, 21, 9, 35, tzinfo=UTC)
URL = "https://trust.example.org"


@dataclass
class Post:
    """A mail server that keeps heads and words of what it gets. It refuses some addresses, or everything."""

    refused: set[str] = field(default_factory=set)
    got: list[tuple[list[str], str]] = field(default_factory=list)
    port: int = 0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address in self.refused:
            return "550 no such address"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        mail = message_from_bytes(envelope.content, policy=default)
        head = "".join(f"{name}: {value}\n" for name, value in mail.items())
        self.got.append((envelope.rcpt_tos, head + mail.get_content()))
        return "250 OK"


class AnyPort(Controller):
    """The server on a port that is free; the library's own greeting of itself needs to know it."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def post() -> Iterator[Post]:
    found = Post()
    controller = AnyPort(found, hostname="127.0.0.1", port=0)
    controller.start()
    found.port = controller.port
    yield found
    controller.stop()


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path)


def settings(world: World, port: int, **more: object) -> Settings:
    return replace(
        world.settings, public_url=URL, smtp_host="127.0.0.1", smtp_port=port, smtp_security="none",
        mail_from="collector@example.org", mail_to="one@example.org, two@example.org", **more,  # type: ignore[arg-type]
    )  # fmt: skip


def put_out(
    database: Database,
    name: str = NAME,
    status: str = "final",
    out: date = OUT,
    revision: int = 0,
    reason: str = "",
    sums: str = "a  b.csv\n",
) -> None:
    with database.transaction():
        add(
            database,
            Record("2026-27-Q1", revision, name, status, out, out, "test", reason, "hash", "1", "1", sums),
        )


def outcomes(database: Database) -> list[str]:
    return [outcome for (outcome,) in database.rows("SELECT outcome FROM delivery ORDER BY release, at")]


def test_the_link_goes_to_everybody_once_and_no_figure_with_it(world: World, post: Post) -> None:
    put_out(world.database)
    mail = settings(world, post.port)
    assert announce.announce(world.database, mail, NOW, synthetic=False) == f"{NAME} sent"
    (to, text), *more = post.got
    assert to == ["one@example.org", "two@example.org"]
    assert not more
    assert f"{URL}/releases#{NAME}" in text
    assert "invented" not in text
    assert "text/plain" in text
    assert not any(word in text for word in ("percent", "csv,", "attachment", "multipart"))
    assert announce.announce(world.database, mail, NOW + timedelta(days=1), synthetic=False) == "nothing to tell"
    assert outcomes(world.database) == ["sent"]


def test_the_link_leads_to_the_release_on_the_page_of_files(tmp_path: Path, post: Post) -> None:
    world = make_world(tmp_path, tiny(), synthetic=True)
    folder = put_release(world.settings.exports, tiny())
    name = folder.name
    put_out(world.database, name, sums=(folder / "checksums.txt").read_text())
    announce.announce(world.database, settings(world, post.port), NOW, synthetic=True)
    page = CheckedClient(world.app()).get("/releases").text
    assert f"{URL}/releases#{name}" in post.got[0][1]
    assert f'id="{name}"' in page
    assert "invented" in post.got[0][1]


def test_a_correction_says_so(world: World, post: Post) -> None:
    put_out(world.database, NAME.replace("_r0", "_r1"), "corrected", revision=1, reason="correction missed")
    announce.announce(world.database, settings(world, post.port), NOW, synthetic=False)
    assert "Subject: A correction of the figures: 2026-27-Q1" in post.got[0][1]


def test_a_note_on_the_figures_says_so(world: World, post: Post) -> None:
    put_out(world.database, NAME.replace("_r0", "_r1"), revision=1, reason="notice missed")
    announce.announce(world.database, settings(world, post.port), NOW, synthetic=False)
    assert "Subject: A note on the figures: 2026-27-Q1" in post.got[0][1]


def test_a_server_that_is_away_is_tried_again_after_longer_and_longer_waits(world: World, post: Post) -> None:
    put_out(world.database)
    gone = settings(world, 1)
    moment, waits = NOW, []
    for _ in range(6):
        assert announce.announce(world.database, gone, moment, synthetic=False).startswith(f"{NAME} not sent: ")
        before = moment
        while not list(announce.due(world.database, moment)):
            moment += timedelta(minutes=15)
        waits.append(moment - before)
    assert waits == sorted(waits)
    assert waits[-1] == announce.LONGEST_WAIT
    assert announce.announce(world.database, settings(world, post.port), moment, synthetic=False) == f"{NAME} sent"
    assert len(post.got) == 1
    assert outcomes(world.database)[-1] == "sent"


def test_it_gives_up_in_the_end(world: World) -> None:
    put_out(world.database)
    with world.database.transaction():
        for hour in range(announce.MOST_TRIES):
            world.database.execute(
                "INSERT INTO delivery (release, at, outcome) VALUES (1, :at, 'not sent: OSError')",
                {"at": (NOW + timedelta(hours=hour)).isoformat()},
            )
    assert not list(announce.due(world.database, NOW + timedelta(days=7)))


def test_an_address_that_is_refused_is_counted_and_the_others_get_it(world: World, post: Post) -> None:
    put_out(world.database)
    post.refused = {"one@example.org"}
    assert announce.announce(world.database, settings(world, post.port), NOW, synthetic=False) == (
        f"{NAME} sent, 1 addresses refused"
    )
    assert post.got[0][0] == ["two@example.org"]


def test_no_message_goes_unsealed_where_tls_is_wanted(world: World, post: Post) -> None:
    put_out(world.database)
    for security in ("starttls", "tls"):
        mail = replace(settings(world, post.port), smtp_security=security)
        assert "not sent" in try_to_send(
            announce.message(next(announce.due(world.database, NOW)), mail, NOW, False), mail
        )
    assert not post.got


@pytest.mark.parametrize("out", [OUT - timedelta(days=60), OUT + timedelta(days=1)], ids=["old", "not out yet"])
def test_only_what_is_newly_out_is_told(world: World, post: Post, out: date) -> None:
    put_out(world.database, out=out)
    assert announce.announce(world.database, settings(world, post.port), NOW, synthetic=False) == "nothing to tell"


def test_nothing_is_tried_while_mail_is_not_set(world: World) -> None:
    put_out(world.database)
    assert announce.announce(world.database, world.settings, NOW, synthetic=False) == "mail is not set"
    assert outcomes(world.database) == []


def test_the_job_tells_and_records_it(world: World, post: Post) -> None:
    put_out(world.database)
    assert jobs.run("announce", settings(world, post.port), NOW, NOW) == f"done: {NAME} sent"


def test_the_password_is_not_shown_with_the_settings(world: World) -> None:
    assert "hunter2" not in repr(replace(world.settings, smtp_password="hunter2"))
