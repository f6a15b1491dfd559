"""A bad line between people and the program: it cuts, delays and doubles; exactly what was acknowledged is there."""

from __future__ import annotations

import http.client
import random
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

from tests.kills import lost
from tests.serving import serving
from tests.world import World

PEOPLE = 40


class BadLine:
    """A proxy that does harm by seed: to a part of what is sent, or of what is answered."""

    def __init__(self, port: int, seed: int) -> None:
        self._port = port
        self._chance = random.Random(seed)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.harm: list[str] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        self._listening.close()

    def _listen(self) -> None:
        while True:
            try:
                own, _ = self._listening.accept()
            except OSError:
                return
            harm = self._chance.choice(("none", "none", "cut", "delay", "double", "deaf"))
            self.harm.append(harm)
            threading.Thread(target=self._carry, args=(own, harm, self._chance.random()), daemon=True).start()

    def _carry(self, own: socket.socket, harm: str, part: float) -> None:
        with own:
            own.settimeout(10)
            asked = whole(own)
            if harm == "delay":
                time.sleep(part / 2)
            if harm == "double":
                self._ask(asked)
            said = self._ask(asked[: int(len(asked) * part)], broken=True) if harm == "cut" else self._ask(asked)
            own.sendall(said[: int(len(said) * part)] if harm == "deaf" else said)

    def _ask(self, asked: bytes, broken: bool = False) -> bytes:
        with socket.create_connection(("127.0.0.1", self._port), timeout=10) as there:
            there.sendall(asked)
            if broken:
                there.shutdown(socket.SHUT_WR)
            said = b""
            while piece := there.recv(65_536):
                said += piece
            return said


def whole(own: socket.socket) -> bytes:
    """A request with its body."""
    asked = b""
    while b"\r\n\r\n" not in asked:
        asked += own.recv(65_536)
    head, _, body = asked.partition(b"\r\n\r\n")
    length = int(next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))[15:])
    while len(body) < length:
        body += own.recv(65_536)
    return head + b"\r\n\r\n" + body


def send_until_thanked(world: World, port: int, number: int) -> str:
    """One person, who sends the same answers again until somebody thanks for them; the key."""
    key = f"{number + 1:032x}"
    body = urlencode({"version": "1.1.0", "OV1": "always", "O1": f"Words of {number}. " * 20, "end": "1"})
    head = {
        "Cookie": f"key_full={key}", "Content-Type": "application/x-www-form-urlencoded", "Connection": "close",
    }  # fmt: skip
    for _ in range(30):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("POST", f"/v/{world.venue}/en", body, head)
            answer = connection.getresponse()
            answer.read()
            if answer.status in (200, 303):
                return key
        except (OSError, http.client.HTTPException):
            continue
        finally:
            connection.close()
    raise AssertionError("nobody thanked in thirty tries")


def test_over_a_line_that_cuts_delays_and_doubles_exactly_what_was_acknowledged_is_there(world: World) -> None:
    with serving(world) as served:
        line = BadLine(served.port, seed=20261128)
        with ThreadPoolExecutor(8) as people:
            thanked = list(people.map(lambda n: send_until_thanked(world, line.port, n), range(PEOPLE)))
        line.close()
    assert {"cut", "delay", "double", "deaf"} <= set(line.harm)
    assert lost(world, thanked) == []
    assert world.count("response") == PEOPLE
    assert world.database.one("SELECT count(*) FROM comment WHERE length(words) < 100") == (0,)
