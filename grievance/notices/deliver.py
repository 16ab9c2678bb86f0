"""Takes notices from the outbox and sends them: lease, send without a lock, write the result.

A notice is leased before it is sent, so two workers never send the same one at once. A server that
takes a mail and then breaks off may see it twice, with the same neutral words.
"""

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from sqlalchemy import Select, select

from grievance.notices.mailer import Never, NotNow
from grievance.rules.terms import NoticeKind, NoticeState
from grievance.store.engine import Database
from grievance.store.events import SYSTEM, record
from grievance.store.outbox import Notice, due_notices

LEASE = timedelta(minutes=10)
BACK_OFF = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 720, 1440))
REFUSED_TRIES = 3  # a 5xx may be a mistake of the other side; after three it is an answer
log = logging.getLogger("grievance.notices")


class Sender(Protocol):
    """Whatever can hand over one mail."""

    def send(self, *, to: str, subject: str, body: str, now: datetime) -> None:
        """Hand one mail over. Raises NotNow or Never."""


class Writer(Protocol):
    """Whatever can write the two texts of a mail."""

    def __call__(self, kind: NoticeKind, language: str, items: int) -> tuple[str, str]:
        """Subject and body."""


@dataclass(frozen=True)
class Mail:
    """One mail: the notices of one kind to one address, told together."""

    kind: NoticeKind
    to: str
    language: str
    notice_ids: tuple[UUID, ...]


def deliver(database: Database, sender: Sender, write: Writer, now: datetime) -> int:
    """Send what is due; how many mails left. Run again at any time: it is idempotent."""
    sent = 0
    for mail in _lease(database, now):
        subject, body = write(mail.kind, mail.language, len(mail.notice_ids))
        try:
            sender.send(to=mail.to, subject=subject, body=body, now=now)
        except NotNow as error:
            _failed(database, mail, error, now)
        else:
            sent += 1
            _sent(database, mail, now)
    return sent


def _lease(database: Database, now: datetime) -> list[Mail]:
    together: dict[tuple[str, str, str], list[UUID]] = defaultdict(list)
    with database.writer() as db:
        for notice in due_notices(db, now):
            notice.leased_until = now + LEASE
            notice.attempts += 1
            together[notice.kind, notice.to_email, notice.language].append(notice.id)
        db.commit()
    return [
        Mail(NoticeKind(kind), to, language, tuple(ids))
        for (kind, to, language), ids in together.items()
    ]


def _sent(database: Database, mail: Mail, now: datetime) -> None:
    with database.writer() as db:
        for notice in _of(db.scalars(_rows(mail)).all()):
            notice.state, notice.error, notice.leased_until = NoticeState.SENT, None, None
            # The hour only: the minute a notice leaves is the minute a worker wrote.
            notice.sent_at = now.replace(minute=0, second=0, microsecond=0)
        db.commit()


def _failed(database: Database, mail: Mail, error: NotNow, now: datetime) -> None:
    log.warning("a %s notice did not leave: %s", mail.kind, error.kind)
    with database.writer() as db:
        for notice in _of(db.scalars(_rows(mail)).all()):
            notice.error, notice.leased_until = error.kind, None
            if _is_over(notice, error):
                notice.state = NoticeState.GIVEN_UP
                record(
                    db, "notice_given_up", SYSTEM, now, organization_id=notice.organization_id,
                    details={"kind": notice.kind, "error": error.kind},
                )  # fmt: skip
                log.error("gave up a %s notice after %d tries", notice.kind, notice.attempts)
            else:
                notice.not_before = now + BACK_OFF[min(notice.attempts, len(BACK_OFF)) - 1]
        db.commit()


def _is_over(notice: Notice, error: NotNow) -> bool:
    refused = isinstance(error, Never) and notice.attempts >= REFUSED_TRIES
    return refused or notice.attempts > len(BACK_OFF)


def _rows(mail: Mail) -> Select[Notice]:
    return select(Notice).where(Notice.id.in_(mail.notice_ids))


def _of(notices: Sequence[Notice]) -> list[Notice]:
    return [n for n in notices if n.state == NoticeState.WAITING]
