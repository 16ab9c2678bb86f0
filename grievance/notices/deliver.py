"""Takes notices from the outbox and sends them: lease, send without a lock, write the result.

One mail is leased just before it is sent, so two workers never send the same one at once, however
slow the server is. A server that takes a mail and then breaks off may see it twice, with the same
neutral words. Quiet hours are looked at here once more: a try may have come to lie in them.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from grievance.casework.notices.bouncing import note_bounce, note_refused
from grievance.casework.notices.notifying import is_reached
from grievance.notices.mailer import Never, NoSuchAddress, NotNow
from grievance.rules.clocks import cut_to_hour
from grievance.rules.terms import ABOUT_CASES, NoticeKind, NoticeState
from grievance.store.directory import lock_organization
from grievance.store.engine import Database
from grievance.store.events import SYSTEM, record
from grievance.store.notice_times import times_now
from grievance.store.outbox import REFUSED_TRIES, Notice, due_together, refused_since
from grievance.web.logs import trail

LEASE = timedelta(minutes=10)  # longer than any one conversation: mailer.TIMEOUT_SECONDS a step
BATCH = timedelta(minutes=1)  # then the clocks come round again; the rest leave in the next pass
BACK_OFF = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 720, 1440))
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
    """One mail: the notices to one address that are told together, of one kind or as a digest."""

    kind: str  # terms.NoticeKind
    to: str
    language: str
    notice_ids: tuple[UUID, ...]


def deliver(
    database: Database, sender: Sender, write: Writer, clock: Callable[[], datetime]
) -> int:
    """Send what is due; how many mails left. Run again at any time: it is idempotent."""
    sent = 0
    end = clock() + BATCH
    while clock() < end and (mail := _lease(database, clock())):
        error = _hand_over(sender, write, mail, clock())
        if error is None:
            sent += 1
            _sent(database, mail, clock())
        else:
            _failed(database, mail, error, clock())
    return sent


def _hand_over(sender: Sender, write: Writer, mail: Mail, now: datetime) -> NotNow | None:
    try:
        subject, body = write(NoticeKind(mail.kind), mail.language, len(mail.notice_ids))
        sender.send(to=mail.to, subject=subject, body=body, now=now)
    except NotNow as error:
        return error
    except Exception as error:  # whatever it is, it holds up this mail only
        log.error("a %s notice met an error: %s", mail.kind, trail(error))
        return NotNow(type(error).__name__)
    return None


def _lease(database: Database, now: datetime) -> Mail | None:
    """The next mail: the notice that has waited longest, and those told together with it."""
    with database.writer() as db:
        while (together := due_together(db, now)) and (later := _after_quiet(db, together, now)):
            for notice in together:
                notice.not_before = later
            db.flush()
        for notice in together:
            notice.leased_until = now + LEASE
            notice.attempts += 1
        db.commit()
    if not together:
        return None
    return Mail(*_group(together[0]), tuple(notice.id for notice in together))


def _after_quiet(db: Session, together: Sequence[Notice], now: datetime) -> datetime | None:
    """When its reader's quiet hours end, if it is quiet now and nothing in the mail is urgent."""
    first = together[0]
    times = times_now(db, first.user_id) if first.user_id else None
    if times is None or any(notice.urgent for notice in together):
        return None
    later = times.after_quiet(now)
    return later if later > now else None


def _group(notice: Notice) -> tuple[str, str, str]:
    """A digest has the words of the plainest mail, also of one notice."""
    kind = NoticeKind.ITEM_WAITS if notice.digest else notice.kind
    return kind, notice.to_email, notice.language


def _sent(database: Database, mail: Mail, now: datetime) -> None:
    with database.writer() as db:
        for notice in _of(db.scalars(_rows(mail)).all()):
            notice.state, notice.error, notice.leased_until = NoticeState.SENT, None, None
            # The hour only: the minute a notice leaves is the minute a worker wrote.
            notice.sent_at = now.replace(minute=0, second=0, microsecond=0)
            notice.urgent = False
        db.commit()


def _failed(database: Database, mail: Mail, error: NotNow, now: datetime) -> None:
    log.warning("a %s notice did not leave: %s", mail.kind, error.kind)
    with database.writer() as db:
        _lock_desks(db, mail)
        tried = _of(db.scalars(_rows(mail)).all())
        over = [one for one in tried if _ends(db, one, error, now)]
        lost = _of_danger(over) if isinstance(error, Never) else _put_off(db, tried)
        gone = error.status if over and isinstance(error, NoSuchAddress) else None
        urgent = any(one.urgent for one in over)
        if gone is None:
            _tell_of_refused(db, lost, mail, now)
        db.commit()
    if gone is not None:
        with database.writer() as db:  # anew: it locks every desk of the address first
            note_bounce(db, mail.to, gone, SYSTEM, now, hard=True, urgent=urgent)
            _tell_of_refused(db, {d: at for d, at in lost.items() if is_reached(db, d)}, mail, now)
            db.commit()


def _ends(db: Session, notice: Notice, error: NotNow, now: datetime) -> bool:
    """Whether this try was the last one of a notice; else the next one is set."""
    notice.error, notice.leased_until = error.kind, None
    if not _is_over(notice, error):
        notice.not_before = now + BACK_OFF[min(notice.attempts, len(BACK_OFF)) - 1]
        return False
    notice.state = NoticeState.GIVEN_UP
    record(
        db, "notice_given_up", SYSTEM, now, organization_id=notice.organization_id,
        details={"kind": notice.kind, "error": error.kind},
    )  # fmt: skip
    log.error("gave up a %s notice after %d tries", notice.kind, notice.attempts)
    return True


def _lock_desks(db: Session, mail: Mail) -> None:
    """So that of two of a desk that are refused at once the second sees the first."""
    desks = {one.organization_id for one in db.scalars(_rows(mail)) if one.organization_id}
    for desk in sorted(desks):
        lock_organization(db, desk)
    db.expire_all()


def _of_danger(over: Sequence[Notice]) -> dict[UUID, datetime]:
    """The desks that a life at risk was told to, and since when: as what was given up says."""
    found: dict[UUID, datetime] = {}
    for one in over:
        if one.urgent and one.organization_id and one.kind in ABOUT_CASES:
            made = found.get(one.organization_id, one.made_at)
            found[one.organization_id] = min(made, one.made_at)
    return found


def _put_off(db: Session, tried: Sequence[Notice]) -> dict[UUID, datetime]:
    """The same of who was hope for a desk where others were refused, and is put off once more."""
    third = _of_danger([one for one in tried if one.attempts == REFUSED_TRIES])
    return {desk: at for desk, at in third.items() if refused_since(db, desk, cut_to_hour(at))}


def _tell_of_refused(db: Session, lost: dict[UUID, datetime], mail: Mail, now: datetime) -> None:
    db.flush()
    for desk in sorted(lost):
        note_refused(db, desk, mail.to, lost[desk], now)


def _is_over(notice: Notice, error: NotNow) -> bool:
    refused = isinstance(error, Never) and notice.attempts >= REFUSED_TRIES
    return refused or notice.attempts > len(BACK_OFF)


def _rows(mail: Mail) -> Select[Notice]:
    return select(Notice).where(Notice.id.in_(mail.notice_ids))


def _of(notices: Sequence[Notice]) -> list[Notice]:
    return [n for n in notices if n.state == NoticeState.WAITING]
