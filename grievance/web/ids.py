"""Ids in addresses and forms, and places in a list: any text may stand there."""

from uuid import UUID

from flask import abort


def id_of(text: str | None) -> UUID | None:
    """The id that a text is; None for what is none."""
    try:
        return UUID(text or "")
    except ValueError:
        return None


def id_or_404(text: str | None) -> UUID:
    """The same where a page is asked for: what is no id is as one that is not there."""
    return id_of(text) or abort(404)


def place_of(text: str) -> int:
    """From which one or which page on; anything but a plain short number is the beginning."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
