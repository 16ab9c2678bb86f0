"""What we lock: envelopes, keys, the receipt code's key. Imports nothing of ours.

Grounds: RFC 9180 (HPKE) to seal keys to holders, AES-256-GCM (NIST SP 800-38D) for documents,
RFC 9106 (Argon2id) for passwords and codes. We compose these and invent nothing.
"""

from grievance.sealing.envelope import (
    CannotOpen,
    Sealed,
    open_copy,
    open_document,
    open_key,
    seal_copy,
    seal_document,
    seal_key,
)
from grievance.sealing.keys import KeyPair, new_content_key

__all__ = [
    "CannotOpen",
    "KeyPair",
    "Sealed",
    "new_content_key",
    "open_copy",
    "open_document",
    "open_key",
    "seal_copy",
    "seal_document",
    "seal_key",
]
