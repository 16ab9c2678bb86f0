"""Mail that comes back: nobody is written to in vain, and somebody is told."""

from dataclasses import replace
from email import message_from_string
from email.policy import default
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grievance.casework.notices.bouncing import Bounce, note_bounce, reachable_again
from grievance.casework.notices.choosing import choose_notices
from grievance.casework.notices.notifying import notify_organization
from grievance.cli import base, main
from grievance.cli import notices as command
from grievance.config import Settings
from grievance.rules.notice_times import NoticeTimes
from grievance.rules.terms import Language, NoticeKind, NoticeState, Rhythm, Role, Urgency
from grievance.store.bounces import BouncedAddress, unreached
from grievance.store.cases import Case, CaseExclusion
from grievance.store.directory import Organization
from grievance.store.engine import Database
from grievance.store.events import OPERATOR, Event
from grievance.store.outbox import Notice
from tests.casework.world import World
from tests.conftest import Clock
from tests.factories import NOW, MemberKit, csrf_of, make_member, make_organization, make_root
from tests.factories import sign_in as enter
from tests.notices.office import Office, send

MAIN = ("one@example.org", "two@example.org")


@pytest.fixture
def desk(db: Session) -> Organization:
    """Two organizers at a desk below the secretariat, whose coordinator looks after it."""
    root = make_root(db, name="Secretariat")
    make_member(db, root, roles=(Role.COORDINATOR,), email="above@example.org", name="Above")
    make_member(db, root, roles=(Role.ADMINISTRATOR,), email="admin@example.org", name="Admin")
    body = make_organization(db, parent_id=root.id, name="Sampaguita Desk")
    for number, email in enumerate(MAIN):
        make_member(db, body, roles=(Role.ORGANIZER,), email=email, name=f"Maria {number}")
    db.commit()
    return body


def hard(db: Session, email: str, status: str = "5.1.1") -> Bounce:
    came = note_bounce(db, email, status, OPERATOR, NOW, hard=True)
    db.commit()
    return came


def told(db: Session, kind: NoticeKind = NoticeKind.ITEM_WAITS) -> list[str]:
    query = select(Notice.to_email).where(Notice.kind == kind).order_by(Notice.to_email)
    return list(db.scalars(query))


def waits(db: Session, desk: Organization) -> int:
    count = notify_organization(db, desk.id, NoticeKind.ITEM_WAITS, now=NOW)
    db.commit()
    return count


def test_the_others_are_still_told(db: Session, desk: Organization) -> None:
    assert hard(db, " One@Example.org ") == Bounce.UNREACHABLE

    assert waits(db, desk) == 1
    assert told(db) == ["two@example.org"]
    assert told(db, NoticeKind.DESK_UNREACHABLE) == []


def test_when_nobody_is_left_one_above_is_told_once(db: Session, desk: Organization) -> None:
    for email in (*MAIN, *MAIN):
        hard(db, email)
    for _ in range(5):
        assert waits(db, desk) == 0

    assert told(db) == []
    assert told(db, NoticeKind.DESK_UNREACHABLE) == ["above@example.org"]


def test_the_organizations_own_address_stands_in(db: Session, desk: Organization) -> None:
    desk.notify_email = "Desk@Example.org"
    db.commit()
    for email in MAIN:
        hard(db, email)
    assert waits(db, desk) == 1
    assert told(db, NoticeKind.DESK_UNREACHABLE) == []

    assert hard(db, "desk@example.org") == Bounce.UNREACHABLE
    assert waits(db, desk) == 0
    assert told(db, NoticeKind.DESK_UNREACHABLE) == ["above@example.org"]
    desk.notify_email = "new@example.org"
    db.commit()

    assert waits(db, desk) == 1


def test_what_waits_is_held_and_leaves_as_one_mail_when_she_is_reached(
    db: Session, database: Database, settings: Settings, desk: Organization, clock: Clock,
    office: tuple[Office, int],
) -> None:  # fmt: skip
    for _ in range(3):
        waits(db, desk)
    hard(db, MAIN[0])
    assert send(database, settings, office[1], clock) == 1

    assert reachable_again(db, MAIN[0].upper(), OPERATOR, NOW)
    db.commit()

    assert send(database, settings, office[1], clock) == 1
    assert "3 items wait for you" in office[0].mails[1]
    assert not reachable_again(db, MAIN[0], OPERATOR, NOW)
    assert unreached(db, [desk.id]) == []
    assert hard(db, MAIN[0]) == Bounce.UNREACHABLE


