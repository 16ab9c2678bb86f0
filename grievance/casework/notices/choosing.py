"""A member says in which language and when she wants her mail."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.rules.notice_times import NoticeTimes
from grievance.rules.terms import Language
from grievance.store.accounts import User, lock_user
from grievance.store.events import Actor, record
from grievance.store.notice_times import NoticeTimesRow
from grievance.store.outbox import Notice, waiting_for


def choose_notices(
    db: Session, user_id: UUID, language: Language, times: NoticeTimes, actor: Actor, now: datetime
) -> None:
    """Keep what she chose; what waits for her already leaves by it.

    Her row is locked first, so that of two who save at once the second changes what the first
    wrote. A notice that is written meanwhile waits for the same lock (``times_of``).
    """
    user = lock_user(db, user_id)
    if user is None:
        return
    row = db.get(NoticeTimesRow, user_id, with_for_update=True, populate_existing=True)
    if row is None:
        row = NoticeTimesRow(user_id=user_id)
        db.add(row)
    row.take(times)
    user.language = language
    db.flush()
    _move(db, user, times, now)
    record(db, "notices_chosen", actor, now, details={"rhythm": times.rhythm})


def _move(db: Session, user: User, times: NoticeTimes, now: datetime) -> None:
    for notice in waiting_for(db, user.id):
        if _is_leaving(notice, now):
            continue
        notice.language = user.language
        if notice.urgent:
            continue
        notice.digest = times.is_digest
        if notice.attempts == 0:  # one that a mail server put off keeps its patience
            notice.not_before = times.next_time(now)


def _is_leaving(notice: Notice, now: datetime) -> bool:
    return notice.leased_until is not None and notice.leased_until > now
