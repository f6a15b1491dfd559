"""Ending the connection of somebody who sends too slowly: the server has no deadline for bodies, and no way to close.

The answer is given first, filled up to a length that no other answer has. The connection over which exactly so much
went out is the one; it is ended. Only Linux tells how much that was; elsewhere the connection stays until the
sender leaves, and costs one sleeping thread.
"""

from __future__ import annotations

import os
import secrets
import socket
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

STEP = 512
"""More than the headers of the answer: lengths in steps of it cannot be mistaken for each other."""
STEPS = 64
BYTES_SENT = slice(200, 208)
"""Where `tcpi_bytes_sent` lies in `struct tcp_info` (linux/tcp.h, since 4.19)."""
FDS = Path("/proc/self/fd")


def cut(sender: str, answer: Callable[[bytes], None]) -> bool:
    """Give an answer (called with what fills it up) and end its connection; True when that was found."""
    filling = b" " * (STEP * (1 + secrets.randbelow(STEPS)))
    if not sys.platform.startswith("linux"):
        answer(b"")
        return False
    before = {fd: sent for fd, sent, _ in _connections(sender)}
    answer(filling)
    for _ in range(20):
        for fd, sent, connection in _connections(sender):
            if len(filling) <= sent - before.get(fd, sent) < len(filling) + STEP:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
                return True
        time.sleep(0.005)
    return False


def _connections(sender: str) -> Iterator[tuple[int, int, socket.socket]]:
    """(descriptor, bytes sent, socket) of every connection with an address. Each socket is closed on the way on."""
    for fd in map(int, os.listdir(FDS)):
        try:
            if not stat.S_ISSOCK(os.fstat(fd).st_mode):
                continue
            with socket.socket(fileno=os.dup(fd)) as own:
                if own.type == socket.SOCK_STREAM and own.getpeername()[0] == sender:
                    yield fd, _sent(own), own
        except (OSError, IndexError):  # closed meanwhile, or no connection
            continue


def _sent(connection: socket.socket) -> int:
    told = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, BYTES_SENT.stop)
    return int.from_bytes(told[BYTES_SENT], sys.byteorder)
