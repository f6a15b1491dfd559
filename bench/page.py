"""Bytes of the survey page on the wire: one response of a real server, status line and headers included."""

from __future__ import annotations

import re
import socket

from figures import Figure, table
from installation import MAIN_LANGUAGES, Installation, installation
from servers import COLLECTOR, HOST, server

from collector.web.pages import HEAVIEST

MOST = {"br": HEAVIEST, "gzip": 11_000}
END = b"\r\n\r\n"
LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
NAMES = {"br": "brotli", "gzip": "gzip", "identity": "uncompressed"}


def measure(quick: bool = False) -> list[Figure]:
    """A figure for each encoding of en, bn and ur, and of the heaviest other language; the baseline is no encoding."""
    with installation() as made:
        # As deployed: over https the page has a header and a cookie attribute more.
        env = {**made.env, "COLLECTOR_PUBLIC_URL": "https://trust.example.org"}
        with server(COLLECTOR, 1, env, made.folder) as port:
            sizes = {tag: _sizes(port, made, tag) for tag in made.languages}
    others = [tag for tag in sizes if tag not in MAIN_LANGUAGES]
    figures = [_figure(tag, sizes[tag], encoding) for tag in MAIN_LANGUAGES for encoding in MOST]
    for encoding in MOST:
        heaviest = max(others, key=lambda tag: sizes[tag][encoding])
        figures.append(_figure(heaviest, sizes[heaviest], encoding, f", heaviest of {len(others)} others"))
    return figures


def _sizes(port: int, made: Installation, tag: str) -> dict[str, int]:
    path = f"/v/{made.codes[0]}/{tag}"
    return {encoding: len(answer(port, path, encoding)) for encoding in NAMES}


def _figure(tag: str, sizes: dict[str, int], encoding: str, more: str = "") -> Figure:
    name = f"survey page {tag}, {NAMES[encoding]}{more}"
    return Figure(name, sizes[encoding], "B", "uncompressed", sizes["identity"], most=MOST[encoding])


def answer(port: int, path: str, encoding: str) -> bytes:
    """One whole response as it came over the socket. Raises ValueError when it is not a good one."""
    request = f"GET {path} HTTP/1.1\r\nHost: {HOST}:{port}\r\nAccept-Encoding: {encoding}\r\n\r\n"
    with socket.create_connection((HOST, port), timeout=10) as connection:
        connection.sendall(request.encode("ascii"))
        content = more = connection.recv(65_536)
        while more and len(content) < _length(content):
            more = connection.recv(65_536)
            content += more
    head = content.partition(END)[0].lower()
    encoded = b"content-encoding: " + encoding.encode() in head
    if not head.startswith(b"http/1.1 200") or encoded != (encoding != "identity"):
        raise ValueError(f"{path} was not answered in {encoding}: {head[:200]!r}")
    return content


def _length(content: bytes) -> int:
    """Bytes that the whole response will have; one more than there are while the head is not complete."""
    head, end, _ = content.partition(END)
    found = LENGTH.search(head)
    if not end:
        return len(content) + 1
    return len(head) + len(END) + int(found[1]) if found else 0


if __name__ == "__main__":
    print(table(measure()))
