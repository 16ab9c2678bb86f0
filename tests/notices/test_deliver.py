"""Notices go over a real SMTP conversation: once, with patience, and never with a case in them."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select
from sqlalchemy.orm import Session

from grievance.casework.notifying import notify_organization, notify_root_coordinators
from grievance.config import Settings
from grievance.notices.deliver import BACK_OFF, deliver
from grievance.notices.mailer import MailServer
from grievance.notices.workloop import WorkLoop
from grievance.notices.writing import mail_writer
from grievance.rules.terms import NoticeKind, NoticeState, Role
from grievance.store.engine import Database
from grievance.store.events import Event
from grievance.store.outbox import Notice, WorkPass
from tests.conftest import Clock
from tests.factories import make_member, make_organization, make_root


class Office:
    """An SMTP server that keeps what it takes, and answers as told."""

    def __init__(self) -> None:
        self.mails: list[str] = []
        self.answer = "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Take a mail, or say no."""
        if self.answer.startswith("250"):
            self.mails.append(envelope.content.decode())
        return self.answer


@pytest.fixture
def office() -> Iterator[tuple[Office, int]]:
    """A running SMTP server and its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    made = Office()
    controller = Controller(made, hostname="127.0.0.1", port=port)
    controller.start()
    yield made, port
    controller.stop()


@pytest.fixture
def one_notice(db: Session, clock: Clock) -> None:
    """A notice to one organizer."""
    desk = make_organization(db)
    make_member(db, desk, roles=(Role.ORGANIZER,), email="desk@example.org")
    notify_organization(db, desk.id, NoticeKind.ITEM_WAITS, now=clock(), caused_by_worker=True)
    db.commit()


def send(database: Database, settings: Settings, port: int, clock: Clock) -> int:
    server = MailServer("127.0.0.1", port, False, None, None, "noreply@example.org")
    return deliver(database, server, mail_writer(settings), clock())


def notice(database: Database) -> Notice:
    with database.reader() as own:
        return own.scalars(select(Notice)).one()


def test_a_notice_leaves_once_and_tells_nothing(
    database: Database, settings: Settings, one_notice: None, office: Any, clock: Clock
) -> None:
    server, port = office

    assert send(database, settings, port, clock) == 1
    assert send(database, settings, port, clock) == 0

    [mail] = server.mails
    assert "1 item waits for you" in mail
    assert "/desk/" in mail
    assert "Auto-Submitted: auto-generated" in mail
    assert notice(database).state == NoticeState.SENT
    assert notice(database).sent_at.minute == 0


def test_several_notices_to_one_address_are_one_mail(
    db: Session, database: Database, settings: Settings, office: Any, clock: Clock
) -> None:
    root = make_root(db)
    make_member(db, root, roles=(Role.COORDINATOR,), email="chief@example.org")
    for _ in range(3):
        notify_organization(db, root.id, NoticeKind.ITEM_WAITS, now=clock())
    notify_root_coordinators(db, NoticeKind.NOBODY_TOOK_IT, now=clock())
    db.commit()

    assert send(database, settings, office[1], clock) == 2
    assert any("3 items wait for you" in mail for mail in office[0].mails)


def test_a_busy_server_is_asked_again_later(
    database: Database, settings: Settings, one_notice: None, office: Any, clock: Clock
) -> None:
    server, port = office
    server.answer = "421 come back"
    assert send(database, settings, port, clock) == 0
    server.answer = "250 OK"
    assert send(database, settings, port, clock) == 0

    clock.forward(seconds=BACK_OFF[0].total_seconds() + 1)

    assert send(database, settings, port, clock) == 1


def test_a_refusal_is_given_up_and_stands_in_the_trail(
    database: Database, settings: Settings, one_notice: None, office: Any, clock: Clock
) -> None:
    server, port = office
    server.answer = "550 no such person"
    for wait in BACK_OFF[:4]:
        send(database, settings, port, clock)
        clock.forward(seconds=wait.total_seconds() + 1)

    assert notice(database).state == NoticeState.GIVEN_UP
    assert notice(database).attempts == 3
    with database.reader() as own:
        [event] = own.scalars(select(Event).where(Event.verb == "notice_given_up"))
    assert "no such person" not in str(event.details)


def test_a_server_that_is_not_there_loses_nothing(
    database: Database, settings: Settings, one_notice: None, clock: Clock
) -> None:
    assert send(database, settings, 9, clock) == 0

    assert notice(database).state == NoticeState.WAITING
    assert notice(database).not_before == clock() + BACK_OFF[0]


def test_one_pass_of_the_loop_notes_that_it_came_round(
    database: Database, settings: Settings, one_notice: None, office: Any, clock: Clock
) -> None:
    mail = {"smtp_host": "127.0.0.1", "smtp_port": office[1], "smtp_starttls": False}
    made = WorkLoop.from_settings(replace(settings, **mail), database)
    loop = replace(made, clock=clock)

    assert loop.run_once()["sent"] == 1
    clock.forward(seconds=timedelta(minutes=1).total_seconds())
    assert loop.run_once()["sent"] == 0

    with database.reader() as own:
        assert own.scalars(select(WorkPass.at)).one() == clock()
