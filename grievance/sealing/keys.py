"""Key pairs, and the keys that come from a password, a recovery key, a code or a cookie.

Argon2id costs come in as arguments (``Cost``): tests pass the least, the service the real ones.
"""

import base64
import hashlib
import secrets
import unicodedata
from dataclasses import dataclass
from typing import Final

from argon2.low_level import Type, hash_secret_raw
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

KEY_BYTES: Final = 32
COOKIE_BYTES: Final = 32
MAX_PASSWORD: Final = 1024
MIN_PASSWORD: Final = 12
_CROCKFORD: Final = str.maketrans("ILO", "110")


@dataclass(frozen=True)
class Cost:
    """Argon2id: passes, memory in KiB, lanes (RFC 9106)."""

    passes: int
    memory: int
    lanes: int = 1


PASSWORD_COST: Final = Cost(passes=3, memory=64 * 1024)
CODE_COST: Final = Cost(passes=2, memory=19 * 1024)
LEAST_COST: Final = Cost(passes=1, memory=8)


@dataclass(frozen=True)
class KeyPair:
    """An X25519 pair; both halves are 32 raw bytes."""

    private: bytes
    public: bytes

    @classmethod
    def from_private(cls, private: bytes) -> "KeyPair":
        """Rebuild the pair from its private half (32 bytes)."""
        key = X25519PrivateKey.from_private_bytes(private)
        return cls(private, key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))

    @classmethod
    def generate(cls) -> "KeyPair":
        """A fresh pair."""
        return cls.from_private(secrets.token_bytes(KEY_BYTES))


@dataclass(frozen=True)
class CodeKeys:
    """What a receipt code gives: the id its row is found by (32 bytes) and the worker's pair."""

    lookup_id: bytes
    pair: KeyPair


@dataclass(frozen=True)
class CookieKeys:
    """What a session cookie gives: its row's id, the key that seals the row, the CSRF token."""

    row_id: bytes
    seal_key: bytes
    csrf_token: str


def new_content_key() -> bytes:
    """A random AES-256 key."""
    return secrets.token_bytes(KEY_BYTES)


def subkey(secret: bytes, purpose: str) -> bytes:
    """A 32-byte key of its own for each purpose (BLAKE2b keyed with the secret)."""
    return hashlib.blake2b(purpose.encode(), key=secret, digest_size=KEY_BYTES).digest()


def password_key(password: str, salt: bytes, cost: Cost = PASSWORD_COST) -> bytes:
    """The key that wraps a user's private key. About 180 ms at PASSWORD_COST."""
    return subkey(_argon2(normal_password(password).encode(), salt, cost), "user private key")


def normal_password(password: str) -> str:
    """RFC 8265 OpaqueString: blanks of other widths become one kind, NFC; cut at MAX_PASSWORD."""
    spaced = "".join(" " if unicodedata.category(c) == "Zs" else c for c in password[:MAX_PASSWORD])
    return unicodedata.normalize("NFC", spaced)


def code_keys(digits: str, pepper: bytes, cost: Cost = CODE_COST) -> CodeKeys:
    """One Argon2id call turns twenty plain digits into lookup id and key pair (design.md 4)."""
    secret = _argon2(digits.encode("ascii"), pepper, cost)
    return CodeKeys(
        subkey(secret, "code lookup id"), KeyPair.from_private(subkey(secret, "worker key"))
    )


def new_cookie() -> bytes:
    """The random bytes of a new session cookie."""
    return secrets.token_bytes(COOKIE_BYTES)


def cookie_keys(cookie: bytes) -> CookieKeys:
    """Everything a session needs follows from its cookie; the row alone opens nothing."""
    token = base64.urlsafe_b64encode(subkey(cookie, "csrf token")).rstrip(b"=").decode()
    return CookieKeys(subkey(cookie, "session row"), subkey(cookie, "session seal"), token)


def new_recovery_key() -> str:
    """160 random bits as eight groups of four Crockford base32 letters, to write on paper."""
    raw = base64.b32encode(secrets.token_bytes(20)).decode()
    letters = raw.translate(str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", _ALPHABET))
    return "-".join(letters[i : i + 4] for i in range(0, 32, 4))


_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def normal_secret(typed: str) -> str:
    """A recovery key, code or one-time code, without blanks, dashes, case, width or local digits.

    Letters outside ASCII and anything that is no letter or digit fall away.
    """
    folded = unicodedata.normalize("NFKC", typed[:MAX_PASSWORD]).upper()
    return "".join(_ascii(c) for c in folded)


def recovery_key_key(recovery_key: str) -> bytes:
    """The key that a recovery key gives; it has 160 bits, so no slow hash is needed."""
    spoken = normal_secret(recovery_key).translate(_CROCKFORD).encode("ascii")
    return hashlib.blake2b(spoken, digest_size=KEY_BYTES, person=b"recovery key").digest()


def _ascii(letter: str) -> str:
    if letter.isascii():
        return letter if letter.isalnum() else ""
    digit = unicodedata.decimal(letter, None)
    return "" if digit is None else str(digit)


def fingerprint(public_key: bytes) -> str:
    """Eight groups of four digits that two people read to each other before one confirms."""
    number = int.from_bytes(hashlib.sha256(b"member key" + public_key).digest()[:14], "big")
    digits = f"{number % 10**32:032d}"
    return " ".join(digits[i : i + 4] for i in range(0, 32, 4))


def _argon2(secret: bytes, salt: bytes, cost: Cost) -> bytes:
    return hash_secret_raw(secret, salt, cost.passes, cost.memory, cost.lanes, KEY_BYTES, Type.ID)
