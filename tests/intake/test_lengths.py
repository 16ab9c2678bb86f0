"""What the length of a session's row tells: nothing of how far she is."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from grievance.store.accounts import SessionRow
from grievance.store.cases import Case, Draft
from tests.factories import csrf_of
from tests.intake.conftest import Network, Phone, code_on


def _lengths(db: Session) -> set[int]:
    db.expire_all()
    found = {len(sealed) for sealed in db.scalars(select(SessionRow.sealed))}
    db.rollback()
    return found


def test_a_session_has_one_length_from_the_first_answer_to_the_opened_case(
    phone: Phone, network: Network, db: Session
) -> None:
    seen = []
    phone.press("problem", issues=["WAG01"])
    seen.append(_lengths(db))
    phone.press("story", "stop", story="Words of hers.")
    seen.append(_lengths(db))
    phone.press("sharing", sharing="nobody")
    phone.press("check", "send")
    seen.append(_lengths(db))
    page = phone.client.get("/en/case").get_data(as_text=True)
    fields = {"csrf_token": csrf_of(page), "code": code_on(phone.page("sent"))}
    phone.client.post("/en/case", data=fields)
    seen.append(_lengths(db))

    assert seen == [{1 + 12 + 1024 + 16}] * 4


def test_a_draft_does_not_name_the_case_it_becomes(
    phone: Phone, network: Network, db: Session
) -> None:
    phone.press("story", story="Words of hers.")
    row = str([vars(one) for one in db.scalars(select(Draft))])
    db.rollback()
    phone.press("sharing", sharing="nobody")
    phone.press("check", "send")
    case = db.scalars(select(Case)).one()

    assert str(case.id) not in row
