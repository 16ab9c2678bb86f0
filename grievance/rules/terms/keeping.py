"""Kinds of keys, documents and notices."""

from enum import StrEnum


class GrantKind(StrEnum):
    """What key a grant holds."""

    CONTENT = "content"
    NOTES = "notes"
    QUESTION = "question"
    RELEASE = "release"


class HolderKind(StrEnum):
    """Whom a grant is sealed to."""

    WORKER = "worker"
    ORGANIZATION = "organization"


class DocumentKind(StrEnum):
    """What a sealed document holds; part of its associated data."""

    ANSWERS = "answers"
    FACETS = "facets"
    ROUTE = "route"
    CONTACT = "contact"
    MESSAGE = "message"
    NOTE = "note"
    OUTCOME_WORDS = "outcome_words"
    REASON = "reason"
    DATES = "dates"
    RELEASE_REASON = "release_reason"
    PAPER = "paper"
    PAPER_ANSWER = "paper_answer"
    GROUP = "group"  # what its desk calls the group of a case; under that desk's notes key


class NoticeState(StrEnum):
    """One mail's way through the outbox."""

    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given_up"


class NoticeKind(StrEnum):
    """Which mail to write; none holds anything of a case."""

    ITEM_WAITS = "item_waits"
    INVITATION = "invitation"
    FACTOR_RESET = "factor_reset"
    NOBODY_TOOK_IT = "nobody_took_it"
    PROMISE_MISSED = "promise_missed"
    CONFIRM_ENTRY = "confirm_entry"
