"""A box is RFC 9180 to the letter: held against published vectors and a second implementation; bound to visit and id."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.bindings._rust import openssl as library
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from collector.tablets.boxes import info_of, open_box, read_inside, suite
from collector.tablets.key import point_of
from collector.tablets.wire import Box
from tests import sealing

VECTOR: dict[str, Any] = json.loads((Path(__file__).parent / "hpke.json").read_text())
PRIVATE = ec.generate_private_key(ec.SECP256R1())
POINT = point_of(PRIVATE)
VISIT, ID = "ab" * 16, "cd" * 16
INSIDE: dict[str, Any] = {
    "key": "0f" * 16, "survey": "tiny", "version": "1.0.0", "variant": "full", "language": "pa-Guru", "catalogue": "",
    "help": "none", "day": "2026-11-23", "answers": {"Q1": "often", "M1": ["home", "shop"], "T1": "শব্দ"},
}  # fmt: skip


def from_hex(name: str) -> bytes:
    return bytes.fromhex(VECTOR[name])


def of_vector() -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int(VECTOR["skRm"], 16), ec.SECP256R1())


def test_the_library_opens_what_the_standard_published() -> None:
    assert (VECTOR["mode"], VECTOR["kem_id"], VECTOR["kdf_id"], VECTOR["aead_id"]) == (0, 16, 1, 2)
    assert point_of(of_vector()) == from_hex("pkRm")
    first = VECTOR["encryptions"][0]
    sealed, aad = from_hex("enc") + bytes.fromhex(first["ct"]), bytes.fromhex(first["aad"])
    assert library.hpke._decrypt_with_aad(suite(), sealed, of_vector(), from_hex("info"), aad) == bytes.fromhex(
        first["pt"]
    )


def test_the_second_implementation_makes_the_published_key_and_nonce() -> None:
    ours = ec.derive_private_key(int(VECTOR["skEm"], 16), ec.SECP256R1())
    shared = ours.exchange(ec.ECDH(), of_vector().public_key())
    made = sealing.schedule(shared, from_hex("enc"), from_hex("pkRm"), from_hex("info"))
    assert made == (from_hex("key"), from_hex("base_nonce"))


def test_what_one_implementation_seals_the_other_opens() -> None:
    sealed = sealing.seal(POINT, VISIT, ID, INSIDE)
    opened = open_box(Box(ID, VISIT, sealed), PRIVATE, POINT)
    assert opened is not None
    assert opened.answers == {"Q1": "often", "M1": ("home", "shop"), "T1": "শব্দ"}
    assert (opened.key.hex(), opened.language, opened.day.isoformat()) == ("0f" * 16, "pa-Guru", "2026-11-23")
    padded = json.dumps(INSIDE).encode().ljust(1024)
    theirs = suite().encrypt(padded, PRIVATE.public_key(), info_of(VISIT, ID))
    assert sealing.opened(PRIVATE, VISIT, ID, sealed[:9] + theirs) == INSIDE


def test_the_length_of_a_box_tells_nothing_but_its_multiple_of_512() -> None:
    lengths = {
        len(sealing.seal(POINT, VISIT, ID, {**INSIDE, "answers": {"Q1": "often", "T1": "x" * n}})) for n in (0, 9, 40)
    }
    assert lengths == {1 + 8 + 65 + 512 + 16}


OTHER = ec.generate_private_key(ec.SECP256R1())


def test_a_box_opens_under_its_own_visit_id_and_key_only() -> None:
    sealed = sealing.seal(POINT, VISIT, ID, INSIDE)
    assert open_box(Box("ee" * 16, VISIT, sealed), PRIVATE, POINT) is None
    assert open_box(Box(ID, "ee" * 16, sealed), PRIVATE, POINT) is None
    assert open_box(Box(ID, VISIT, sealed), OTHER, point_of(OTHER)) is None
    named_wrongly = sealed[:1] + hashlib.sha256(point_of(OTHER)).digest()[:8] + sealed[9:]
    assert open_box(Box(ID, VISIT, named_wrongly), OTHER, point_of(OTHER)) is None


@given(st.binary(max_size=200), st.integers(0, 700), st.integers(1, 255))
def test_whatever_is_changed_in_a_box_it_does_not_open(noise: bytes, at: int, change: int) -> None:
    sealed = bytearray(sealing.seal(POINT, VISIT, ID, {**INSIDE, "answers": {"Q1": "often"}}))
    for cut in (noise, bytes(sealed[:9]) + noise, bytes(sealed[: at % len(sealed)])):
        assert open_box(Box(ID, VISIT, cut), PRIVATE, POINT) is None
    sealed[at % len(sealed)] ^= change
    assert open_box(Box(ID, VISIT, bytes(sealed)), PRIVATE, POINT) is None


def test_the_library_refuses_a_changed_box_itself() -> None:
    sealed = bytearray(sealing.seal(POINT, VISIT, ID, INSIDE))
    sealed[-1] ^= 1
    with pytest.raises(InvalidTag):
        suite().decrypt(bytes(sealed[9:]), PRIVATE, info_of(VISIT, ID))


ODD: tuple[dict[str, Any], ...] = (
    {"key": "0F" * 16}, {"key": "0f" * 15}, {"survey": ""}, {"version": "1\n"}, {"variant": 5}, {"language": "b n"},
    {"catalogue": "x" * 65}, {"help": "much"}, {"day": "2026-02-30"}, {"day": "20261123"}, {"day": None}, {"answers": []},
    {"answers": {"Q1": 5}}, {"answers": {"Q1": ["a", 5]}}, {"answers": {"Q1": {"a": 1}}}, {"more": "x"},
)  # fmt: skip


@pytest.mark.parametrize("odd", ODD, ids=str)
def test_what_the_script_never_writes_is_no_answer(odd: dict[str, Any]) -> None:
    assert read_inside(json.dumps({**INSIDE, **odd}).encode().ljust(1024)) is None


@pytest.mark.parametrize("padded", [b"", b"5" + b" " * 511, b"[" * 5120, b"\xff" * 512, json.dumps(INSIDE).encode()])
def test_what_is_no_padded_object_is_no_answer(padded: bytes) -> None:
    assert read_inside(padded) is None


def test_cryptography_is_loaded_by_nobody_who_has_no_tablet() -> None:
    code = "import sys, collector.app, collector.jobs, collector.cli, collector.commands.tablets; print('cryptography' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, env={**os.environ})
    assert done.stdout.strip() == "False", done.stderr
