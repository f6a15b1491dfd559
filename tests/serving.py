"""The real server as a process of its own: `collector serve` on 127.0.0.1, bounded in time."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.world import SETTINGS, World


@dataclass
class Served:
    """A running server: its address, port and process group."""

    world: World
    port: int
    process: subprocess.Popen[bytes]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def kill(self) -> None:
        """As a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)


@contextmanager
def serving(world: World, **settings: str) -> Iterator[Served]:
    """Serve an installation without the scheduler until the block ends."""
    served = start(world, free_port(), **settings)
    try:
        wait_until_well(served)
        yield served
    finally:
        if served.process.poll() is None:
            served.kill()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def start(world: World, port: int, **settings: str) -> Served:
    """A server of its own process group, which may not answer yet."""
    env = {
        **SETTINGS, "PATH": os.environ["PATH"], "COLLECTOR_DATA": str(world.settings.data),
        "COLLECTOR_EXPORTS": str(world.settings.exports), "COLLECTOR_DAILY_QUOTA": "100000",
        "COLLECTOR_SCHEDULER": "no", **settings,
    }  # fmt: skip
    command = [sys.executable, "-m", "collector", "serve", "--port", str(port)]
    process = subprocess.Popen(
        command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    return Served(world, port, process)


def wait_until_well(served: Served) -> None:
    """Raise AssertionError when it does not answer within fifteen seconds."""
    for _ in range(150):
        connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status in (200, 503):  # a world of another day has no backup of this one
                return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise AssertionError("the server did not start")
