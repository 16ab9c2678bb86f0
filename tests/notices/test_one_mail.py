"""A worker that stood still for a day tells it in one mail."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from grievance.casework.notices.notifying import notify_organization
from grievance.config import Settings
from grievance.rules.terms import NoticeKind, NoticeState
from grievance.store.engine import Database
from grievance.store.outbox import Notice
from tests.conftest import Clock
from tests.factories import make_member, make_organization
from tests.notices.office import Office, send


def test_a_day_of_missed_promises_is_one_mail_to_each(
    db: Session, database: Database, settings: Settings, clock: Clock, office: tuple[Office, int]
) -> None:
    taker, port = office
    desk = make_organization(db)
    make_member(db, desk)
    make_member(db, desk)
    for _ in range(130):
        notify_organization(db, desk.id, NoticeKind.PROMISE_MISSED, now=clock())
    db.commit()

    assert send(database, settings, port, clock) == 2

    assert len(taker.mails) == 2
    assert all("130" in mail for mail in taker.mails)
    db.expire_all()
    assert set(db.scalars(select(Notice.state))) == {NoticeState.SENT}