@pytest.mark.parametrize("by_server", [False, True])
def test_danger_that_does_not_arrive_is_told_above_at_once(
    db: Session, database: Database, settings: Settings, clock: Clock, by_server: bool,
    office: tuple[Office, int],
) -> None:  # fmt: skip
    world = World.make(db)
    [body, *_] = world.bodies
    chief = make_member(db, world.root, roles=(Role.COORDINATOR,), email="chief@example.org")
    times = NoticeTimes(ZoneInfo("Asia/Hong_Kong"), Rhythm.WEEKLY)
    choose_notices(db, chief.user_id, Language.EN, times, OPERATOR, NOW)
    world.issue = "SAF08"
    world.file(world.answers("chosen", [body], last=False))
    db.commit()
    office[0].answers["RCPT"] = "550 5.1.1 no such person"
    for _ in range(3 if by_server else 0):
        assert send(database, settings, office[1], clock) == 0
        clock.forward(minutes=16)
    office[0].answers.clear()
    note_bounce(db, world.kits[body].email, "5.1.1", OPERATOR, clock(), hard=True)
    db.commit()

    assert send(database, settings, office[1], clock) == 1
    assert "To: chief@example.org" in office[0].mails[0]


def test_danger_whose_mail_left_and_came_back_is_told_above_at_once(
    db: Session, database: Database, settings: Settings, clock: Clock,
    office: tuple[Office, int],
) -> None:  # fmt: skip
    world = World.make(db)
    [body, *_] = world.bodies
    chief = make_member(db, world.root, roles=(Role.COORDINATOR,), email="chief@example.org")
    times = NoticeTimes(ZoneInfo("Asia/Hong_Kong"), Rhythm.WEEKLY)
    choose_notices(db, chief.user_id, Language.EN, times, OPERATOR, NOW)
    world.issue = "SAF08"
    world.file(world.answers("chosen", [body], last=False))
    db.commit()
    assert send(database, settings, office[1], clock) == 1

    note_bounce(db, world.kits[body].email, "5.1.1", OPERATOR, clock(), hard=True)
    db.commit()

    assert send(database, settings, office[1], clock) == 1
    assert "To: chief@example.org" in office[0].mails[1]


def test_danger_that_was_given_up_leaves_at_once_when_she_is_reached(
    db: Session, database: Database, settings: Settings, clock: Clock,
    office: tuple[Office, int],
) -> None:  # fmt: skip
    world = World.make(db)
    [body, *_] = world.bodies
    kit = world.kits[body]
    times = NoticeTimes(ZoneInfo("Asia/Hong_Kong"), Rhythm.WEEKLY)
    choose_notices(db, kit.user_id, Language.EN, times, OPERATOR, NOW)
    world.issue = "SAF08"
    world.file(world.answers("chosen", [body], last=False))
    db.commit()
    office[0].answers["RCPT"] = "550 5.1.1 no such person"
    for _ in range(3):
        send(database, settings, office[1], clock)
        clock.forward(minutes=16)
    office[0].answers.clear()

    assert reachable_again(db, kit.email, OPERATOR, clock())
    db.commit()

    assert send(database, settings, office[1], clock) >= 1
    assert f"To: {kit.email}" in "".join(office[0].mails)


def test_a_soft_bounce_counts_and_mail_goes_on(db: Session, desk: Organization) -> None:
    for _ in range(3):
        came = note_bounce(db, MAIN[0], "4.2.2", OPERATOR, NOW, hard=False)
        assert came == Bounce.COUNTED
    db.commit()

    assert waits(db, desk) == 2
    assert db.get_one(BouncedAddress, MAIN[0]).soft == 3
    assert unreached(db, [desk.id]) == []


def test_a_bounce_tells_the_hour_alone_and_the_trail_no_address(
    db: Session, desk: Organization
) -> None:
    hard(db, MAIN[0])
    reachable_again(db, MAIN[0], OPERATOR, NOW)
    note_bounce(db, MAIN[0], "4.2.2", OPERATOR, NOW, hard=False)
    db.commit()

    rows = db.scalars(
        select(Event).where(Event.verb.contains("address") | (Event.verb == "mail_came_back"))
    ).all()
    assert sorted(one.verb for one in rows) == [
        "address_reachable", "address_unreachable", "mail_came_back",
    ]  # fmt: skip
    assert {one.organization_id for one in rows} == {desk.id}
    assert {one.at.minute for one in rows if one.verb != "address_reachable"} == {0}
    assert "@" not in str([one.details for one in rows])
    assert db.get_one(BouncedAddress, MAIN[0]).last_at.minute == 0


