"""Taking answers back: sixteen digits, asked twice, done at once, guessing limited."""

from __future__ import annotations

import re

from collector.responses import gone
from collector.responses.keys import receipt
from tests.conftest import CheckedClient
from tests.test_respond import FULL, begin, receipt_in
from tests.world import TODAY, World


def stored(client: CheckedClient, world: World) -> str:
    return receipt_in(client.post(begin(client, world), data=FULL).text)


def test_a_receipt_takes_the_answers_back(client: CheckedClient, world: World) -> None:
    number = stored(client, world)
    asked = client.post("/receipt", data={"number": number})
    assert "This cannot be undone" in asked.text
    assert world.count("response") == 1
    done = client.post("/receipt", data={"number": number, "sure": "yes"})
    assert "Your answers are deleted" in done.text
    assert [world.count(t) for t in ("response", "comment", "receipt")] == [0, 0, 0]
    assert world.database.rows("SELECT withdrawn FROM day_count") == [(1,)]
    assert client.post("/receipt", data={"number": number, "sure": "yes"}).status_code == 422


def test_only_ones_own_answers_go(client: CheckedClient, world: World) -> None:
    number = stored(client, world)
    stored(client, world)
    client.post("/receipt", data={"number": number, "sure": "yes"})
    assert world.count("response") == 1


def test_a_receipt_works_in_any_language_and_any_digits(client: CheckedClient, world: World) -> None:
    number = stored(client, world)
    arabic = number.translate({ord("0") + n: ord("۰") + n for n in range(10)})
    assert number in client.post("/receipt?to=ur", data={"number": arabic}).text


def test_a_withdrawal_leaves_a_count_and_no_entry(client: CheckedClient, world: World) -> None:
    entries = world.count("audit")
    number = stored(client, world)
    client.post("/receipt", data={"number": number, "sure": "yes"})
    assert world.count("audit") == entries


def test_guessing_is_limited_and_the_owner_is_told_to_wait(client: CheckedClient, world: World) -> None:
    number = stored(client, world)
    for guess in range(20):
        assert client.post("/receipt", data={"number": f"{guess:016d}"}).status_code == 422
    refused = client.post("/receipt", data={"number": number, "sure": "yes"})
    assert refused.status_code == 429
    assert "ask the person named below" in refused.text
    assert "About this form: <bdi>020 7946 0000</bdi>" in refused.text
    assert world.count("response") == 1
    elsewhere = client.post(
        "/receipt", data={"number": number, "sure": "yes"}, environ_overrides={"REMOTE_ADDR": "192.0.2.7"}
    )
    assert elsewhere.status_code == 200


def test_what_cannot_be_a_number_is_no_guess(client: CheckedClient, world: World) -> None:
    number = stored(client, world)
    for turn in range(40):
        assert client.post("/receipt", data={"number": f"12 34 {turn}"}).status_code == 422
    assert client.post("/receipt", data={"number": number, "sure": "yes"}).status_code == 200


def test_a_whole_network_of_guessers_shuts_nobody_else_out(client: CheckedClient, world: World) -> None:
    number = stored(client, world)
    for guess in range(600):
        sender = {"REMOTE_ADDR": f"2001:db8:1:2::{guess % 60:x}"}
        client.post("/receipt", data={"number": f"{guess:016d}"}, environ_overrides=sender)
    assert client.post("/receipt", data={"number": number}).status_code == 200


def test_a_wrong_number_and_a_deleted_one_look_the_same(client: CheckedClient, world: World) -> None:
    number = stored(client, world)
    client.post("/receipt", data={"number": number, "sure": "yes"})
    gone = client.post("/receipt", data={"number": number})
    never = client.post("/receipt", data={"number": "0000 0000 0000 0001"})
    no_digits = [re.sub(r"\d{16}|\d{4}( \d{4}){3}", "", page.text) for page in (gone, never)]
    assert no_digits[0] == no_digits[1]


def test_what_was_typed_is_shown_again_harmless(client: CheckedClient, world: World) -> None:
    page = client.post("/receipt", data={"number": '"><script>alert(1)</script>'})
    assert page.status_code == 422
    assert "<script>alert" not in page.text


def test_a_number_whose_answers_are_on_a_tablet_can_be_left_and_they_are_deleted_when_they_come(
    client: CheckedClient, world: World
) -> None:
    address = begin(client, world)
    key = client.get_cookie("key_full", path=address)
    assert key is not None
    number = receipt(key.value)
    asked = client.post("/receipt", data={"number": number})
    assert asked.status_code == 422
    assert "We did not find this number" in asked.text
    assert "If a digit is wrong, nothing happens." in asked.text
    left = client.post("/receipt", data={"number": number, "later": "yes"})
    assert left.status_code == 200
    assert "We have kept this number" in left.text
    assert client.post(address, data=FULL).status_code == 200
    assert [world.count(t) for t in ("response", "comment", "receipt")] == [0, 0, 0]
    client.set_cookie("key_full", key.value, path=address)
    assert client.post(address, data=FULL).status_code == 200
    assert world.count("response") == 0
    assert world.settings.withdrawn_file.read_text().count(" number ") == 1


def test_a_number_left_costs_a_try(client: CheckedClient, world: World) -> None:
    answers = [
        client.post("/receipt", data={"number": f"{guess:016d}", "later": "yes"}).status_code for guess in range(21)
    ]
    assert answers == [200] * 20 + [429]


def test_only_a_thousand_numbers_wait(client: CheckedClient, world: World) -> None:
    with world.database.transaction():
        for n in range(1_000):
            gone.leave(world.database, n.to_bytes(16), TODAY)
    refused = client.post("/receipt", data={"number": f"{5:016d}", "later": "yes"})
    assert refused.status_code == 503
    assert "020 7946 0000" in refused.text
    assert not world.settings.withdrawn_file.exists()
