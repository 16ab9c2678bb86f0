"""The one envelope format: an algorithm-and-version byte, then what that algorithm needs.

A new suite (say a hybrid post-quantum KEM) is a new first byte; old envelopes stay readable.
Words go in padded, so that lengths come in steps; only keys, which are all of one length, do not.
"""

import os
from typing import Final, NewType

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from grievance.sealing.keys import KEY_BYTES
from grievance.sealing.padding import pad, unpad

Sealed = NewType("Sealed", bytes)

DOCUMENT_V1: Final = b"\x01"  # AES-256-GCM: 12 bytes nonce, padded words sealed, 16 bytes tag
KEY_V1: Final = b"\x11"  # HPKE base mode: X25519, HKDF-SHA256, AES-256-GCM; 32 bytes, no padding
COPY_V1: Final = b"\x12"  # the same suite; padded words
_NONCE = 12
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class CannotOpen(Exception):
    """An envelope did not open: wrong key, wrong binding, changed bytes or unknown version."""


def seal_document(key: bytes, plain: bytes, binding: bytes) -> Sealed:
    """Seal ``plain`` under a 32-byte key; it opens only with the same ``binding``."""
    nonce = os.urandom(_NONCE)
    body = AESGCM(key).encrypt(nonce, pad(plain), DOCUMENT_V1 + binding)
    return Sealed(DOCUMENT_V1 + nonce + body)


def open_document(key: bytes, sealed: Sealed, binding: bytes) -> bytes:
    """Open what ``seal_document`` made. Raises CannotOpen."""
    if sealed[:1] != DOCUMENT_V1:
        raise CannotOpen("unknown envelope version")
    nonce, body = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
    try:
        return unpad(AESGCM(key).decrypt(nonce, body, DOCUMENT_V1 + binding))
    except (InvalidTag, ValueError) as error:
        raise CannotOpen("the envelope does not fit this key and place") from error


def seal_key(public_key: bytes, key: bytes, info: bytes) -> Sealed:
    """Seal a key (or a secret as long) to a holder's 32-byte X25519 public key, bound to ``info``.

    Any other length is refused: it would show. Words for a holder go through ``seal_copy``.
    """
    if len(key) != KEY_BYTES:
        raise ValueError(f"a key has {KEY_BYTES} bytes")
    return _to_holder(KEY_V1, public_key, key, info)


def open_key(private_key: bytes, sealed: Sealed, info: bytes) -> bytes:
    """Open what ``seal_key`` made with the holder's 32-byte private key. Raises CannotOpen."""
    return _as_holder(KEY_V1, private_key, sealed, info)


def seal_copy(public_key: bytes, plain: bytes, info: bytes) -> Sealed:
    """Seal words to a holder's public key where no key is at hand, bound to ``info``."""
    return _to_holder(COPY_V1, public_key, pad(plain), info)


def open_copy(private_key: bytes, sealed: Sealed, info: bytes) -> bytes:
    """Open what ``seal_copy`` made with the holder's private key. Raises CannotOpen."""
    try:
        return unpad(_as_holder(COPY_V1, private_key, sealed, info))
    except ValueError as error:
        raise CannotOpen("the copy is not padded") from error


def _to_holder(version: bytes, public_key: bytes, plain: bytes, info: bytes) -> Sealed:
    holder = X25519PublicKey.from_public_bytes(public_key)
    return Sealed(version + _SUITE.encrypt(plain, holder, version + info))


def _as_holder(version: bytes, private_key: bytes, sealed: Sealed, info: bytes) -> bytes:
    if sealed[:1] != version:
        raise CannotOpen("unknown envelope version")
    holder = X25519PrivateKey.from_private_bytes(private_key)
    try:
        return _SUITE.decrypt(sealed[1:], holder, version + info)
    except (InvalidTag, ValueError) as error:
        raise CannotOpen("not sealed to this holder and place") from error
