"""Notices go over a real SMTP conversation: once, with patience, and never with a case in them."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from grievance.casework.notices.notifying import notify_organization, notify_root_coordinators
from grievance.config import Settings
from grievance.notices.deliver import BACK_OFF, REFUSED_TRIES, deliver
from grievance.notices.workloop import WorkLoop
from grievance.notices.writing import mail_writer
from grievance.rules.terms import NoticeKind, NoticeState, Role
from grievance.store.engine import Database
from grievance.store.events import Event
from grievance.store.outbox import Notice, WorkPass
from tests.conftest import Clock
from tests.factories import NOW, make_member, make_organization, make_root
from tests.notices.office import send


@pytest.fixture
def one_notice(db: Session, clock: Clock) -> None:
    """A notice to one organizer."""
    desk = make_organization(db)
    make_member(db, desk, roles=(Role.ORGANIZER,), email="desk@example.org")
    notify_organization(db, desk.id, NoticeKind.ITEM_WAITS, now=clock(), caused_by_worker=True)
    db.commit()


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
    server.answers["DATA"] = "421 come back"
    assert send(database, settings, port, clock) == 0
    server.answers.clear()
    assert send(database, settings, port, clock) == 0

    clock.forward(seconds=BACK_OFF[0].total_seconds() + 1)

    assert send(database, settings, port, clock) == 1


def try_often(
    database: Database, settings: Settings, port: int, clock: Clock, most: int, **differently: Any
) -> int:
    """Pass after pass until the notice is given up; how many tries that were."""
    for number, wait in enumerate((*BACK_OFF, timedelta())[:most], start=1):
        assert send(database, settings, port, clock, **differently) == 0
        if notice(database).state == NoticeState.GIVEN_UP:
            return number
        clock.forward(seconds=wait.total_seconds() + 1)
    return most


@pytest.mark.parametrize("step", ["RCPT", "DATA"])
def test_a_refusal_is_given_up_and_stands_in_the_trail(
    database: Database, settings: Settings, one_notice: None, office: Any, clock: Clock, step: str
) -> None:
    server, port = office
    server.answers[step] = "550 no such person"
    tries = try_often(database, settings, port, clock, most=9)

    assert tries == REFUSED_TRIES
    assert notice(database).state == NoticeState.GIVEN_UP
    with database.reader() as own:
        [event] = own.scalars(select(Event).where(Event.verb == "notice_given_up"))
    assert "no such person" not in str(event.details)


def test_an_address_that_no_mail_can_bear_is_given_up(
    db: Session, database: Database, settings: Settings, one_notice: None, office: Any, clock: Clock
) -> None:
    db.execute(update(Notice).values(to_email="desk@example.org\nBcc: other@example.org"))
    db.commit()

    assert try_often(database, settings, office[1], clock, most=9) == REFUSED_TRIES
    assert notice(database).state == NoticeState.GIVEN_UP


@pytest.mark.parametrize(
    ("differently", "answers"),
    [
        ({"port": 9}, {}),
        ({"port": 70_000}, {}),
        ({"host": "a" * 64 + ".example.org"}, {}),
        ({"sender": "noreply@example.org\nBcc: other@example.org"}, {}),
        ({"user": "desk", "password": "expired"}, {}),
        ({"starttls": True}, {}),
        ({}, {"MAIL": "550 who are you"}),
        ({}, {"RCPT": "450 grey today"}),
        ({}, {"DATA": "451 disk full"}),
    ],
)
def test_what_a_person_can_mend_is_no_refusal(
    database: Database, settings: Settings, one_notice: None, office: Any, clock: Clock,
    differently: dict[str, Any], answers: dict[str, str],
) -> None:  # fmt: skip
    office[0].answers.update(answers)
    given = {"port": office[1]} | differently

    try_often(database, settings, clock=clock, most=REFUSED_TRIES, **given)

    assert notice(database).state == NoticeState.WAITING
    assert office[0].mails == []


def test_a_server_that_is_away_for_days_is_given_up_in_the_end(
    database: Database, settings: Settings, one_notice: None, clock: Clock
) -> None:
    assert try_often(database, settings, 9, clock, most=99) == len(BACK_OFF) + 1

    assert clock() - NOW > timedelta(days=1)
    assert notice(database).state == NoticeState.GIVEN_UP


def test_a_server_that_hangs_is_left_alone(
    database: Database, settings: Settings, one_notice: None, office: Any, clock: Clock
) -> None:
    office[0].slow = 30

    assert send(database, settings, office[1], clock, timeout=0.5) == 0

    assert notice(database).state == NoticeState.WAITING
    assert notice(database).error == "SMTPServerDisconnected"
    assert notice(database).not_before == clock() + BACK_OFF[0]


def test_an_angry_goodbye_does_not_send_the_mail_again(
    database: Database, settings: Settings, one_notice: None, office: Any, clock: Clock
) -> None:
    office[0].answers["QUIT"] = "421 go away"

    assert send(database, settings, office[1], clock) == 1

    assert notice(database).state == NoticeState.SENT


@pytest.fixture
def six_notices(db: Session, clock: Clock) -> None:
    """One notice to each of six organizers."""
    desk = make_organization(db)
    for number in range(6):
        make_member(db, desk, roles=(Role.ORGANIZER,), email=f"desk{number}@example.org")
    notify_organization(db, desk.id, NoticeKind.ITEM_WAITS, now=clock())
    db.commit()


class SlowRoad:
    """A way to send on which three minutes pass for each mail, and another loop comes round."""

    def __init__(self, clock: Clock, meanwhile: Callable[[], int]) -> None:
        self.clock, self.meanwhile = clock, meanwhile
        self.sent: list[str] = []

    def send(self, *, to: str, **_mail: object) -> None:
        """Take the mail, slowly."""
        self.sent.append(to)
        self.clock.forward(minutes=3)
        self.meanwhile()


def test_a_slow_server_gets_each_mail_once_and_holds_up_no_clock(
    database: Database, settings: Settings, six_notices: None, clock: Clock
) -> None:
    write = mail_writer(settings)
    other = SlowRoad(clock, lambda: 0)
    road = SlowRoad(clock, lambda: deliver(database, other, write, clock))

    assert deliver(database, road, write, clock) == 1
    while deliver(database, road, write, clock):
        pass

    assert sorted(road.sent + other.sent) == [f"desk{n}@example.org" for n in range(6)]


def test_two_loops_at_once_send_each_notice_once(
    database: Database, settings: Settings, six_notices: None, office: Any, clock: Clock
) -> None:
    server, port = office
    server.slow = 0.02
    with ThreadPoolExecutor() as pool:
        loops = [pool.submit(send, database, settings, port, clock) for _ in range(2)]
        done = [loop.result() for loop in loops]

    assert sum(done) == 6
    assert len({re.search("To: (.*)", mail)[1] for mail in server.mails}) == len(server.mails) == 6


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
