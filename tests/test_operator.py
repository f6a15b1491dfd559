"""Whoever keeps the server gets one mail when something turns wrong, and one when all is well again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from collector import health, operator
from collector.finding import Finding
from collector.settings import Settings
from tests.test_release_announced import AnyPort, Post
from tests.world import World

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
WRONG = [Finding("There is no backup of the last two days.", "Let it run.", "machine")]
DUTY = [Finding("3 answers are held.", "Look at them.", "duty"), Finding("Only English.", "Sign.", "note")]


@pytest.fixture
def post() -> Iterator[Post]:
    handler = Post()
    server = AnyPort(handler, hostname="127.0.0.1", port=0)
    server.start()
    handler.port = server.port
    yield handler
    server.stop()


def mailing(world: World, post: Post) -> Settings:
    return replace(
        world.settings, smtp_host="127.0.0.1", smtp_port=post.port, smtp_security="none",
        mail_from="collector@example.org", mail_operator="ama@example.org,ben@example.org",
    )  # fmt: skip


def test_one_mail_when_it_turns_wrong_and_one_when_it_is_well_again(world: World, post: Post) -> None:
    settings = mailing(world, post)
    for found in ([], WRONG, WRONG, WRONG + DUTY, WRONG, DUTY, [], DUTY):
        operator.tell(settings, NOW, found)
    assert [to for to, _ in post.got] == [["ama@example.org", "ben@example.org"]] * 2
    wrong, well = (text for _, text in post.got)
    assert "something is wrong" in wrong
    assert "- There is no backup of the last two days. Let it run." in wrong
    assert "held" not in wrong + well
    assert "all is well again" in well


def test_a_mail_that_could_not_be_sent_is_sent_later_and_once(world: World, post: Post) -> None:
    settings = mailing(world, post)
    nobody = replace(settings, smtp_port=1)
    assert operator.tell(nobody, NOW, WRONG).startswith("not sent")
    assert operator.tell(settings, NOW, WRONG) == "sent"
    assert operator.tell(nobody, NOW, []).startswith("not sent")
    assert operator.tell(settings, NOW, []) == "sent"
    assert operator.tell(settings, NOW, []) == "nothing to tell"
    assert len(post.got) == 2


def test_nobody_is_told_where_no_operator_is_set(world: World, post: Post) -> None:
    settings = replace(mailing(world, post), mail_operator="")
    assert operator.tell(settings, NOW, WRONG) == "nothing to tell"
    assert post.got == []
    assert not (settings.data / operator.MARK).exists()


def test_it_is_told_beside_a_database_that_cannot_be_read(world: World, post: Post) -> None:
    settings = mailing(world, post)
    world.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    settings.database.write_bytes(b"rubbish" * 1000)
    operator.tell(settings, NOW, health.examine(settings, NOW.date(), NOW + timedelta(hours=1)))
    assert "collector.db" in post.got[0][1]