def test_in_danger_one_above_hears_each_time_but_for_who_must_find_nothing(db: Session) -> None:
    world = World.make(db)
    [body, *_] = world.bodies
    make_member(db, world.root, roles=(Role.COORDINATOR,), email="chief@example.org")
    note_bounce(db, world.kits[body].email, "5.1.1", OPERATOR, NOW, hard=True)
    case = world.file(world.answers("chosen", [body], last=False))
    db.flush()
    already = told(db, NoticeKind.DESK_UNREACHABLE)

    def again(urgency: Urgency) -> list[str]:
        case.urgency = urgency
        notify_organization(db, body.id, NoticeKind.ITEM_WAITS, now=NOW, about=case)
        db.flush()
        return told(db, NoticeKind.DESK_UNREACHABLE)[len(already) :]

    assert already == ["chief@example.org"]
    assert again(Urgency.U1) == []
    assert again(Urgency.U0) == ["chief@example.org"]
    db.add(CaseExclusion(case_id=case.id, organization_id=world.root.id))
    assert again(Urgency.U0) == ["chief@example.org"]
    assert db.scalar(select(func.count()).select_from(Case)) == 1


@pytest.mark.parametrize(
    ("answer", "marked"),
    [("550 5.1.1 no such person", True), ("550 no such person", False),
     ("554 5.7.1 relay denied", False)],
)  # fmt: skip
def test_a_server_that_knows_no_such_address_counts_after_three_tries(
    db: Session, database: Database, settings: Settings, desk: Organization, clock: Clock,
    office: tuple[Office, int], answer: str, marked: bool,
) -> None:  # fmt: skip
    waits(db, desk)
    office[0].answers["RCPT"] = answer
    for _ in range(3):
        assert db.scalars(select(BouncedAddress)).all() == []
        db.rollback()
        send(database, settings, office[1], clock)
        clock.forward(minutes=16)

    lost = db.scalars(select(BouncedAddress.email).order_by(BouncedAddress.email)).all()
    assert lost == (list(MAIN) if marked else [])
    states = set(db.scalars(select(Notice.state).where(Notice.kind == NoticeKind.ITEM_WAITS)))
    assert states == {NoticeState.GIVEN_UP}
    assert told(db, NoticeKind.DESK_UNREACHABLE) == (["above@example.org"] if marked else [])
    office[0].answers.clear()
    assert [reachable_again(db, email, OPERATOR, clock()) for email in MAIN] == [marked, marked]
    db.commit()
    assert send(database, settings, office[1], clock) == (3 if marked else 0)


@pytest.fixture
def kits(db: Session, desk: Organization) -> dict[str, MemberKit]:
    """Somebody of each kind, at this desk, above it and beside it."""
    beside = make_organization(db, parent_id=desk.parent_id, name="Beside")
    made = {
        "below": make_member(db, desk, roles=(Role.COORDINATOR,), name="Chief"),
        "organizer": make_member(db, desk, roles=(Role.ORGANIZER,), name="Rosa"),
        "beside": make_member(db, beside, roles=(Role.COORDINATOR,), name="Beside"),
    }
    root = db.get_one(Organization, desk.parent_id)
    made["above"] = make_member(db, root, roles=(Role.COORDINATOR,), name="Over")
    made["administrator"] = make_member(db, root, roles=(Role.ADMINISTRATOR,), name="Keeper")
    hard(db, MAIN[0])
    return made


@pytest.mark.parametrize(
    ("who", "sees"),
    [("below", True), ("above", True), ("administrator", True), ("organizer", False),
     ("beside", False)],
)  # fmt: skip
def test_who_looks_after_a_desk_sees_whom_mail_does_not_reach(
    app: Flask, client: FlaskClient, kits: dict[str, MemberKit], who: str, sees: bool
) -> None:
    enter(client, kits[who])

    home, users = client.get("/desk/").text, client.get("/desk/users?find=maria").text
    assert ("Maria 0</bdi>, <bdi>Sampaguita Desk" in home) == sees
    assert ("does not reach her since 25 November 2026" in users) == sees


def test_she_says_that_mail_reaches_her_again(
    app: Flask, client: FlaskClient, db: Session, kits: dict[str, MemberKit], desk: Organization
) -> None:
    enter(client, kits["organizer"])
    assert "comes back" not in client.get("/desk/").text
    hard(db, kits["organizer"].email)
    assert "Mail to your address comes back" in client.get("/desk/").text
    shown = client.get("/desk/account").text
    assert "I can be reached again" in shown

    answer = client.post("/desk/account/reachable", data={"csrf_token": csrf_of(shown)})
    again = client.post("/desk/account/reachable", data={"csrf_token": csrf_of(shown)})

    assert answer.location == again.location == "/desk/account?done=reachable"
    assert "comes back" not in client.get("/desk/account").text
    assert [one.name for one in unreached(db, [desk.id])] == ["Maria 0"]


