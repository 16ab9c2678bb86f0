"""A worker is told a time where an organization keeps one by its own hours, and nowhere else."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from grievance.casework.notices.alerting import alert_missed
from grievance.casework.referral.asking import expire_due
from grievance.rules.terms import Urgency
from grievance.store.referrals import referrals_of
from tests.conftest import Clock
from tests.factories import words_of
from tests.journeys.test_first_journey import Network, case_of, desk, network
from tests.journeys.worker import Worker

__all__ = ["network"]
SUNDAYS = {"zone": "Asia/Hong_Kong", "hours": {"sun": ["10:00-18:00"]}, "closed": []}
NOT_TONIGHT = "We cannot promise an answer tonight."
# U3, sent on Wednesday: two weeks later is Wednesday, and they are there again on Sunday.
SUNDAY = "Sunday, 13 December 2026, 10:00"


def reported(app: Flask, network: Network, issue: str = "WAG01", lang: str = "en") -> Worker:
    worker = Worker(app.test_client(), lang)
    worker.report(
        issues=[issue], story="Kanaryo", country="HK", sharing="chosen",
        recipients=[str(network.first.id)],
    )  # fmt: skip
    return worker


def keeps_hours(db: Session, network: Network, *, rota: bool = False, hours: bool = True) -> None:
    network.first.calendar = SUNDAYS if hours else None
    network.first.duty_rota = rota
    db.commit()


def test_the_time_she_is_told_is_the_clock_that_staff_see(
    app: Flask, db: Session, network: Network
) -> None:
    keeps_hours(db, network)

    sent = words_of(reported(app, network).pages[-1])

    [row, *_] = referrals_of(db, case_of(db).id)
    assert f"They answer before {SUNDAY}." in sent
    assert row.due_at
    assert f"{row.due_at:%Y-%m-%d %H:%M}" == "2026-12-13 02:00"


def test_without_hours_no_time_is_told(app: Flask, db: Session, network: Network) -> None:
    keeps_hours(db, network, rota=True, hours=False)
    worker = reported(app, network)

    for page in (worker.pages[-1], worker.come_back()):
        assert "They answer before" not in page
        assert NOT_TONIGHT not in page


@pytest.mark.parametrize("hours", [True, False])
def test_in_danger_only_a_duty_rota_promises(
    app: Flask, db: Session, network: Network, hours: bool
) -> None:
    keeps_hours(db, network, hours=hours)
    worker = reported(app, network, issue="SAF08")
    assert case_of(db).urgency == Urgency.U0

    for page in (worker.pages[-1], worker.come_back()):
        assert NOT_TONIGHT in page
        assert "/en/danger" in page
        assert "They answer before" not in page


def test_with_a_duty_rota_danger_has_a_time_on_their_clock(
    app: Flask, db: Session, network: Network
) -> None:
    keeps_hours(db, network, rota=True)
    worker = reported(app, network, issue="SAF08")

    for page in (worker.pages[-1], worker.come_back()):
        # Sent at half past nine, the clock starts at ten; Hong Kong is eight hours ahead.
        assert "They answer before Wednesday, 25 November 2026, 20:00." in words_of(page)
        assert NOT_TONIGHT not in page


def test_after_yes_she_reads_when_help_begins_and_when_that_passed(
    app: Flask, db: Session, network: Network, clock: Clock
) -> None:
    keeps_hours(db, network)
    worker = reported(app, network)
    case = case_of(db)
    desk(app, network.one).act(case, "accept")
    page = words_of(worker.come_back())
    assert f"They begin to help before {SUNDAY}." in page
    assert "The time they gave has passed." not in page

    clock.forward(days=20)
    alert_missed(db, clock())
    db.commit()

    page = words_of(worker.come_back())
    assert "They begin to help before" not in page
    assert "The time they gave has passed. The service has told somebody" in page
    desk(app, network.one).act(case, "message", text="We are here now.")
    assert f"New {network.first.name}," in words_of(worker.get("case"))
    assert "The time they gave has passed." not in worker.get("case")


def test_the_next_contact_stands_on_her_page_until_it_is_past(
    app: Flask, db: Session, network: Network, clock: Clock
) -> None:
    keeps_hours(db, network)
    worker, case = reported(app, network), case_of(db)
    organizer = desk(app, network.one)
    organizer.act(case, "accept")
    organizer.act(case, "contact", on="2026-11-29")
    assert "be in touch with you by 29 November 2026." in words_of(worker.come_back())

    clock.time += timedelta(days=12)

    assert "be in touch with you" not in worker.come_back()


def test_a_time_that_ran_out_is_told_no_more(
    app: Flask, db: Session, network: Network, clock: Clock
) -> None:
    keeps_hours(db, network)
    worker = reported(app, network)
    clock.forward(days=19)
    expire_due(db, clock())
    db.commit()

    page = worker.come_back()

    assert "They answer before" not in page
    assert "they did not answer in time" in page


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("fil", "Sasagot sila bago ang Linggo, Disyembre 13, 2026, 10:00."),
        ("id", "Mereka menjawab sebelum Minggu, 13 Desember 2026, pukul 10:00."),
        ("zh-Hant", "他們會在 2026年12月13日星期日 10:00 之前答覆。"),
    ],
)
def test_a_time_is_told_in_her_language(
    app: Flask, db: Session, network: Network, lang: str, said: str
) -> None:
    keeps_hours(db, network)

    assert said in words_of(reported(app, network, lang=lang).pages[-1])


def test_what_she_writes_has_a_time_that_she_reads(
    app: Flask, db: Session, network: Network, clock: Clock
) -> None:
    keeps_hours(db, network)
    worker, case = reported(app, network), case_of(db)
    organizer = desk(app, network.one)
    organizer.act(case, "accept")
    organizer.act(case, "message", text="We are here.")
    worker.come_back()
    assert "They answer before" not in worker.get("case")

    worker.act("reply", message="He took my passport.")

    assert f"They answer before {SUNDAY}." in words_of(worker.get("case"))
    assert "She wrote, or the case is open again." in organizer.page(f"cases/{case.id}")
    organizer.act(case, "message", text="We come with you.")
    assert "They answer before" not in worker.get("case")


def test_who_helps_beside_the_owner_has_a_time_that_she_reads(
    app: Flask, db: Session, network: Network, clock: Clock
) -> None:
    worker, case = reported(app, network), case_of(db)
    organizer = desk(app, network.one)
    organizer.act(case, "accept")
    organizer.act(case, "message", text="We are here.")
    network.second.calendar = SUNDAYS
    db.commit()
    organizer.act(
        case, "refer", organization=str(network.second.id), kind="share", consent="voice",
        reason="a bed",
    )  # fmt: skip
    desk(app, network.two).act(case, "accept")

    page = words_of(worker.come_back())

    assert f"They begin to help before {SUNDAY}." in page
    clock.forward(days=20)
    alert_missed(db, clock())
    db.commit()
    page = words_of(worker.come_back())
    assert "They begin to help before" not in page
    assert "The time they gave has passed." in page
