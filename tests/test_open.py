"""Who may enter before all is said that others must know: somebody at this machine, and nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from collector.health import examine
from tests.conftest import CheckedClient
from tests.world import TODAY, World, make_world, tiny

PASSED_ON = [
    "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Anything", "Forwarded",
    "Via", "X-Real-IP", "True-Client-IP", "CF-Connecting-IP",
]  # fmt: skip
PATHS = [
    "/",
    "/v/{code}",
    "/v/{code}/en",
    "/v/{code}/en/short",
    "/receipt",
    "/figures",
    "/releases",
    "/words",
    "/nowhere",
]


@pytest.fixture(
    params=[
        {"COLLECTOR_FUNDER": ""},
        {"COLLECTOR_EXAMPLE": "yes"},
        {"COLLECTOR_CONTACT": "", "COLLECTOR_TRUSTED_PROXIES": "1"},
    ],
    ids=["missing", "example", "behind a proxy"],
)
def closed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    made = make_world(tmp_path, tiny(), **request.param)
    yield made
    made.database.close()


def test_until_all_is_said_nobody_from_elsewhere_sees_a_page(closed: World) -> None:
    client = CheckedClient(closed.app())
    for path in PATHS:
        for answer in (
            client.get(path.format(code=closed.venue), environ_overrides={"REMOTE_ADDR": "192.0.2.7"}),
            client.get(path.format(code=closed.venue), headers={"X-Forwarded-For": "127.0.0.1"}),
            client.post(path.format(code=closed.venue), data={"end": "1"}, headers={"Via": "1.1 proxy"}),
        ):
            assert answer.status_code == 503
            assert "This survey is not open yet" in answer.text
            assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("header", PASSED_ON)
def test_what_a_proxy_passed_on_does_not_come_from_this_machine(closed: World, header: str) -> None:
    client = CheckedClient(closed.app())
    assert client.get(f"/v/{closed.venue}/en", headers={header: "127.0.0.1"}).status_code == 503


@pytest.mark.parametrize("host", ["trust.example.org", "192.0.2.1:8000", "[2001:db8::1]"])
def test_what_asks_for_another_machine_does_not_come_from_this_one(closed: World, host: str) -> None:
    assert CheckedClient(closed.app()).get("/", headers={"Host": host}).status_code == 503


@pytest.mark.parametrize("sender", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:8000", "[::1]:8000"])
def test_somebody_at_this_machine_may_try_it(closed: World, sender: str, host: str) -> None:
    answer = CheckedClient(closed.app()).get(
        f"/v/{closed.venue}/en", headers={"Host": host}, environ_overrides={"REMOTE_ADDR": sender}
    )
    assert answer.status_code == 200


def test_health_is_told_to_everybody(closed: World) -> None:
    answer = CheckedClient(closed.app()).get("/healthz", headers={"X-Forwarded-For": "192.0.2.7"})
    assert answer.mimetype == "application/json"
    assert set(answer.json) >= {"well"}


def test_the_page_can_be_read_in_other_languages(closed: World) -> None:
    page = CheckedClient(closed.app()).get("/?to=ur", headers={"X-Forwarded-For": "192.0.2.7"})
    assert '<html lang="ur"' in page.text


def test_with_all_that_others_must_know_everybody_may_enter(client: CheckedClient, world: World) -> None:
    for sender in ({"REMOTE_ADDR": "192.0.2.7"}, {"HTTP_X_FORWARDED_FOR": "192.0.2.7"}):
        assert client.get(f"/v/{world.venue}", environ_overrides=sender).status_code == 200


def found(world: World, days: int = 0) -> list[str]:
    return [
        finding.what for finding in examine(world.settings, TODAY + timedelta(days=days)) if "proxy" in finding.what
    ]


def test_doctor_names_a_proxy_that_the_settings_do_not_know(world: World) -> None:
    assert found(world) == []
    CheckedClient(world.app()).get("/", headers={"X-Forwarded-For": "192.0.2.7"})
    assert found(world) == [
        "Requests come through a proxy (with the header X-Forwarded-For), and COLLECTOR_TRUSTED_PROXIES is 0."
    ]
    assert "192.0.2.7" not in (world.settings.data / "proxy-seen").read_text()
    assert found(world, days=8) == []


def test_doctor_says_nothing_of_a_proxy_that_is_known(tmp_path: Path) -> None:
    world = make_world(tmp_path, tiny(), COLLECTOR_TRUSTED_PROXIES="1")
    CheckedClient(world.app()).get("/", headers={"X-Forwarded-For": "192.0.2.7"})
    assert found(world) == []
    world.database.close()
