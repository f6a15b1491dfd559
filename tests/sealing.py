"""RFC 9180 base mode once more, from its primitives: what the tablet's script and the server's library are held against.

DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

KEM = b"KEM" + (16).to_bytes(2)
SUITE = b"HPKE" + (16).to_bytes(2) + (1).to_bytes(2) + (2).to_bytes(2)
POINT = 65


def point_of(key: ec.EllipticCurvePublicKey) -> bytes:
    """A public key as it stands on the wire: 65 bytes."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _extract(suite: bytes, salt: bytes, label: bytes, content: bytes) -> bytes:
    return hmac.digest(salt or bytes(32), b"HPKE-v1" + suite + label + content, hashlib.sha256)


def _expand(suite: bytes, secret: bytes, label: bytes, context: bytes, length: int) -> bytes:
    content = length.to_bytes(2) + b"HPKE-v1" + suite + label + context + b"\x01"
    return hmac.digest(secret, content, hashlib.sha256)[:length]


def schedule(shared_point: bytes, enc: bytes, point: bytes, info: bytes) -> tuple[bytes, bytes]:
    """(key, nonce) of a box."""
    shared = _expand(KEM, _extract(KEM, b"", b"eae_prk", shared_point), b"shared_secret", enc + point, 32)
    context = b"\0" + _extract(SUITE, b"", b"psk_id_hash", b"") + _extract(SUITE, b"", b"info_hash", info)
    secret = _extract(SUITE, shared, b"secret", b"")
    return _expand(SUITE, secret, b"key", context, 32), _expand(SUITE, secret, b"base_nonce", context, 12)


def info_of(visit: str, box: str) -> bytes:
    """What binds a box to its visit and its id."""
    return b"collector answer 1\0" + visit.encode() + b"\0" + box.encode()


def seal(point: bytes, visit: str, box: str, inside: dict[str, Any]) -> bytes:
    """A box as a tablet makes it."""
    content = json.dumps(inside).encode()
    own = ec.generate_private_key(ec.SECP256R1())
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    enc = point_of(own.public_key())
    key, nonce = schedule(own.exchange(ec.ECDH(), theirs), enc, point, info_of(visit, box))
    padded = content.ljust(-(-len(content) // 512) * 512)
    return b"\x01" + hashlib.sha256(point).digest()[:8] + enc + AESGCM(key).encrypt(nonce, padded, None)


def opened(private: ec.EllipticCurvePrivateKey, visit: str, box: str, sealed: bytes) -> dict[str, Any]:
    """What a box holds. Raises when it is not of this key, visit and id."""
    point = point_of(private.public_key())
    assert sealed[0] == 1
    assert sealed[1:9] == hashlib.sha256(point).digest()[:8]
    enc = sealed[9 : 9 + POINT]
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), enc)
    key, nonce = schedule(private.exchange(ec.ECDH(), theirs), enc, point, info_of(visit, box))
    padded = AESGCM(key).decrypt(nonce, sealed[9 + POINT :], None)
    assert len(padded) % 512 == 0
    inside: dict[str, Any] = json.loads(padded)
    return inside
