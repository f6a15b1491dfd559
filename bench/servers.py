"""Real servers for the time of a measurement: granian as `collector serve` starts it, on a free local port."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from collector.web.senders import WAITING

HOST = "127.0.0.1"
COLLECTOR = ("collector.app:serve_app", "--factory")
HELLO = ("hello:app",)
THREADS = 4 + WAITING
PATIENCE = 20.0
OPTIONS = (
    "--interface", "wsgi", "--host", HOST, "--blocking-threads", str(THREADS), "--backpressure", "256",
    "--log-level", "warning", "--workers-kill-timeout", "5",
)  # fmt: skip


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def server(target: tuple[str, ...], workers: int, env: Mapping[str, str], folder: Path) -> Iterator[int]:
    """A running server; its port. `folder` takes its output."""
    port = free_port()
    command = [sys.executable, "-m", "granian", *OPTIONS, "--port", str(port), "--workers", str(workers), *target]
    own_env = {**env, "PYTHONPATH": os.pathsep.join([env["PYTHONPATH"], str(Path(__file__).parent)])}
    with running(command, own_env, folder):
        wait_for(port)
        yield port


@contextlib.contextmanager
def running(command: list[str], env: Mapping[str, str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A program with its children, ended whatever happens; what it says goes to `server.log`."""
    with (folder / "server.log").open("ab") as log:
        process = subprocess.Popen(
            command, env=dict(env), cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield process
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(10)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)


def wait_for(port: int, path: str = "/") -> float:
    """The moment of the first answer, by the monotonic clock. Raises TimeoutError when none comes."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with contextlib.suppress(OSError, http.client.HTTPException):
            ask(port, path)
            return time.monotonic()
        time.sleep(0.005)
    raise TimeoutError(f"the server on port {port} did not answer within {PATIENCE:g} s")


def ask(port: int, path: str) -> int:
    """The status of a GET over a connection of its own."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", path, headers={"Accept-Encoding": "br"})
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def warm(port: int, paths: list[str], workers: int) -> None:
    """Ask for each page often enough that every worker has rendered it."""
    for path in paths:
        for _ in range(4 * workers):
            ask(port, path)
