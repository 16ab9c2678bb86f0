"""Kinds of keys, documents and notices."""

from enum import StrEnum
from typing import Final


class GrantKind(StrEnum):
    """What key a grant holds."""

    CONTENT = "content"
    NOTES = "notes"
    QUESTION = "question"
    RELEASE = "release"
    OPINION = "opinion"


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
    QUESTION = "question"  # and, written by her, its answer
    OPINION = "opinion"  # what two desks write to each other, without her name


class NoticeState(StrEnum):
    """One mail's way through the outbox."""

    WAITING = "waiting"
    HELD = "held"  # its address takes no mail for now
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
    DESK_UNREACHABLE = "desk_unreachable"


# After these a member opens her desk and finds what waits there, danger first.
ABOUT_CASES: Final = frozenset(
    {
        NoticeKind.ITEM_WAITS,
        NoticeKind.NOBODY_TOOK_IT,
        NoticeKind.PROMISE_MISSED,
        NoticeKind.DESK_UNREACHABLE,
    }
)


class Rhythm(StrEnum):
    """When a member's mails leave."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"
