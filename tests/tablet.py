"""A tablet for tests: paired, with visits and boxes as the script makes them, and a network that it tells what to do."""

from __future__ import annotations

import base64
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from collector.app import create_app
from collector.commands.context import new_id
from collector.responses.keys import load_sealer
from collector.tablets import devices
from tests.sealing import seal
from tests.world import TODAY, World, make_world, tiny

HERE = {"Sec-Fetch-Site": "same-origin"}


def added(world: World, name: str = "Tablet 1", venues: tuple[str, ...] = (), day: date = TODAY) -> str:
    """A tablet that waits for its code; the code."""
    sealer, digit = load_sealer(world.settings.secret_file), random.Random(name)
    with world.database.transaction() as database:
        one = devices.add(
            database, name, venues or (world.venue,), "bn", frozenset({"bn"}), world.settings.public_url, new_id(), "test",
            day, f"tablet {name}",
        )  # fmt: skip
        return devices.new_code(database, sealer, one, lambda: digit.choice("0123456789"), world.clock[0])


@dataclass
class Tablet:
    """One that is paired. `clock` is what its own clock shows; the server's when None."""

    world: World
    client: Client
    chance: random.Random
    point: bytes
    clock: datetime | None = None
    visits: dict[str, dict[str, Any]] = field(default_factory=dict)

    def begin(self, venue: str = "", day: date = TODAY) -> str:
        """A visit; its id."""
        id = self.chance.randbytes(16).hex()
        self.visits[id] = {
            "id": id, "venue": venue or self.world.venue, "day": day.isoformat(), "closed": False, "sealed": 0,
            "said_no": None,
        }  # fmt: skip
        return id

    def box(self, visit: str, answers: dict[str, Any] | None = None, **inside: Any) -> list[str]:
        """A sealed answer, as it goes on the wire; `key` is random unless it is given."""
        survey, id = self.world.survey, self.chance.randbytes(16).hex()
        answer = {"Q1": "often"} if survey.code == "tiny" else {"OV1": "always"}
        self.visits[visit]["sealed"] += 1
        written = {
            "key": self.chance.randbytes(16).hex(), "survey": survey.code, "version": survey.version, "variant": "full",
            "language": "bn", "catalogue": "", "help": "none", "day": self.visits[visit]["day"],
            "answers": answer if answers is None else answers, **inside,
        }  # fmt: skip
        return [id, visit, wired(seal(self.point, visit, id, written))]

    def post(self, boxes: list[list[str]], visits: list[str] | None = None) -> TestResponse:
        """One request; of every visit is told unless said otherwise."""
        told = [self.visits[id] for id in (self.visits if visits is None else visits)]
        clock = (self.clock or self.world.clock[0]).isoformat()
        body = {"clock": clock, "visits": told, "boxes": boxes}
        return self.client.post("/t/sync", json=body, headers=HERE)

    def sync(self, boxes: list[list[str]], visits: list[str] | None = None) -> dict[str, Any]:
        """One request that goes well; what is said."""
        answer = self.post(boxes, visits)
        assert answer.status_code == 200, answer.text
        said: dict[str, Any] = answer.get_json()
        return said


def wired(sealed: bytes) -> str:
    """Bytes as they go on the wire."""
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


def paired(world: World, name: str = "Tablet 1", client: Client | None = None, day: date = TODAY) -> Tablet:
    """A tablet of the place of the world."""
    client = client or Client(create_app(world.settings, now=lambda: world.clock[0]))
    point = client.application.application.extensions["collector-queue"].point
    answer = client.post("/t/pair", json={"code": added(world, name, day=day)}, headers=HERE)
    assert answer.status_code == 200, answer.text
    return Tablet(world, client, random.Random(name), point)


def only(world: World, sql: str) -> Any:
    """The one value of a query."""
    row = world.database.one(sql)
    return row and row[0]


@pytest.fixture
def small(tmp_path: Path) -> Iterator[World]:
    made = make_world(tmp_path, tiny())
    yield made
    made.database.close()


@pytest.fixture
def tablet(small: World) -> Tablet:
    return paired(small)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Tablet:
    made = make_world(tmp_path_factory.mktemp("shop"), tiny())
    made.database.execute("PRAGMA synchronous = OFF")
    return paired(made)
