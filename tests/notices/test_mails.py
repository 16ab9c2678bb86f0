"""A mail says that something waits and where to sign in; nothing else, in any language."""

from dataclasses import replace
from email import message_from_string
from email.policy import default
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from grievance.casework.directory.listing import load_reference
from grievance.casework.directory.version import make_version
from grievance.cli import base, doctor, main
from grievance.config import Settings
from grievance.notices.writing import mail_writer
from grievance.rules.terms import Language, NoticeKind, NoticeState, Role
from grievance.store.cases import Case
from grievance.store.engine import Database
from grievance.store.migrate import Standing
from grievance.store.outbox import Notice
from tests.conftest import Clock
from tests.factories import MemberKit, make_member, make_organization, make_root, sign_in
from tests.journeys.worker import Worker
from tests.notices.office import Office, send


@pytest.fixture
def organizer(app: Flask, db: Session, clock: Clock) -> MemberKit:
    """An organizer to whom a worker has just written."""
    load_reference(db, clock())
    desk = make_organization(db, name="Sampaguita Desk", parent_id=make_root(db).id)
    kit = make_member(
        db, desk, roles=(Role.ORGANIZER,), name="Maria Santos", email="m@example.org",
        language="fil",
    )  # fmt: skip
    make_version(db, clock())
    db.commit()
    Worker(app.test_client()).report(
        story="Kanaryo", country="HK", city="", nationality="PH", sharing="chosen",
        recipients=[str(desk.id)], channel="phone", contact="Kanaryo", call_me="Kanaryo",
    )  # fmt: skip
    return kit


def test_a_mail_tells_nothing_of_a_case(
    app: Flask, db: Session, database: Database, settings: Settings, organizer: MemberKit,
    office: tuple[Office, int], clock: Clock,
) -> None:  # fmt: skip
    case = db.scalars(select(Case)).one()
    db.rollback()
    public = replace(settings, public_url="https://help.example.net", service_name="Neutral")

    assert send(database, public, office[1], clock) == 1

    [raw] = office[0].mails
    mail = message_from_string(raw, policy=default)
    names = ("Date", "Message-ID", "MIME-Version", "Content-Type", "Content-Transfer-Encoding")
    assert {name: mail[name] for name in mail if name not in names} == {
        "From": "noreply@example.org", "To": "m@example.org", "Auto-Submitted": "auto-generated",
        "Subject": mail_writer(public)(NoticeKind.ITEM_WAITS, "fil", 1)[0],
    }  # fmt: skip
    secret = (
        "Kanaryo", case.number, str(case.id), "WAG", "HK", "Hong Kong", "Philippines",
        "Sampaguita", "Maria", "Santos",
    )  # fmt: skip
    told = raw + str(mail["Subject"]) + mail.get_content()
    assert [word for word in secret if word.casefold() in told.casefold()] == []
    [link] = [word for word in mail.get_content().split() if "://" in word]
    assert link == "https://help.example.net/desk/"
    answer = app.test_client().get("/desk/")
    assert answer.headers["Location"].startswith("/desk/sign-in")


@pytest.mark.plain
@pytest.mark.parametrize("kind", NoticeKind)
def test_every_mail_has_one_link_one_name_and_no_other_number(
    tmp_path: Path, kind: NoticeKind
) -> None:
    url = "https://help.example.net"
    own = Settings("", b"", b"", public_url=url, service_name="Neutral")
    write = mail_writer(own)
    for language in Language:
        for items in (1, 1234):
            subject, body = write(kind, language, items)
            rest = subject + body.replace(f"{url}/desk/", "", 1).replace("Neutral", "", 1)
            digits = "".join(letter for letter in rest if letter.isdigit())

            assert subject
            assert "\n" not in subject
            assert "://" not in rest
            assert digits.replace(str(items), "") == "", (language, rest)


def test_a_notice_that_was_given_up_shows_at_home_and_in_doctor(
    app: Flask, db: Session, organizer: MemberKit, settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(base, "settings", lambda: settings)
    monkeypatch.setattr(doctor, "settings", lambda: settings)
    monkeypatch.setattr(doctor, "standing", lambda _: Standing.CURRENT)  # made without migrations
    client = app.test_client()
    sign_in(client, organizer)
    said = "Mail could not be delivered to: Sampaguita Desk"
    assert said not in client.get("/desk/").text
    db.execute(update(Notice).values(state=NoticeState.GIVEN_UP, error="550 mail refused"))
    db.commit()

    assert said in client.get("/desk/").text
    told = CliRunner().invoke(main, ["doctor"])
    assert told.exit_code == 1
    assert "1 notices could not be delivered: 550 mail refused (1)" in told.output