@pytest.fixture
def here(settings: Settings, monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    """Commands on the test's database and clock."""
    monkeypatch.setattr(base, "settings", lambda: settings)
    monkeypatch.setattr(command, "settings", lambda: settings)
    monkeypatch.setattr(command, "now", clock)


def run(*words: str, mail: bytes = b"") -> Result:
    return CliRunner().invoke(main, ["notices", *words], input=mail)


def test_an_administrator_notes_a_bounce_by_hand(
    db: Session, desk: Organization, here: None
) -> None:
    assert "no mail goes there any more" in run("bounce", "ONE@example.org").output
    assert "was known" in run("bounce", "one@example.org").output
    assert "counted" in run("bounce", "two@example.org", "--soft").output
    assert run("bounce", "stranger@example.org").exit_code == 1
    assert run("bounce", "no address").exit_code == 2
    out = run("reachable", "one@example.org", "stranger@example.org").output

    assert out.splitlines() == [
        "one@example.org: gets mail again", "stranger@example.org: nothing had come back from it",
    ]  # fmt: skip


def report(sent: str, *, status: str = "5.1.1", action: str = "failed", to: str = "") -> bytes:
    """What a mail server writes about one of our mails (RFC 3464)."""
    quoted = message_from_string(sent, policy=default)
    to = to or str(quoted["To"])
    return f"""From: MAILER-DAEMON@mx.example.org
To: noreply@example.org
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="x"

--x
Content-Type: text/plain

I am sorry.

--x
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; {to}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 <{to}>: no such user

--x
Content-Type: text/rfc822-headers

From: noreply@example.org
To: {quoted["To"]}
Message-ID: {quoted["Message-ID"]}

--x--
""".encode()


@pytest.fixture
def mails(
    db: Session, database: Database, settings: Settings, desk: Organization, clock: Clock,
    office: tuple[Office, int], here: None,
) -> list[str]:  # fmt: skip
    """A mail to each of the two, as it left."""
    waits(db, desk)
    assert send(database, settings, office[1], clock) == 2
    return sorted(office[0].mails, key=lambda mail: str(message_from_string(mail)["To"]))


def test_a_report_about_our_own_mail_stops_mail_to_this_address(
    db: Session, mails: list[str]
) -> None:
    out = run("bounces", mail=report(mails[0])).output

    assert out.startswith("1: one@example.org (5.1.1): no mail goes there any more")
    assert db.get_one(BouncedAddress, MAIN[0]).status == "5.1.1"
    db.rollback()
    assert "was known" in run("bounces", mail=report(mails[0])).output


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"status": "4.2.2"}, "counted"),
        ({"status": "4.4.7", "action": "delayed"}, "counted"),
        ({"to": "behind@mailbox.example"}, "counted"),
        ({"status": "2.0.0", "action": "delivered"}, "no failure"),
        ({"action": "relayed"}, "no failure"),
    ],
)
def test_what_is_no_hard_bounce_of_this_address_stops_nothing(
    db: Session, desk: Organization, mails: list[str], more: dict[str, str], said: str
) -> None:
    assert said in run("bounces", mail=report(mails[0], **more)).output

    assert waits(db, desk) == 2


def test_a_report_that_anybody_could_write_counts_for_nothing(
    db: Session, desk: Organization, mails: list[str], clock: Clock
) -> None:
    other = report(mails[0], to=MAIN[1]).replace(b"To: one@", b"To: two@")  # another's mail
    forged = report(mails[0].replace("@example.org>", "0@example.org>"))
    plain = b"From: me@example.org\nSubject: one@example.org is gone\n\n5.1.1 one@example.org\n"
    for mail in (other, forged, plain, b"\xff\x00" * 99, b"From \n"):
        assert "left alone" in run("bounces", mail=mail).output or not mail.strip(b"From \n")
    clock.forward(days=31)
    assert "left alone" in run("bounces", mail=report(mails[0])).output

    assert waits(db, desk) == 2


def test_several_reports_come_as_one_file(db: Session, mails: list[str]) -> None:
    box = b"".join(b"From x Wed Nov 25 09:30:00 2026\n" + one + b"\n" for one in (
        report(mails[0]), b"Subject: hello\n\nFrom here on it is text.\n", report(mails[1]),
    ))  # fmt: skip

    lines = run("bounces", mail=box).output.splitlines()

    assert [line.split(":")[0] for line in lines] == ["1", "2", "3"]
    assert "left alone" in lines[1]
    assert told(db, NoticeKind.DESK_UNREACHABLE) == ["above@example.org"]


def test_nothing_piped_in_is_said(here: None, db: Session) -> None:
    assert "Nothing was read" in run("bounces").output


def test_a_database_that_is_away_keeps_the_report_at_the_mail_server(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, mails: list[str], tmp_path: Any
) -> None:
    gone = replace(settings, database_url=f"sqlite:///{tmp_path / 'gone.db'}")
    monkeypatch.setattr(base, "settings", lambda: gone)

    assert run("bounces", mail=report(mails[0])).exit_code == 75
