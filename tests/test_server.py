"""The running server: killed, sent to slowly, cut off, beside another; what was acknowledged is there, and nobody waits."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kills import KINDS, killed, lost
from tests.serving import Served, free_port, serving
from tests.world import SETTINGS, World, make_world

BODY = b"version=1.1.0&OV1=always&O1=hello&end=1"


def test_a_server_killed_in_every_way_under_load_has_every_answer_it_gave_thanks_for(world: World) -> None:
    thanked = killed(world, free_port(), [*KINDS, *KINDS])
    assert len(thanked) > 60
    assert lost(world, thanked) == []


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server for all that does not end it."""
    world = make_world(tmp_path_factory.mktemp("served"))
    with serving(world) as served:
        yield served
    world.database.close()


def stored(served: Served) -> int:
    return served.world.count("response")


def head(served: Served, length: str, key: int = 1) -> bytes:
    return (
        f"POST /v/{served.world.venue}/en HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: key_full={key:032x}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\n{length}\r\n\r\n"
    ).encode()


def sent(served: Served, *pieces: bytes, end: bool = True) -> bytes:
    """What the server says to pieces sent one after another; `end` says that no more comes."""
    with socket.create_connection(("127.0.0.1", served.port), timeout=10) as own:
        for piece in pieces:
            own.sendall(piece)
            time.sleep(0.05)
        if end:
            own.shutdown(socket.SHUT_WR)
        try:
            return own.recv(12)
        except ConnectionError:
            return b""


def test_an_upload_cut_at_any_place_stores_nothing_and_the_retry_is_whole(shared: Served) -> None:
    before = stored(shared)
    for cut in (0, 1, len(BODY) // 2, len(BODY) - 1):
        assert sent(shared, head(shared, f"Content-Length: {len(BODY)}"), BODY[:cut]) in (b"HTTP/1.1 400", b"")
        chunk = b"%x\r\n%s\r\n" % (cut, BODY[:cut]) if cut else b""
        assert sent(shared, head(shared, "Transfer-Encoding: chunked"), chunk) in (b"HTTP/1.1 400", b"")
    assert stored(shared) == before
    assert sent(shared, head(shared, f"Content-Length: {len(BODY)}"), BODY, end=False) == b"HTTP/1.1 303"
    assert stored(shared) == before + 1


def test_a_body_in_pieces_is_taken_whole_or_refused_as_too_large(shared: Served) -> None:
    before = stored(shared)
    pieces = [b"%x\r\n%s\r\n" % (len(part), part) for part in (BODY[:9], BODY[9:])]
    assert (
        sent(shared, head(shared, "Transfer-Encoding: chunked", 2), *pieces, b"0\r\n\r\n", end=False) == b"HTTP/1.1 303"
    )
    large = b"%x\r\n%s\r\n" % (70_000, b"O1=" + b"x" * 69_997)
    assert (
        sent(shared, head(shared, "Transfer-Encoding: chunked", 3), large, b"0\r\n\r\n", end=False) == b"HTTP/1.1 413"
    )
    assert stored(shared) == before + 1


def page_seconds(served: Served) -> float:
    begun = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=10)
    connection.request("GET", f"/v/{served.world.venue}")
    assert connection.getresponse().status == 200
    connection.close()
    return time.monotonic() - begun


def test_pages_do_not_wait_behind_people_who_send_slowly_and_these_are_told(shared: Served) -> None:
    page_seconds(shared)
    slow = [socket.create_connection(("127.0.0.1", shared.port), timeout=10) for _ in range(12)]
    begun = time.monotonic()
    for own in slow:
        own.sendall(head(shared, "Content-Length: 60000") + b"version=")
    assert max(page_seconds(shared) for _ in range(20)) < 3
    for own in slow:
        said = own.recv(100_000)
        assert said.startswith(b"HTTP/1.1 408")
        while said:
            said = own.recv(100_000)
        own.close()
    assert time.monotonic() - begun < 9
    assert page_seconds(shared) < 3


def test_somebody_slow_is_heard_when_the_server_has_time(shared: Served) -> None:
    before = stored(shared)
    pieces = [BODY[at : at + 10] for at in range(0, len(BODY), 10)]
    with socket.create_connection(("127.0.0.1", shared.port), timeout=10) as own:
        own.sendall(head(shared, f"Content-Length: {len(BODY)}", 4))
        for piece in pieces:
            time.sleep(0.3)
            own.sendall(piece)
        assert own.recv(12) == b"HTTP/1.1 303"
    assert stored(shared) == before + 1


def other(served: Served, *words: str, **settings: str) -> tuple[int, str]:
    """Another `collector`, beside the one that runs: its exit status and what it says."""
    env = {**SETTINGS, "PATH": os.environ["PATH"], "COLLECTOR_DATA": str(served.world.settings.data), **settings}
    command = [sys.executable, "-m", "collector", *words]
    done = subprocess.run(
        command, env={**env, "COLLECTOR_SCHEDULER": "no"}, capture_output=True, text=True, timeout=30, check=False
    )
    return done.returncode, done.stderr


def test_a_second_server_of_a_folder_is_refused_in_words(shared: Served) -> None:
    status, said = other(shared, "serve", "--port", str(free_port()))
    assert status == 1
    assert said.startswith("collector: Another `collector serve` uses")
    assert said.count("\n") == 1


def test_a_port_that_is_taken_is_refused_in_words(shared: Served, tmp_path: Path) -> None:
    world = make_world(tmp_path)
    status, said = other(Served(world, 0, shared.process), "serve", "--port", str(shared.port))
    world.database.close()
    assert status == 1
    assert "another program listens there" in said
    assert "--port" in said


def test_no_worker_is_made_while_a_database_is_open(shared: Served) -> None:
    for pid in (shared.process.pid,):
        opened = [os.readlink(link) for link in Path(f"/proc/{pid}/fd").iterdir() if link.exists()]
        assert not [name for name in opened if "collector.db" in name]


def test_a_server_that_waits_for_somebody_slow_stops_when_it_is_told(world: World) -> None:
    with serving(world) as served, socket.create_connection(("127.0.0.1", served.port)) as own:
        own.sendall(head(served, "Content-Length: 60000") + b"version=")
        time.sleep(0.3)
        served.process.send_signal(signal.SIGTERM)
        assert served.process.wait(10) == 0


def test_without_its_secret_it_says_what_doctor_says_in_one_sentence(world: World, tmp_path: Path) -> None:
    world.settings.secret_file.unlink()
    process = subprocess.Popen(["true"])
    process.wait()
    served = Served(world, 0, process)
    status, said = other(served, "serve", "--port", str(free_port()))
    assert (status, said.count("\n"), "Traceback" in said) == (1, 1, False)
    assert "Restore it from a backup" in said
    assert said.removeprefix("collector: ").strip() in other_out(served)


def other_out(served: Served) -> str:
    env = {**SETTINGS, "PATH": os.environ["PATH"], "COLLECTOR_DATA": str(served.world.settings.data)}
    command = [sys.executable, "-m", "collector", "doctor"]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=30, check=False).stdout
