"""A server under load that is killed again and again, as a machine that fails would: parent, worker or all at once."""

from __future__ import annotations

import http.client
import os
import random
import signal
import sqlite3
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from collector.db.store import connect
from collector.responses.keys import load_sealer
from tests.serving import Served, start, wait_until_well
from tests.world import World

KINDS = ("parent", "worker", "group")
SENDERS = 8
ENOUGH = 12
"""Answers that were acknowledged between two kills."""


@dataclass
class Load:
    """People who send answers without end, and the keys of those that were thanked."""

    venue: str
    port: int
    thanked: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def send(self, seed: int) -> None:
        """One person after another, until it is over; a lost connection is that person's loss."""
        chance = random.Random(seed)
        while not self.over.is_set():
            key = chance.randbytes(16).hex()
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            try:
                if self._thanked(connection, key, chance):
                    self.thanked.append(key)
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)
            finally:
                connection.close()

    def _thanked(self, connection: http.client.HTTPConnection, key: str, chance: random.Random) -> bool:
        body = urlencode({"version": "1.1.0", "OV1": chance.choice(("always", "never")), "O1": key, "end": "1"})
        head = {"Cookie": f"key_full={key}", "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", f"/v/{self.venue}/en", body, head)
        answer = connection.getresponse()
        return answer.status in (200, 303) and bool(answer.read() or answer.getheader("Location"))


def children(pid: int) -> list[int]:
    """Ids of a process's children."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]


def is_alive(pid: int) -> bool:
    """False for one that has ended, though nobody has asked for its end yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def killed(world: World, port: int, kinds: list[str], seed: int = 0) -> list[str]:
    """Kill a server under load, once a kind; the keys of all that were thanked. Fails when a worker outlives its parent."""
    load = Load(world.venue, port)
    people = [threading.Thread(target=load.send, args=(seed * 1000 + n,), daemon=True) for n in range(SENDERS)]
    served = begin(world, port)
    for person in people:
        person.start()
    try:
        for kind in kinds:
            served = served if served.process.poll() is None else begin(world, port)
            wait_for_thanks(load)
            kill(served, kind)
            if kind != "worker":
                served = begin(world, port)
    finally:
        load.over.set()
        for person in people:
            person.join(15)
        if served.process.poll() is None:
            served.kill()
    return load.thanked


def begin(world: World, port: int) -> Served:
    """A server with two workers that answers."""
    served = start(world, port, COLLECTOR_WORKERS="2")
    wait_until_well(served)
    return served


def wait_for_thanks(load: Load) -> None:
    before, until = len(load.thanked), time.monotonic() + 20
    while len(load.thanked) < before + ENOUGH:
        assert time.monotonic() < until, "nobody was thanked for twenty seconds"
        time.sleep(0.01)


def kill(served: Served, kind: str) -> None:
    """As `kill -9` does; after the parent's end its workers have two seconds to follow."""
    workers = children(served.process.pid)
    if kind == "group":
        served.kill()
    elif kind == "worker":
        os.kill(workers[0], signal.SIGKILL)
    else:
        os.kill(served.process.pid, signal.SIGKILL)
        served.process.wait(10)
    until = time.monotonic() + 2
    while kind != "worker" and any(map(is_alive, workers)):
        assert time.monotonic() < until, "a worker outlived its parent"
        time.sleep(0.01)


def lost(world: World, thanked: list[str]) -> list[str]:
    """Keys that were thanked for and are not there exactly once; and what the database says of itself."""
    sealer, database = load_sealer(world.settings.secret_file), connect(world.settings.database)
    try:
        known = {row[0] for row in database.rows("SELECT key_mac FROM submission")}
        responses = database.one("SELECT count(*) FROM response")
        sound = database.rows("PRAGMA integrity_check") == [("ok",)]
    except sqlite3.DatabaseError as error:
        return [str(error)]
    finally:
        database.close()
    missing = [key for key in thanked if sealer.mac(b"key", bytes.fromhex(key)) not in known]
    if not sound or responses != (len(known),):
        missing.append(f"{responses} responses, {len(known)} submissions, sound: {sound}")
    return missing
