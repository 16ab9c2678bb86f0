"""Ids in addresses and forms: any text may stand there."""

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
