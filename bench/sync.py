"""Boxes a second: what waited on a tablet comes in requests as large as they may be, each opened, checked and made durable.

In this process, one request after another as a tablet sends them; beside opening the same boxes alone.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # the tests' own way to seal a box

from figures import Figure, table
from installation import Installation, choice, installation
from werkzeug.test import Client

from collector.app import create_app
from collector.commands.context import entry_id, new_id, today
from collector.responses.keys import load_sealer
from collector.tablets import devices, key
from collector.tablets.boxes import open_box
from collector.tablets.wire import MOST_BYTES, read
from tests.sealing import seal
from tests.tablet import HERE, wired

LOCAL = {"REMOTE_ADDR": "127.0.0.1"}
"""Settings are examples: only this machine may enter."""
BOXES = 2_000
LEAST = 300


def measure(quick: bool = False) -> list[Figure]:
    """Boxes a second through `/t/sync`, all of them once more, and opening alone."""
    repeats, count = (1, BOXES // 4) if quick else (3, BOXES)
    new, again, opening = [], [], []
    with installation(1) as made:
        for turn in range(repeats):
            place = made.copy(f"data-{turn}")
            bodies = requests_of(place, count, turn)
            client = paired(place)
            new.append(rate(client, bodies, count))
            again.append(rate(client, bodies, count))
            opening.append(opening_rate(place, bodies, count))
            stored = place.count("response")
            if stored != count:
                raise ValueError(f"{count} boxes came and {stored} answers are there")
    return [
        Figure("boxes of a tablet, stored", statistics.median(new), "/s", "opening alone", statistics.median(opening),
               least=LEAST),
        Figure("the same boxes again (adds nothing)", statistics.median(again), "/s", "first time", statistics.median(new)),
    ]  # fmt: skip


def paired(made: Installation) -> Client:
    """A browser that is signed in as a tablet."""
    work, chance = made.work, random.Random(1)
    sealer = load_sealer(work.settings.secret_file)
    with work.database.transaction() as database:
        tablet = devices.add(
            database, "Bench", made.codes, "en", frozenset({"en"}), "", new_id(), "bench", today(), entry_id()
        )
        code = devices.new_code(database, sealer, tablet, lambda: chance.choice("0123456789"), datetime.now(UTC))
    client = Client(create_app(work.settings))
    if client.post("/t/pair", json={"code": code}, headers=HERE, environ_overrides=LOCAL).status_code != 200:
        raise ValueError("the tablet could not be paired")
    rate(client, [json.dumps({"clock": datetime.now(UTC).isoformat(), "visits": [], "boxes": []}).encode()], 0)  # warm
    return client


def requests_of(made: Installation, count: int, turn: int) -> list[bytes]:
    """Full answers, sealed, in requests as large as a tablet sends them."""
    chance, point = random.Random(turn), key.point_of(key.load(made.work.settings.queue_file))
    visit, bodies, boxes, size = chance.randbytes(16).hex(), [], [], 400
    for number in range(count):
        id = chance.randbytes(16).hex()
        box = [id, visit, wired(seal(point, visit, id, answer(made, chance, number)))]
        size += len(box[2]) + 80
        if size > MOST_BYTES:
            bodies.append(body(made, visit, boxes))
            boxes, size = [], 400 + len(box[2]) + 80
        boxes.append(box)
    return [*bodies, body(made, visit, boxes)]


def answer(made: Installation, chance: random.Random, number: int) -> dict[str, object]:
    survey = made.survey
    given = {
        question.code: list(drawn) if question.type == "multi" else drawn[0]
        for question in survey.asked
        if question.closed and (drawn := choice(question, number))
    }
    return {
        "key": chance.randbytes(16).hex(), "survey": survey.code, "version": survey.version, "variant": "full",
        "language": "bn", "catalogue": "", "help": "none", "day": today().isoformat(), "answers": given,
    }  # fmt: skip


def body(made: Installation, visit: str, boxes: list[list[str]]) -> bytes:
    told = {
        "id": visit, "venue": made.codes[0], "day": today().isoformat(), "closed": False, "sealed": len(boxes), "said_no": None,
    }  # fmt: skip
    return json.dumps({"clock": datetime.now(UTC).isoformat(), "visits": [told], "boxes": boxes}).encode()


def rate(client: Client, bodies: list[bytes], count: int) -> float:
    """Boxes a second, each request answered before the next is sent."""
    kept, start = 0, time.perf_counter()
    for sent in bodies:
        said = client.post("/t/sync", data=sent, content_type="application/json", headers=HERE, environ_overrides=LOCAL)
        kept += len(said.get_json()["kept"])
    seconds = time.perf_counter() - start
    if kept != count:
        raise ValueError(f"{count} boxes were sent and {kept} are kept")
    return count / seconds


def opening_rate(made: Installation, bodies: list[bytes], count: int) -> float:
    """Boxes a second of reading and opening alone."""
    private = key.load(made.work.settings.queue_file)
    point, start = key.point_of(private), time.perf_counter()
    opened = sum(open_box(box, private, point) is not None for sent in bodies for box in read(sent).boxes)
    if opened != count:
        raise ValueError(f"{opened} of {count} boxes opened")
    return count / (time.perf_counter() - start)


if __name__ == "__main__":
    print(table(measure("--quick" in sys.argv)))
