"""What a worker reads on the page "Who can help": the line for her language first, and when."""

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from grievance.casework.directory.contacts import Said, add_contact
from grievance.rules.terms import ContactKind, Visibility
from grievance.store.directory import Organization
from grievance.store.events import OPERATOR
from tests.factories import NOW, make_organization, make_root

LINES = (("+852 2111 1111", ["en"]), ("+852 2222 2222", ["id"]), ("+852 2333 3333", ["fil", "en"]))


def listed(db: Session) -> Organization:
    body = make_organization(db, parent_id=make_root(db).id, name="Helping Hands")
    for number, languages in LINES:
        said = Said(ContactKind.PHONE, number, Visibility.PUBLIC, languages)
        add_contact(db, body.id, said, actor=OPERATOR, now=NOW)
    return body


def test_the_line_for_her_language_comes_first_and_the_others_stay_in_their_order(
    client: FlaskClient, db: Session
) -> None:
    listed(db)
    db.commit()

    for language, order in (("id", "213"), ("fil", "312"), ("zh-Hant", "123")):
        page = client.get(f"/{language}/organizations?country=HK").text
        found = sorted("123", key=lambda one: page.index(f"+852 2{one * 3} {one * 4}"))
        assert "".join(found) == order, language


def test_opening_hours_stand_there_in_her_language(client: FlaskClient, db: Session) -> None:
    listed(db).calendar = {
        "zone": "Asia/Hong_Kong",
        "hours": {"sun": ["09:00-12:30", "14:00-18:00"], "fri": ["22:00-02:00"]},
        "closed": [],
    }
    db.commit()

    english = client.get("/en/organizations?country=HK").text
    indonesian = client.get("/id/organizations?country=HK").text

    assert 'Sunday <span class="ltr">09:00-12:30, 14:00-18:00</span>' in english
    assert 'Friday <span class="ltr">22:00-02:00</span>' in english
    assert 'Minggu <span class="ltr">09:00-12:30, 14:00-18:00</span>' in indonesian
