"""The main job, end to end, with plain forms on both databases."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from grievance.casework.directory.listing import load_reference
from grievance.casework.directory.version import make_version
from grievance.casework.referral.asking import expire_due
from grievance.rules.terms import ReferralState, Role
from grievance.store.cases import Case
from grievance.store.directory import Organization
from grievance.store.documents import Grant
from grievance.store.outbox import Notice
from grievance.store.referrals import Consent, Referral
from tests.conftest import Clock
from tests.factories import (
    MemberKit,
    csrf_of,
    make_member,
    make_organization,
    make_root,
    sign_in,
)
from tests.journeys.worker import Worker

STORY = "My employer has not paid me since June. Kanaryo."


class Network:
    """A root, two partners below it, and an organizer at each."""

    def __init__(self, db: Session, clock: Clock) -> None:
        load_reference(db, clock())
        self.root = make_root(db)
        self.first = make_organization(db, name="Sampaguita Demo Desk", parent_id=self.root.id)
        self.second = make_organization(db, name="Waling Demo Desk", parent_id=self.root.id)
        self.chief = make_member(db, self.root, roles=[Role.COORDINATOR, Role.ORGANIZER])
        self.one = make_member(db, self.first, roles=[Role.ORGANIZER])
        self.two = make_member(db, self.second, roles=[Role.ORGANIZER])
        make_version(db, clock())
        db.commit()


@pytest.fixture
def network(db: Session, clock: Clock) -> Network:
    """Three desks with keys."""
    return Network(db, clock)


def look(db: Session, statement: Select[Any]) -> list[Any]:
    """Rows as they stand now; the only writer is let go again."""
    rows = list(db.scalars(statement.execution_options(populate_existing=True)))
    db.commit()
    return rows


def case_of(db: Session) -> Case:
    [case] = look(db, select(Case))
    return case


def desk(app: Flask, kit: MemberKit) -> "DeskUser":
    client = app.test_client()
    sign_in(client, kit)
    return DeskUser(client)


class DeskUser:
    """A signed-in member with plain forms."""

    def __init__(self, client) -> None:
        self.client = client

    def page(self, path: str) -> str:
        answer = self.client.get(f"/desk/{path}")
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text

    def act(self, case: Case, name: str, **fields: str):
        page = self.page(f"cases/{case.id}")
        data = fields | {"csrf_token": csrf_of(page)}
        return self.client.post(f"/desk/cases/{case.id}/{name}", data=data)


def test_a_worker_reports_and_reads_the_answer(app: Flask, db: Session, network: Network) -> None:
    worker = Worker(app.test_client())
    worker.report(
        story=STORY,
        country="HK",
        nationality="PH",
        sharing="chosen",
        recipients=[str(network.first.id)],
        if_nobody=str(network.root.id),
    )
    case = case_of(db)
    organizer = desk(app, network.one)
    before = organizer.page(f"cases/{case.id}")
    assert "Kanaryo" not in before
    assert case.number in organizer.page("cases")
    assert organizer.act(case, "accept").status_code == 303
    assert "Kanaryo" in organizer.page(f"cases/{case.id}")
    assert organizer.act(case, "message", text="Magandang araw, nabasa namin.").status_code == 303
    assert organizer.act(case, "note", text="Only for us.").status_code == 303

    page = Worker(app.test_client()).come_back(worker.code)

    assert "Magandang araw" in page
    assert "Only for us" not in page
    assert "Being worked on" in page
    assert "Kanaryo" not in desk(app, network.two).client.get(f"/desk/cases/{case.id}").text


def test_with_nobody_yet_only_the_worker_can_open_it(
    app: Flask, db: Session, network: Network
) -> None:
    worker = Worker(app.test_client())
    worker.report(story=STORY, country="HK", nationality="PH", sharing="nobody")
    case = case_of(db)
    assert (case.nationality, case.urgency, case.issues) == (None, None, [])
    assert look(db, select(Referral)) == []
    for kit in (network.chief, network.one):
        assert desk(app, kit).client.get(f"/desk/cases/{case.id}").status_code == 404
        assert case.number not in desk(app, kit).page("cases?state=all")

    back = Worker(app.test_client())
    back.come_back(worker.code)
    answer = back.act("consent", recipients=[str(network.second.id)], scope="all")

    assert answer.status_code == 303
    asked = look(db, select(Referral))
    assert [(r.organization_id, r.state) for r in asked] == [
        (network.second.id, ReferralState.SENT)
    ]
    assert case_of(db).nationality == "PH"


def test_decline_then_expiry_ask_only_those_she_agreed_to(
    app: Flask, db: Session, network: Network, clock: Clock
) -> None:
    worker = Worker(app.test_client())
    worker.report(
        story=STORY,
        country="HK",
        sharing="chosen",
        recipients=[str(network.first.id), str(network.second.id)],
        if_nobody=str(network.root.id),
    )
    case = case_of(db)
    order = look(db, select(Referral.organization_id).order_by(Referral.position))
    first = network.one if order[0] == network.first.id else network.two
    assert desk(app, first).act(case, "decline", reason="no_capacity").status_code == 303

    clock.forward(days=15)
    assert expire_due(db, clock()) == 1
    db.commit()

    states = {r.organization_id: r.state for r in look(db, select(Referral))}
    assert states[order[0]] == ReferralState.DECLINED
    assert states[order[1]] == ReferralState.EXPIRED
    assert states[network.root.id] == ReferralState.SENT
    consented = set(look(db, select(Consent.organization_id)))
    granted = set(look(db, select(Grant.organization_id).where(Grant.organization_id.is_not(None))))
    assert granted <= consented


def test_a_case_of_another_desk_answers_as_one_that_is_not_there(
    app: Flask, db: Session, network: Network
) -> None:
    worker = Worker(app.test_client())
    worker.report(story=STORY, country="HK", sharing="chosen", recipients=[str(network.first.id)])
    client = desk(app, network.two).client
    paths = [str(case_of(db).id), "00000000-0000-4000-8000-000000000000", "1"]

    answers = [client.get(f"/desk/cases/{path}") for path in paths]

    assert {a.status_code for a in answers} == {404}
    assert len({a.text for a in answers}) == 1


def test_pressing_send_again_gives_the_same_case_and_one_notice(
    app: Flask, db: Session, network: Network
) -> None:
    worker = Worker(app.test_client())
    worker.press("report/problem", issues=["WAG01"])
    worker.press("report/story", story=STORY)
    worker.press("report/place", country="HK")
    worker.press("report/sharing", sharing="chosen", recipients=[str(network.first.id)])
    worker.press("report/contact")
    page = worker.get("report/check")
    from tests.journeys.worker import token_of

    data = {"csrf_token": token_of(page), "action": "send"}
    first = worker.client.post("/en/report/check", data=data)
    second = worker.client.post("/en/report/check", data=data)

    assert first.headers["Location"] == "/en/report/sent"
    assert second.status_code in {200, 303}
    assert len(look(db, select(Case))) == 1
    assert len(look(db, select(Notice))) == 1


def test_a_consulate_is_never_offered_a_complaint_about_a_consulate(
    app: Flask, db: Session, network: Network, clock: Clock
) -> None:
    consulate = make_organization(
        db, name="Demo Consulate", kind="consulate", parent_id=network.root.id
    )
    make_member(db, consulate, roles=[Role.ORGANIZER])
    make_version(db, clock())
    db.commit()
    worker = Worker(app.test_client())
    worker.press("report/problem", issues=["CNS01"])
    worker.press("report/story", story=STORY)
    worker.press("report/place", country="HK", respondent_kind="consulate")

    page = worker.get("report/sharing")

    assert "Sampaguita" in page
    assert "Demo Consulate" not in page
    answer = worker.press("report/sharing", sharing="chosen", recipients=[str(consulate.id)])
    assert answer.status_code == 400


def test_a_named_partner_its_parent_and_what_lies_below_vanish(
    app: Flask, db: Session, network: Network, clock: Clock
) -> None:
    below = make_organization(db, name="Little Demo Branch", parent_id=network.first.id)
    make_member(db, below, roles=[Role.ORGANIZER])
    make_version(db, clock())
    db.commit()
    worker = Worker(app.test_client())
    worker.press("report/problem", issues=["WAG01"])
    worker.press("report/story", story=STORY)
    worker.press(
        "report/place",
        country="HK",
        respondent_kind="agency_destination",
        respondent_name_agency_destination="SAMPAGUITA  demo desk Ltd.",
    )

    page = worker.get("report/sharing")

    assert "Waling Demo Desk" in page
    for hidden in ("Sampaguita", "Little Demo Branch", network.root.name):
        assert hidden not in page


def test_without_a_partner_the_report_is_taken_and_she_is_told(
    app: Flask, db: Session, clock: Clock
) -> None:
    load_reference(db, clock())
    db.commit()
    worker = Worker(app.test_client())
    worker.press("report/problem", issues=["WAG01"])
    worker.press("report/story", story=STORY)
    worker.press("report/place", country="HK")
    page = worker.get("report/sharing")
    assert "No organization near you" in page
    worker.press("report/sharing", sharing="nobody")
    worker.press("report/contact")

    code = worker.send()

    assert len(code) == 20
    assert case_of(db).sharing == "nobody"
    assert look(db, select(Organization)) == []
    page = Worker(app.test_client()).come_back(code)
    assert "No organization near you" in page
    assert "Choose below" not in page
