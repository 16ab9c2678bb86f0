"""Reads delivery reports (RFC 3464) as mail servers send them back, whatever bytes they are.

What comes in was written by strangers. Nothing of it is kept or printed but addresses that have the
form of one and status codes; a report that cannot be read is named as such.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from typing import Final

from grievance.rules.email import is_email, normal_email

_STATUS: Final = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})\b")
_ADDRESS: Final = re.compile(r"(?:[\w-]+\s*;)?\s*<?([^<>\s;]+@[^<>\s;]+)>?\s*", re.ASCII)
_DAY: Final = rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) "
_FROM: Final = re.compile(rb"^From [^\r\n]*" + _DAY + rb"[^\r\n]*\r?\n", re.MULTILINE)
_MOST_RECIPIENTS: Final = 100
# What the parsers of the standard library raise on mail that no honest server wrote.
_UNREADABLE: Final = (ValueError, LookupError, TypeError, AttributeError, RecursionError)


@dataclass(frozen=True)
class Returned:
    """One recipient of a report: whom it names, its status, and whether the mail is lost."""

    addresses: tuple[str, ...]  # as the report calls her, in normal form; any of them may be ours
    action: str  # failed, delayed, or another word
    status: str

    @property
    def hard(self) -> bool:
        """Whether her server says that this address takes no mail."""
        return self.action == "failed" and self.status.startswith("5.")

    @property
    def soft(self) -> bool:
        """Whether a mail was late or lost for a reason that passes."""
        return self.action in {"failed", "delayed"} and self.status.startswith("4.")


@dataclass(frozen=True)
class Report:
    """One message: its recipients, and what it quotes of the mail that came back."""

    returned: tuple[Returned, ...] = ()
    name: str = ""  # the quoted Message-ID
    to: str = ""  # the quoted recipient, in normal form
    readable: bool = True


def split(raw: bytes) -> list[bytes]:
    """The messages in what was piped in: one mail, or several in a file of the kind mbox."""
    if not raw.lstrip().startswith(b"From "):
        return [raw] if raw.strip() else []
    return [part for part in _FROM.split(raw.lstrip()) if part.strip()]


def read_report(raw: bytes) -> Report:
    """One message. Without recipients where it is no delivery report."""
    try:
        message = message_from_bytes(raw)
        parts = list(message.walk())
        quoted = next((one for one in map(_quoted, parts) if one is not None), None)
        blocks = [b for part in parts if _is_status(part) for b in _blocks(part)]
        returned = tuple(_returned(blocks[1:]))  # the first block is of the message
        return Report(returned, _header(quoted, "Message-ID"), _address(_header(quoted, "To")))
    except _UNREADABLE:
        return Report(readable=False)


def _is_status(part: Message) -> bool:
    return part.get_content_type() in {"message/delivery-status", "message/global-delivery-status"}


def _blocks(part: Message) -> list[Message]:
    held = part.get_payload()
    return [one for one in held if isinstance(one, Message)] if isinstance(held, list) else []


def _quoted(part: Message) -> Message | None:
    """The mail that came back, or its headers."""
    kind = part.get_content_type()
    if kind in {"message/rfc822", "message/global"}:
        held = part.get_payload()
        return held[0] if isinstance(held, list) and isinstance(held[0], Message) else None
    if kind in {"text/rfc822-headers", "message/rfc822-headers", "message/global-headers"}:
        body = part.get_payload(decode=True)
        return message_from_bytes(body) if isinstance(body, bytes) else None
    return None


def _returned(blocks: list[Message]) -> Iterator[Returned]:
    for block in blocks[:_MOST_RECIPIENTS]:
        names = ("Original-Recipient", "Final-Recipient")
        addresses = dict.fromkeys(_address(_header(block, name)) for name in names)
        status = _STATUS.match(_header(block, "Status"))
        action = _header(block, "Action").strip().lower()
        if status and any(addresses):
            yield Returned(tuple(one for one in addresses if one), action, status[1])


def _header(message: Message | None, name: str) -> str:
    found = message.get(name) if message is not None else None
    return "" if found is None else str(found)


def _address(text: str) -> str:
    """``rfc822; Name@Example.org`` or ``<name@example.org>`` in its normal form, or nothing."""
    found = _ADDRESS.fullmatch(text)
    return normal_email(found[1]) if found and is_email(found[1]) else ""
