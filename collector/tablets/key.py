"""The key for which tablets seal answers: `queue.key` beside the database, in PKCS 8, made once and in every backup.

`cryptography` is imported where it is used: whoever has no tablet does not wait for it.
"""

from __future__ import annotations

import base64
import threading
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from collector.db import Database
from collector.db.backup import write_private
from collector.errors import StoreError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

FILE = "queue.key"
LOST = f"The key {FILE} of sealed answers cannot be read."
CURE = "Restore it from a backup: without it, what waits on tablets is lost."
IN_USE = "SELECT count(*) FROM tablet WHERE stopped_on IS NULL AND token_mac IS NOT NULL"


def make(path: Path) -> None:
    """Make a new key in a file that only its owner can read; the file must not be there."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = ec.generate_private_key(ec.SECP256R1())
    write_private(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def make_if_missing(database: Database, path: Path) -> bool:
    """Make the key of an installation that has none; True when it has one afterwards.

    While a tablet is in use none is made: the lost one can still come back from a backup, and boxes wait for it.
    """
    if not path.exists() and database.one(IN_USE) == (0,):
        make(path)
    return path.exists()


def load(path: Path) -> EllipticCurvePrivateKey:
    """The key. Raises StoreError when it is missing or no P-256 key in PKCS 8."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise StoreError(f"{LOST} {CURE}") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise StoreError(f"{LOST} {CURE}")
    return key


def point_of(key: EllipticCurvePrivateKey) -> bytes:
    """The public key as 65 bytes: an uncompressed point."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


class Queue:
    """The key of a running program, read when it is first needed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    @cached_property
    def private(self) -> EllipticCurvePrivateKey:
        """The key itself. Raises StoreError, and looks again the next time."""
        with self._lock:
            return load(self._path)

    @cached_property
    def point(self) -> bytes:
        return point_of(self.private)

    def public(self) -> str:
        """What tablets seal for, as it stands in `/t/pages.json`: base64url without padding."""
        return base64.urlsafe_b64encode(self.point).rstrip(b"=").decode()
