"""Tell us a better word: kept with its day, never with its sender; escaped, counted, and gone after ninety days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from click.testing import CliRunner

from collector.cli import collector
from collector.jobs import BY_NAME
from collector.languages import suggestions
from tests.conftest import CheckedClient
from tests.world import TODAY, World, make_world

NASTY = '<script>alert("x")</script>\x1b[31m & ‮ "quoted"'


def rows(world: World) -> list[tuple[str, str, str]]:
    return world.database.rows("SELECT language, day, words FROM suggestion ORDER BY day, words")


def test_a_word_is_kept_with_its_language_and_day_and_nothing_else(client: CheckedClient, world: World) -> None:
    answer = client.post("/words?to=bn", data={"words": "  ভরসা\r\nনয়, বিশ্বাস  "})
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert rows(world) == [("bn", TODAY.isoformat(), "ভরসা নয়, বিশ্বাস")]
    columns = [row[1] for row in world.database.rows("PRAGMA table_info(suggestion)")]
    assert columns == ["id", "language", "day", "words"]


def test_the_link_stands_on_every_draft_page_and_keeps_the_survey_open(client: CheckedClient, world: World) -> None:
    assert 'href="/words?to=bn">' in client.get(f"/v/{world.venue}?to=bn").text
    assert 'href="/words?to=bn" target="_blank">' in client.get(f"/v/{world.venue}/bn").text
    assert "/words" not in client.get(f"/v/{world.venue}/en").text


def test_two_hundred_letters_fit_and_no_more_and_what_was_typed_stays(client: CheckedClient, world: World) -> None:
    assert client.post("/words?to=so", data={"words": "é" * 200}).status_code == 200
    long = client.post("/words?to=so", data={"words": "é" * 201})
    assert long.status_code == 422
    assert "é" * 201 in long.text
    assert "201" in long.text
    assert client.post("/words?to=so", data={}).status_code == 422
    assert len(rows(world)) == 1


def test_whatever_is_sent_is_shown_as_words_only(client: CheckedClient, world: World) -> None:
    page = client.post("/words?to=so", data={"words": NASTY + "x" * 200}).text
    assert "<script>alert" not in page
    client.post("/words?to=so", data={"words": NASTY})
    said = CliRunner().invoke(collector, ["languages", "suggestions", "so"], env=env(world))
    assert said.exit_code == 0
    assert said.output == f'{TODAY}  <script>alert("x")</script> [31m & "quoted"\n'
    assert "\x1b" not in said.output
    assert "\u202e" not in said.output


def env(world: World) -> dict[str, str]:
    return {"COLLECTOR_DATA": str(world.settings.data)}


def test_fifty_a_day_for_each_language_are_enough(client: CheckedClient, world: World) -> None:
    for number in range(suggestions.MOST_A_DAY):
        assert client.post("/words?to=so", data={"words": f"erey {number}"}).status_code == 200
    assert client.post("/words?to=so", data={"words": "erey"}).status_code == 429
    assert client.post("/words?to=bn", data={"words": "শব্দ"}).status_code == 200
    world.turn_to(TODAY + timedelta(days=1))
    assert client.post("/words?to=so", data={"words": "erey"}).status_code == 200
    assert len(rows(world)) == suggestions.MOST_A_DAY + 2


def test_words_are_deleted_after_ninety_days_by_the_nightly_job(client: CheckedClient, world: World) -> None:
    client.post("/words?to=so", data={"words": "erey"})
    verb = BY_NAME["retention"].verb
    now = datetime(TODAY.year, TODAY.month, TODAY.day, 3, 10, tzinfo=UTC)
    world.confirm(now + timedelta(days=89))
    assert "0 suggestions" in verb(world.here, now + timedelta(days=89))
    assert len(rows(world)) == 1
    assert "1 suggestions" in verb(world.here, now + timedelta(days=90))
    assert rows(world) == []


def test_a_form_from_another_website_is_refused(client: CheckedClient, world: World) -> None:
    answer = client.post("/words?to=bn", data={"words": "x"}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert rows(world) == []


def test_a_language_that_is_not_offered_has_no_page(client: CheckedClient, tmp_path: Path) -> None:
    assert client.get("/words").status_code == 404
    assert client.get("/words?to=xx").status_code == 404
    careful = CheckedClient(make_world(tmp_path / "careful", COLLECTOR_DRAFT_LANGUAGES="none").app())
    assert careful.get("/words?to=bn").status_code == 404


def test_the_newest_day_comes_first(world: World) -> None:
    for number, day in enumerate((TODAY, TODAY + timedelta(days=2), TODAY + timedelta(days=1))):
        with world.database.transaction():
            assert suggestions.keep(world.database, "bn", f"{number}", day, bytes([number]))
    assert [words for _, words in suggestions.listed(world.database, "bn")] == ["1", "2", "0"]
