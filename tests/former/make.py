"""How `backup-0.1.0.tar.gz` and `told.json` were made, by version 0.1.0 itself: invented answers at four places.

    git archive 3a0057c | tar -x -C FOLDER; cp tests/former/make.py FOLDER; cd FOLDER; PYTHONPATH=. python make.py OUT

It uses the modules of that version, so the present ones need not fit.
"""

from __future__ import annotations

import json
import random
import re
import sys
from datetime import date, timedelta
from pathlib import Path

from werkzeug.test import Client

from collector.community.areas import load as load_areas
from collector.db import backup
from collector.periods import parse
from collector.releases.freeze import freeze
from collector.settings import write_toml
from collector.summaries.rollup import roll_up
from tests.world import World, add_venue, make_world

QUARTER, FROZEN_ON = parse("2026-27-Q2"), date(2026, 11, 10)
SCALE = ("always", "mostly", "sometimes", "never")
Told = dict[str, list[str]]


def respond(client: Client, venue: str, chance: random.Random) -> tuple[str, str]:
    """The cookie of a page and the number that it got."""
    cookie = client.get(f"/v/{venue}/en").headers["Set-Cookie"].partition(";")[0]
    form = {"version": "1.0.0", "OV1": chance.choice(SCALE), "O1": chance.choice(("", "They listened."))}
    page = client.post(f"/v/{venue}/en", data=form, headers={"Cookie": cookie}).text
    found = re.search(r'class="digits" dir="ltr">([\d ]+)<', page)
    assert found
    return cookie, found[1]


def take_back(client: Client, number: str) -> None:
    assert client.post("/receipt", data={"number": number, "sure": "yes"}).status_code == 200


def quarter(world: World, client: Client, venues: list[str], days: int, told: Told, chance: random.Random) -> None:
    """Four answers a day and place and, at the first place on the last day, seven: two of them are held."""
    for _ in range(days):
        for venue in venues:
            told["counted"] += [respond(client, venue, chance)[1] for _ in range(4)]
        world.turn_to(world.clock[0].date() + timedelta(days=1))
    last = [respond(client, venues[0], chance) for _ in range(7)]
    told["counted"] += [number for _, number in last[1:5]]
    told["held"].append(last[5][1])
    for cookie, number in (last[0], last[6]):
        take_back(client, number)
        told["withdrawn"].append(number)
        told["cookies"].append(f"{venues[0]} {cookie}")


def main(out: Path) -> None:
    """Write both files to a folder."""
    world = make_world(out / "made", today=date(2026, 8, 3), COLLECTOR_DAILY_QUOTA="5")
    write_toml(world.settings.data / "collector.toml", {"host": "Brixton Health Project", "contact": "020 7946 0000"})
    names = ("Rose Cafe", "Hall", "Temple Kitchen")
    venues = [world.venue, *(add_venue(world.database, world.settings, n, today=date(2026, 8, 3)) for n in names)]
    told: Told = {"counted": [], "held": [], "withdrawn": [], "cookies": []}
    client, chance = Client(world.app(), use_cookies=False), random.Random(3)
    quarter(world, client, venues, 4, told, chance)
    world.turn_to(FROZEN_ON)
    registry = load_areas(world.settings.areas)
    roll_up(world.database, QUARTER, registry, FROZEN_ON)
    freeze(world.database, QUARTER, registry, FROZEN_ON, by="test", entry_id="f1")
    world.turn_to(date(2026, 11, 16))
    quarter(world, client, venues, 2, told, chance)
    cells = world.database.rows("SELECT area, breakdown, grp, respondents FROM cell WHERE period = '2026-27-Q2'")
    (out / "told.json").write_text(json.dumps({**told, "venues": venues, "cells": sorted(map(list, cells))}) + "\n")
    world.database.close()
    backup.backup(world.settings, out / "backup-0.1.0.tar.gz")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
