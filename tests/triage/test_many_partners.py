"""A case's page in a network of many partners: what is offered, and what it costs."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from grievance.casework.referral import referring
from grievance.casework.referral.eligible import cannot_be_asked, may_be_asked
from grievance.rules.terms import Ask, OrganizationKind, Role, Urgency
from grievance.sealing.keys import KeyPair
from grievance.store.askable import askable
from grievance.store.cases import Case, CaseExclusion
from grievance.store.directory import Organization
from tests.casework.world import World
from tests.factories import NOW, make_member, make_organization, sign_in
from tests.triage.test_case import Page


def held(world: World) -> tuple[Case, Organization]:
    """A case in danger that its first desk accepted: its page offers most."""
    case = world.file(world.answers("chosen", world.bodies[:2], last=True))
    [body] = world.asked(case)
    referring.accept(world.db, case, body.id, world.actor(body), NOW)
    case.urgency = Urgency.U0
    world.db.commit()
    return case, body


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_more_partners_make_no_more_questions_to_the_database(app: Flask, db: Session) -> None:
    world = World.make(db)
    case, body = held(world)
    page = Page(app, world, body, case)
    with counted() as before:
        page.client.get(page.path)
    more = [make_organization(db, parent_id=world.root.id) for _ in range(12)]
    for one in more:
        make_member(db, one)
    db.commit()

    with counted() as after:
        text = page.client.get(page.path).text

    assert all(str(one.id) in text for one in more)
    assert len(after) == len(before)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_page_of_the_desk_asks_more_where_the_network_and_its_cases_grow(
    app: Flask, db: Session
) -> None:
    world = World.make(db)
    chief = make_member(db, world.root, roles=(Role.COORDINATOR, Role.ORGANIZER))
    for _ in range(2):
        grow(world)
    client = app.test_client()
    sign_in(client, chief)
    entry = f"/desk/directory/{world.bodies[0].id}"
    pages = [*desk_pages(app), entry, *(f"{entry}/{end}" for end in ("life", "ties", "contacts"))]
    before = {page: asks(client, page) for page in pages}
    for _ in range(8):
        grow(world)

    assert len(pages) > 20
    assert {page: asks(client, page) for page in pages} == before


def grow(world: World) -> None:
    """One more partner, and one more case that is worked on."""
    make_member(world.db, make_organization(world.db, parent_id=world.root.id))
    world.pair = KeyPair.generate()
    held(world)


def desk_pages(app: Flask) -> list[str]:
    """Every page of the desk that needs no id."""
    rules = (rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()))
    found = {rule.rule for rule in rules if rule.rule.startswith("/desk/") and not rule.arguments}
    return sorted(found - {"/desk/activate", "/desk/recover"})


def asks(client: FlaskClient, page: str) -> int:
    """How many statements a page sends, once it has been opened before."""
    client.get(page)
    with counted() as sent:
        assert client.get(page).status_code < 500
    return len(sent)


@pytest.mark.parametrize("about_office", [True, False])
def test_the_list_offers_just_those_whom_the_rules_let_be_asked(
    db: Session, about_office: bool
) -> None:
    world = World.make(db, 6)
    case, body = held(world)
    lapsed, paused, away, closed = [one for one in world.bodies[1:] if one is not body][:4]
    lapsed.confirmed_on = NOW.date() - timedelta(days=800)
    paused.paused, closed.active = True, False
    world.root.confirmed_on = None
    db.add(CaseExclusion(case_id=case.id, organization_id=away.id))
    office = make_organization(db, kind=OrganizationKind.CONSULATE, parent_id=world.root.id)
    below = make_organization(db, parent_id=office.id)
    make_member(db, below)
    if about_office:
        case.asks = [Ask.COMPLAIN_CONSULATE]
    db.flush()
    today = NOW.date()

    offered = {one for one, _, _ in may_be_asked(db, case, body.id, today)}

    rows = {row.id for row in askable(db, case.id, body.id)}
    assert offered == {one for one in rows if cannot_be_asked(db, case, one, today) is None}
    assert world.root.id in offered
    assert (below.id in offered) != about_office
