"""Lengths come in steps, and what was padded comes back as it was."""

import os
import re
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import example, given
from hypothesis import strategies as st

import grievance
from grievance.sealing import (
    CannotOpen,
    KeyPair,
    Sealed,
    new_content_key,
    open_copy,
    open_document,
    seal_copy,
    seal_document,
)
from grievance.sealing.envelope import _SUITE, COPY_V1, DOCUMENT_V1
from grievance.sealing.padding import FLOOR, pad, padded_size, unpad

pytestmark = pytest.mark.plain
KEY, PAIR = new_content_key(), KeyPair.generate()
STEPS = [FLOOR] + [FLOOR * 2**double * part // 4 for double in range(8) for part in (5, 6, 7, 8)]
awkward = st.binary(max_size=3 * FLOOR) | st.builds(
    lambda body, tail: body + tail,
    st.binary(max_size=FLOOR),
    st.text("\x00\x80", max_size=20).map(lambda text: text.encode("latin-1")),
)


@given(plain=awkward)
@example(plain=b"")
@example(plain=b"\x80")
@example(plain=b"\x80\x00\x00")
@example(plain=b"\x00" * FLOOR)
def test_any_bytes_come_back(plain: bytes) -> None:
    assert unpad(pad(plain)) == plain


@given(size=st.integers(min_value=0, max_value=256 * 1024))
@example(size=FLOOR)
@example(size=FLOOR + 1)
def test_a_size_is_the_next_of_33_steps_and_costs_less_than_a_quarter(size: int) -> None:
    assert padded_size(size) == next(step for step in STEPS if step >= size)
    assert size <= FLOOR or padded_size(size) < size * 5 / 4


def test_four_steps_stand_between_a_size_and_its_double() -> None:
    assert len(STEPS) == 33
    assert STEPS[:9] == [1024, 1280, 1536, 1792, 2048, 2560, 3072, 3584, 4096]


@given(size=st.integers(min_value=0, max_value=40_000))
def test_an_envelope_is_as_long_as_its_step(size: int) -> None:
    document = seal_document(KEY, b"w" * size, b"place")
    copy = seal_copy(PAIR.public, b"w" * size, b"place")

    assert len(document) == 1 + 12 + padded_size(size + 1) + 16
    assert len(copy) == 1 + 32 + padded_size(size + 1) + 16


@given(plain=st.binary(max_size=FLOOR - 1), other=st.binary(max_size=FLOOR - 1))
def test_two_of_one_step_have_one_length(plain: bytes, other: bytes) -> None:
    assert len(seal_document(KEY, plain, b"a")) == len(seal_document(KEY, other, b"b"))


@pytest.mark.parametrize(
    "inside",
    [
        b"",
        b"words",
        b"words\x80",
        b"\x00" * FLOOR,
        b"words".ljust(FLOOR, b"\x00"),
        pad(b"words") + b"\x00",
        pad(b"words")[:-1],
        pad(b"words") + b"\x00" * 256,  # a step, but not the first that holds it
    ],
)
def test_what_is_not_padded_to_its_step_does_not_open(inside: bytes) -> None:
    nonce = os.urandom(12)
    body = AESGCM(KEY).encrypt(nonce, inside, DOCUMENT_V1 + b"place")
    holder = X25519PublicKey.from_public_bytes(PAIR.public)
    copy = COPY_V1 + _SUITE.encrypt(inside, holder, COPY_V1 + b"place")

    with pytest.raises(CannotOpen):
        open_document(KEY, Sealed(DOCUMENT_V1 + nonce + body), b"place")
    with pytest.raises(CannotOpen):
        open_copy(PAIR.private, Sealed(copy), b"place")


def test_no_other_room_seals_past_the_padding() -> None:
    package = Path(grievance.__file__).parent
    cipher = re.compile(r"^\s*(?:from|import) .*(?:ciphers|hpke|fernet)", re.MULTILINE)
    using = [p for p in package.rglob("*.py") if cipher.search(p.read_text("utf-8"))]

    assert using == [package / "sealing" / "envelope.py"]
