"""For a community member: the first screen, the survey, thank you."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from collector.audit.act import Act
from collector.community import venues
from collector.db import connect
from collector.responses.keys import read_receipt
from collector.responses.versions import publish
from collector.survey.read import read_text
from tests.conftest import CheckedClient
from tests.world import TODAY, World

FULL = {
    "version": "1.1.0",
    "end": "1",
    "OV1": "always",
    "UN_PCC1": "mostly",
    "UN_ACC1": "sometimes",
    "UN_ACC2": "na",
    "CH1": ["faith", "barber"],
    "O1": "More time.",
    "A_ETH": "bangladeshi",
}


def begin(client: CheckedClient, world: World, tag: str = "en", variant: str = "") -> str:
    """Open the survey page, as a browser does, and get its key; the address."""
    address = f"/v/{world.venue}/{tag}{variant}"
    assert client.get(address).status_code == 200
    return address


def receipt_in(html: str) -> str:
    found = re.search(r'class="digits" dir="ltr">([\d ]+)<', html)
    assert found
    return found[1]


def test_the_first_screen_says_who_asks_and_what_is_promised(client: CheckedClient, world: World) -> None:
    page = client.get(f"/v/{world.venue}").text
    for words in (
        "Brixton Health Project",
        "Fade Kings",
        "Lambeth Council",
        "020 7946 0000",
        "You choose to take part",
    ):
        assert words in page
    assert "We do not ask your name" in page
    assert page.index("I am 16 or over: start") < page.index("No thanks</a>")
    assert "21 questions, about 6 minutes" in page
    assert "10 questions, about 3 minutes" in page


def test_the_first_screen_comes_in_the_phones_language(client: CheckedClient, world: World) -> None:
    assert '<html lang="ur" dir="rtl">' in client.get(f"/v/{world.venue}", headers={"Accept-Language": "pa-PK"}).text
    assert '<html lang="bn" dir="ltr">' in client.get(f"/v/{world.venue}", headers={"Accept-Language": "bn-BD"}).text
    assert '<html lang="so" dir="ltr">' in client.get(f"/v/{world.venue}?to=so").text


def test_an_empty_page_holds_no_answers(client: CheckedClient, world: World) -> None:
    page = client.get(f"/v/{world.venue}/en").text
    assert re.findall(r"<textarea[^>]*>(.*?)</textarea>", page, re.S) == ["", "", ""]
    assert " checked" not in page


def test_a_promise_in_a_draft_language_stands_beside_the_english(client: CheckedClient, world: World) -> None:
    page = client.get(f"/v/{world.venue}?to=bn").text
    assert '<small lang="en" dir="ltr">We do not ask your name' in page
    assert '<small lang="en"' not in client.get(f"/v/{world.venue}?to=en").text


def test_drafts_are_not_offered_unless_the_host_says_so(tmp_path, world: World) -> None:
    from tests.world import make_world

    careful = CheckedClient(make_world(tmp_path / "careful", COLLECTOR_DRAFT_LANGUAGES="none").app())
    assert "বাংলা" not in careful.get(f"/v/{world.venue}").text
    assert careful.get(f"/v/{world.venue}/bn").status_code == 404


def test_a_whole_survey_is_stored_once_and_thanked_with_a_receipt(client: CheckedClient, world: World) -> None:
    address = begin(client, world)
    answer = client.post(address, data=FULL)
    assert answer.status_code == 200
    assert read_receipt(receipt_in(answer.text)) is not None
    assert "15 January 2027" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    ended = client.get_cookie("key_full", path=address)
    assert ended is not None
    assert ended.value == "ended"
    row = world.database.one("SELECT period, day, variant, language, mode, help, held, late, card FROM response")
    assert row is not None
    assert row[:8] == ("2026-27-Q3", "2026-11-23", "full", "en", "self_phone", "none", 0, 0)
    assert world.published.layout.decode(row[8])["CH1"] == ("faith", "barber")
    assert world.database.rows("SELECT question, words FROM comment") == [("O1", "More time.")]


def test_the_short_survey_asks_less_and_marks_the_rest_as_not_asked(client: CheckedClient, world: World) -> None:
    address = begin(client, world, "ur", "/short")
    assert client.post(address, data={"version": "1.1.0", "end": "1", "OV1": "never"}).status_code == 200
    row = world.database.one("SELECT variant, language, card FROM response")
    assert row is not None
    assert row[:2] == ("short", "ur")
    answers = world.published.layout.decode(row[2])
    assert answers["UN_ACC1"] == "not_asked"
    assert answers["UN_PCC1"] == "skipped"


def test_every_question_may_be_skipped(client: CheckedClient, world: World) -> None:
    for question in world.survey.asked:
        address = begin(client, world)
        given = question.options[-1].code if question.closed else "words"
        assert client.post(address, data={"version": "1.1.0", "end": "1", question.code: given}).status_code == 200
    assert world.count("response") == len(world.survey.asked)


def test_an_empty_form_is_not_stored_and_says_so(client: CheckedClient, world: World) -> None:
    answer = client.post(begin(client, world), data={"version": "1.1.0", "end": "1", "O1": "   "})
    assert answer.status_code == 422
    assert "Nothing is filled in yet" in answer.text
    assert world.count("response") == 0


def test_no_thanks_keeps_nothing(client: CheckedClient, world: World) -> None:
    before = world.database.rows("SELECT * FROM day_count")
    page = client.get(f"/v/{world.venue}/no-thanks?to=ur")
    assert page.status_code == 200
    assert '<html lang="ur"' in page.text
    assert "Set-Cookie" not in page.headers
    assert world.database.rows("SELECT * FROM day_count") == before
    assert world.count("response") == 0


def test_under_16_stops_kindly_and_keeps_nothing(client: CheckedClient, world: World) -> None:
    answer = client.post(begin(client, world), data={**FULL, "A_AGE": "under_16"})
    assert answer.status_code == 200
    assert "Thank you for wanting to help" in answer.text
    assert "More time." not in answer.text
    assert "Max-Age=0" in answer.headers["Set-Cookie"]
    assert [world.count(t) for t in ("response", "comment", "submission", "receipt")] == [0, 0, 0, 0]


def test_the_same_page_sent_again_gives_the_same_thanks_and_no_second_row(client: CheckedClient, world: World) -> None:
    address = begin(client, world)
    key = client.get_cookie("key_full", path=address)
    assert key is not None
    first = client.post(address, data=FULL)
    client.set_cookie("key_full", key.value, path=address)
    second = client.post(address, data=FULL)
    assert second.status_code == 200
    assert receipt_in(first.text) == receipt_in(second.text)
    assert world.count("response") == 1


def test_a_used_key_with_other_answers_asks_whether_it_is_another_person(client: CheckedClient, world: World) -> None:
    address = begin(client, world)
    key = client.get_cookie("key_full", path=address)
    assert key is not None
    client.post(address, data=FULL)
    client.set_cookie("key_full", key.value, path=address)
    again = client.post(address, data={**FULL, "OV1": "never"})
    assert again.status_code == 422
    assert "another person&#39;s answers: send" in again.text
    assert "More time." in again.text
    fresh = re.search(r'name="key" value="([0-9a-f]{32})"', again.text)
    assert fresh
    assert client.post(address, data={**FULL, "OV1": "never", "key": fresh[1]}).status_code == 200
    assert world.count("response") == 2


def test_a_browser_without_cookies_is_taken_at_the_first_press(client: CheckedClient, world: World) -> None:
    address = f"/v/{world.venue}/en"
    answer = CheckedClient(world.app(), use_cookies=False).post(address, data=FULL)
    assert answer.status_code == 200
    assert read_receipt(receipt_in(answer.text)) is not None
    assert "Location" not in answer.headers
    assert world.count("response") == 1


def test_a_form_sent_again_after_thanks_is_asked_about(client: CheckedClient, world: World) -> None:
    address = begin(client, world)
    client.post(address, data=FULL)
    again = client.post(address, data=FULL)
    assert again.status_code == 422
    assert "Are these another person" in again.text
    assert world.count("response") == 1


def test_the_number_stays_for_ten_minutes_at_its_own_address_and_ends_with_the_next_person(
    client: CheckedClient, world: World
) -> None:
    number = receipt_in(client.post(begin(client, world), data=FULL).text)
    address = f"/v/{world.venue}/thanks?to=en"
    assert receipt_in(client.get(address).text) == number
    assert number.replace(" ", "") not in address
    cookie = client.get_cookie("number", path=f"/v/{world.venue}/thanks")
    assert cookie is not None
    assert (cookie.max_age, cookie.http_only, cookie.same_site) == (600, True, "Strict")
    next_one = client.get(f"/v/{world.venue}/next?to=en")
    assert "I am 16 or over" in next_one.text
    gone = client.get(address)
    assert "no longer shown" in gone.text
    assert number not in gone.text


@pytest.mark.parametrize(
    "value", ["", "1", "1234567890123456", "1234567890123456.2026-27-Q9", "x" * 4000, "\u0661" * 16]
)
def test_a_forged_number_shows_nothing(client: CheckedClient, world: World, value: str) -> None:
    page = client.get(f"/v/{world.venue}/thanks", headers={"Cookie": f"number={value}".encode().decode("latin-1")})
    assert page.status_code == 200
    assert "no longer shown" in page.text


def test_answers_whose_thanks_were_lost_are_sent_again_as_the_same(client: CheckedClient, world: World) -> None:
    address = begin(client, world)
    key = client.get_cookie("key_full", path=address)
    assert key is not None
    first = receipt_in(client.post(address, data=FULL).text)
    client.set_cookie("key_full", key.value, path=address)  # as a browser that never saw the answer has it
    begin(client, world)
    assert receipt_in(client.post(address, data=FULL).text) == first
    assert world.count("response") == 1


def test_answers_taken_back_and_sent_again_are_acknowledged_and_nothing_is_kept(
    client: CheckedClient, world: World
) -> None:
    address = begin(client, world)
    key = client.get_cookie("key_full", path=address)
    assert key is not None
    number = receipt_in(client.post(address, data=FULL).text)
    client.post("/receipt", data={"number": number, "sure": "yes"})
    for sent in (FULL, {**FULL, "OV1": "never", "O1": "Other words."}):
        client.set_cookie("key_full", key.value, path=address)
        again = client.post(address, data=sent)
        assert again.status_code == 200
        assert receipt_in(again.text) == number
    assert [world.count(t) for t in ("response", "comment", "receipt")] == [0, 0, 0]
    assert world.database.rows("SELECT content_mac, response FROM submission") == [(b"", None)]


WRONG = [
    ({"OV1": "perhaps"}, "Pick one of the answers shown here."),
    ({"OV1": ["always", "never"]}, "Pick only one answer here."),
    ({"OV1": "na"}, "Pick one of the answers shown here."),
    ({"CH1": ["faith", "barber", "family", "council"]}, "Pick no more than 3 here."),
    ({"CH1": ["none", "barber"]}, "“No one” cannot stand with other answers."),
    ({"CH1": ["pns", "barber"]}, "cannot stand with other answers."),
    ({"CH1": "shaman"}, "Pick one of the answers shown here."),
    ({"O1": "x" * 501}, "At most 500 letters fit, and now there are 501."),
    ({"A_ETH": "martian"}, "Pick one of the answers shown here."),
]


@pytest.mark.parametrize(("wrong", "words"), WRONG)
def test_a_wrong_answer_is_named_with_what_to_do_and_nothing_is_lost(client, world, wrong, words) -> None:
    answer = client.post(begin(client, world), data={**FULL, "O2": "Keep <b>me</b> & mine.", **wrong})
    assert answer.status_code == 422
    summary = answer.text[answer.text.index('id="problem"') :]
    code = next(iter(wrong))
    assert words in summary
    assert re.search(rf'href="#(t-)?{code}"', summary)
    assert "Keep &lt;b&gt;me&lt;/b&gt; &amp; mine." in answer.text
    assert '<input type="hidden" name="A_ETH" value="bangladeshi">' in answer.text or code == "A_ETH"
    assert f'name="{code}"' in answer.text
    assert answer.text.count("<legend>") + answer.text.count("<textarea") == 1
    assert "<title>Error: " in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert world.count("response") == 0


def test_the_language_can_be_changed_with_all_answers_carried_over(client: CheckedClient, world: World) -> None:
    address = begin(client, world)
    page = client.post(f"/v/{world.venue}/ur?go", data={**FULL, "key": "a" * 32})
    assert 'formaction="ur?go"' in client.get(address).text
    assert page.status_code == 200
    assert '<html lang="ur" dir="rtl">' in page.text
    assert f'action="/v/{world.venue}/ur"' in page.text
    assert 'value="mostly" checked' in page.text
    assert "More time." in page.text
    assert 'name="key" value="' + "a" * 32 in page.text
    assert world.count("response") == 0
    assert client.post(f"/v/{world.venue}/ur", data=FULL).status_code == 200


def test_a_page_open_since_an_older_version_is_still_taken_for_ninety_days(client, world) -> None:
    newer = (world.settings.forms / "trust-core.yaml").read_text().replace("version: 1.1.0", "version: 1.1.1")
    survey, _ = read_text(newer, "newer.yaml")
    assert survey is not None
    with world.database.transaction():
        publish(world.database, survey, [], Act("test", TODAY, "n"))
    client = CheckedClient(world.app())
    world.turn_to(TODAY + timedelta(days=90))
    assert client.post(begin(client, world), data=FULL).status_code == 200
    assert world.database.one("SELECT version FROM response") == ("1.1.0",)
    world.turn_to(TODAY + timedelta(days=91))
    late = client.post(begin(client, world), data=FULL)
    assert late.status_code == 409
    assert "This form has changed" in late.text
    assert 'name="version" value="1.1.1"' in late.text
    assert "More time." in late.text


def test_more_answers_than_the_daily_quota_are_held_and_thanked_alike(tmp_path) -> None:
    from tests.world import make_world

    world = make_world(tmp_path, COLLECTOR_DAILY_QUOTA="2")
    client = CheckedClient(world.app())
    pages = [client.post(begin(client, world), data=FULL).text for _ in range(3)]
    assert len({re.sub(r"\d{4}( \d{4}){3}", "number", page) for page in pages}) == 1
    assert world.database.rows("SELECT held FROM response ORDER BY held") == [(0,), (0,), (1,)]
    with world.database.transaction():
        venues.set_quota(world.database, world.venue, TODAY, 4, Act("test", TODAY, "q"))
    client.post(begin(client, world), data=FULL)
    assert world.database.rows("SELECT held FROM response ORDER BY held") == [(0,), (0,), (0,), (1,)]


def test_a_late_answer_counts_in_the_earliest_open_quarter(client: CheckedClient, world: World) -> None:
    with world.database.transaction():
        world.database.execute("INSERT INTO period (period, frozen_on) VALUES ('2026-27-Q3', '2027-01-15')")
    client.post(begin(client, world), data=FULL)
    assert world.database.one("SELECT period, late FROM response") == ("2026-27-Q4", 1)


PLACES = [
    ("/v/nosuch", 404, "We do not know this address"),
    ("/v/nosuch/en", 404, "We do not know this address"),
    ("/v/{venue}/xx", 404, "not in that language yet"),
    ("/v/{venue}/en/tiny", 404, "There is no such page"),
    ("/nowhere", 404, "There is no such page"),
]


@pytest.mark.parametrize(("address", "status", "words"), PLACES)
def test_an_address_that_leads_nowhere_says_so_plainly(client, world, address, status, words) -> None:
    page = client.get(address.format(venue=world.venue))
    assert page.status_code == status
    assert words in page.text


def test_a_closed_venue_thanks_and_takes_nothing(client: CheckedClient, world: World) -> None:
    with world.database.transaction():
        venues.close(world.database, world.venue, Act("test", date(2026, 11, 20), "c"))
    client = CheckedClient(world.app())
    for address in (f"/v/{world.venue}", f"/v/{world.venue}/en"):
        assert client.get(address).status_code == 410
    assert client.post(f"/v/{world.venue}/en", data={**FULL, "key": "a" * 32}).status_code == 410
    assert world.count("response") == 0


def test_a_code_typed_in_capitals_is_found(client: CheckedClient, world: World) -> None:
    assert client.get(f"/v/{world.venue.upper()}").location == f"/v/{world.venue}"


def test_a_full_disk_keeps_what_was_typed_on_the_page(client: CheckedClient, world: World) -> None:
    address = begin(client, world)
    block = connect(world.settings.database)
    block.execute(
        "CREATE TRIGGER full BEFORE INSERT ON response BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END"
    )
    answer = client.post(address, data=FULL)
    assert answer.status_code == 503
    assert "Your answers are not stored yet" in answer.text
    assert "More time." in answer.text
    assert world.count("submission") == 0
    block.execute("DROP TRIGGER full")
    assert client.post(address, data=FULL).status_code == 200
    block.close()


def test_a_server_with_a_wrong_clock_stores_nothing_and_keeps_what_was_typed(
    client: CheckedClient, world: World
) -> None:
    address = begin(client, world)
    world.turn_to(date(2001, 1, 1))
    answer = client.post(address, data=FULL)
    assert answer.status_code == 503
    assert "More time." in answer.text
    assert world.count("response") == 0


def test_a_database_that_is_gone_gives_a_plain_page(client: CheckedClient, world: World) -> None:
    world.database.execute("ALTER TABLE venue RENAME TO gone")
    fresh = world.app()
    from werkzeug.test import Client

    for path in ("/", f"/v/{world.venue}/en", "/receipt"):
        answer = Client(fresh).get(path)
        assert answer.status_code == 503
        assert "try again later" in answer.text
