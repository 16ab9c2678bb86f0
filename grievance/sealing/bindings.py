"""Where a sealed thing belongs, as bytes: an envelope moved to another place does not open.

Every field is written with its length, so no two places give the same bytes.
"""

from uuid import UUID

FORMAT = 1


def document_binding(case_id: UUID, document_id: UUID, kind: str, epoch: int) -> bytes:
    """Associated data of a document: format, case, document, kind, epoch (design.md 4)."""
    return canonical("document", case_id.bytes, document_id.bytes, kind.encode(), _number(epoch))


def grant_info(
    *, kind: str, case_id: UUID, epoch: int, holder: str, holder_id: bytes, key_version: int
) -> bytes:
    """HPKE info of a grant: kind of key, case, epoch, holder and the holder's key version."""
    return canonical(
        "grant",
        kind.encode(),
        case_id.bytes,
        _number(epoch),
        holder.encode(),
        holder_id,
        _number(key_version),
    )


def organization_key_info(organization_id: UUID, key_version: int, user_id: UUID) -> bytes:
    """HPKE info of an organization's private key sealed to one member."""
    return canonical("organization key", organization_id.bytes, _number(key_version), user_id.bytes)


def register_info(organization_id: UUID, number: int, key_version: int) -> bytes:
    """HPKE info of the key of an organization's respondents, sealed to one of its key versions."""
    return canonical("respondents", organization_id.bytes, _number(number), _number(key_version))


def respondent_binding(organization_id: UUID, row_id: UUID, what: str, number: int) -> bytes:
    """Associated data of a row of respondents: ``what`` is ``record`` or ``link``."""
    return canonical(
        "respondent", organization_id.bytes, row_id.bytes, what.encode(), _number(number)
    )


def user_binding(user_id: UUID, what: str) -> bytes:
    """Binding of a thing of one user: private key by password or recovery key, TOTP secret."""
    return canonical("user", user_id.bytes, what.encode())


def session_binding(row_id: bytes, kind: str) -> bytes:
    """Binding of a session row's sealed part."""
    return canonical("session", row_id, kind.encode())


def draft_binding(case_id: UUID, copy: str) -> bytes:
    """Binding of a draft; ``copy`` is ``session`` or ``code``."""
    return canonical("draft", case_id.bytes, copy.encode())


def canonical(*parts: str | bytes) -> bytes:
    """Each part behind its four-byte length, the format number first."""
    raw = [p.encode() if isinstance(p, str) else p for p in parts]
    return bytes([FORMAT]) + b"".join(_number(len(p)) + p for p in raw)


def _number(value: int) -> bytes:
    return value.to_bytes(4, "big")
