"""Opening a box: RFC 9180 base mode with DHKEM(P-256, HKDF-SHA256), HKDF-SHA256 and AES-256-GCM.

A box is 0x01, eight bytes that name the key, the sender's one-time point (65) and the ciphertext. What it is bound to
(`info`) is its visit and its own id, so that no box can be put under another visit.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from collector.errors import SyncError
from collector.responses.intake import HELPS
from collector.responses.keys import is_key
from collector.survey.definition import Answer
from collector.tablets.wire import DAY, Box, read_json

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.hpke import Suite

FIRST = b"\x01"
NAMED = 8
HEAD = len(FIRST) + NAMED
PADDED = 512
INFO = b"collector answer 1"
PLAIN = re.compile(r"[\w.:+-]{1,64}\Z", re.ASCII)
NAMES = frozenset({"key", "survey", "version", "variant", "language", "catalogue", "help", "day", "answers"})


@dataclass(frozen=True, slots=True)
class Inside:
    """What a box holds: one person's answers, as the tablet's script wrote them down. Not checked against a survey yet."""

    key: bytes
    survey: str
    version: str
    variant: str
    language: str
    catalogue: str
    help: str
    day: date
    answers: Mapping[str, Answer]


@cache
def suite() -> Suite:
    """What boxes are sealed with."""
    from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

    return Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def info_of(visit: str, box: str) -> bytes:
    """What a box is bound to."""
    return b"\0".join((INFO, visit.encode(), box.encode()))


def open_box(box: Box, private: EllipticCurvePrivateKey, point: bytes) -> Inside | None:
    """What a box holds; None when it is not sealed for this key, visit and id, or holds something else."""
    from cryptography.exceptions import InvalidTag

    if box.sealed[:HEAD] != FIRST + hashlib.sha256(point).digest()[:NAMED]:
        return None
    try:
        padded = suite().decrypt(box.sealed[HEAD:], private, info_of(box.visit, box.id))
    except (InvalidTag, ValueError):
        return None
    return read_inside(padded)


def read_inside(padded: bytes) -> Inside | None:
    """An answer as the script writes it, padded so that its length tells nothing; None for anything else."""
    if len(padded) % PADDED:
        return None
    try:
        said = read_json(padded)
    except SyncError:
        return None
    if not isinstance(said, dict) or said.keys() != NAMES:
        return None
    answers = _answers(said.pop("answers"))
    if answers is None or not all(isinstance(value, str) for value in said.values()):
        return None
    return _inside(said, answers)


def _inside(said: Mapping[str, str], answers: Mapping[str, Answer]) -> Inside | None:
    plain = all(PLAIN.match(said[name]) for name in ("survey", "version", "variant", "language"))
    if not plain or not (PLAIN.match(said["catalogue"]) or not said["catalogue"]):
        return None
    if not is_key(said["key"]) or said["help"] not in HELPS or not DAY.match(said["day"]):
        return None
    try:
        day = date.fromisoformat(said["day"])
    except ValueError:
        return None
    return Inside(
        bytes.fromhex(said["key"]), said["survey"], said["version"], said["variant"], said["language"],
        said["catalogue"], said["help"], day, answers,
    )  # fmt: skip


def _answers(found: Any) -> dict[str, Answer] | None:
    """Answers by question: a code, several, or words. None when there is something else among them."""
    if not isinstance(found, dict):
        return None
    answers: dict[str, Answer] = {}
    for code, answer in found.items():
        if isinstance(answer, list) and all(isinstance(one, str) for one in answer):
            answers[code] = tuple(answer)
        elif isinstance(answer, str):
            answers[code] = answer
        else:
            return None
    return answers
