"""The one envelope format: an algorithm-and-version byte, then what that algorithm needs.

A new suite (say a hybrid post-quantum KEM) is a new first byte; old envelopes stay readable.
"""

import os
from typing import Final, NewType

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

Sealed = NewType("Sealed", bytes)

DOCUMENT_V1: Final = b"\x01"  # AES-256-GCM: 12 bytes nonce, ciphertext, 16 bytes tag
KEY_V1: Final = b"\x11"  # HPKE base mode: X25519, HKDF-SHA256, AES-256-GCM
_NONCE = 12
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class CannotOpen(Exception):
    """An envelope did not open: wrong key, wrong binding, changed bytes or unknown version."""


def seal_document(key: bytes, plain: bytes, binding: bytes) -> Sealed:
    """Seal ``plain`` under a 32-byte key; it opens only with the same ``binding``."""
    nonce = os.urandom(_NONCE)
    return Sealed(DOCUMENT_V1 + nonce + AESGCM(key).encrypt(nonce, plain, DOCUMENT_V1 + binding))


def open_document(key: bytes, sealed: Sealed, binding: bytes) -> bytes:
    """Open what ``seal_document`` made. Raises CannotOpen."""
    if sealed[:1] != DOCUMENT_V1:
        raise CannotOpen("unknown envelope version")
    nonce, body = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
    try:
        return AESGCM(key).decrypt(nonce, body, DOCUMENT_V1 + binding)
    except (InvalidTag, ValueError) as error:
        raise CannotOpen("the envelope does not fit this key and place") from error


def seal_key(public_key: bytes, key: bytes, info: bytes) -> Sealed:
    """Seal a key (any short secret) to a holder's 32-byte X25519 public key, bound to ``info``."""
    holder = X25519PublicKey.from_public_bytes(public_key)
    return Sealed(KEY_V1 + _SUITE.encrypt(key, holder, KEY_V1 + info))


def open_key(private_key: bytes, sealed: Sealed, info: bytes) -> bytes:
    """Open what ``seal_key`` made with the holder's 32-byte private key. Raises CannotOpen."""
    if sealed[:1] != KEY_V1:
        raise CannotOpen("unknown envelope version")
    holder = X25519PrivateKey.from_private_bytes(private_key)
    try:
        return _SUITE.decrypt(sealed[1:], holder, KEY_V1 + info)
    except (InvalidTag, ValueError) as error:
        raise CannotOpen("the key is not sealed to this holder and place") from error
