"""What a sent report leaves behind: who can open it, what stands readable, what does not."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grievance.casework.case.keyring import (
    StaleKey,
    keys_for_organization,
    keys_for_worker,
    open_words,
)
from grievance.casework.directory.listing import load_reference
from grievance.casework.directory.version import make_version
from grievance.casework.report.answers import Answers
from grievance.casework.report.drafting import CodeCopy, new_draft
from grievance.casework.report.reporting import Filing, Prepared, file_report, prepare
from grievance.casework.routes.replaying import replay
from grievance.casework.routes.routing import Routed, route_answers
from grievance.rules import codes
from grievance.rules.terms import DocumentKind, ReferralState, Sharing
from grievance.sealing.keys import LEAST_COST, KeyPair, code_keys
from grievance.store.cases import Case, CaseExclusion, RespondentMark
from grievance.store.directory import OrganizationKey
from grievance.store.documents import Document, Grant
from grievance.store.events import Event
from grievance.store.referrals import Consent, Referral, StoredRoute
from grievance.store.taxonomy import taxonomy
from tests.factories import NOW, MemberKit, make_member, make_organization, make_root

SECRET = b"n" * 48
CODE_PAIR: dict[UUID, KeyPair] = {}


class House:
    """A root and two partners with keys."""

    def __init__(self, db: Session) -> None:
        load_reference(db, NOW)
        self.root = make_root(db, service=False)
        self.first = make_organization(db, name="Helping Hands", parent_id=self.root.id)
        self.second = make_organization(db, name="Union House", parent_id=self.root.id)
        self.kits: dict[UUID, MemberKit] = {
            one.id: make_member(db, one) for one in (self.root, self.first, self.second)
        }
        make_version(db, NOW)
        db.flush()


@pytest.fixture
def house(db: Session) -> House:
    """The network."""
    return House(db)


def _answers(**given: Any) -> Answers:
    values: dict[str, Any] = {"issues": ["WAG01"], "story": "No wages.", "country": "HK"}
    return Answers(**(values | given))


def _route(db: Session, answers: Answers) -> Routed:
    known = taxonomy(db)
    return route_answers(db, answers, known, today=NOW.date(), confirm_months=12)


def _prepare(db: Session, answers: Answers) -> Prepared:
    draft = new_draft()
    derived = code_keys(draft.code or "", b"p" * 48, LEAST_COST)
    CODE_PAIR[draft.case_id] = derived.pair
    copy = CodeCopy(derived.lookup_id, derived.pair.public)
    filing = Filing(draft.case_id, copy, "en", NOW, SECRET)
    return prepare(db, answers, taxonomy(db), _route(db, answers), filing)


def _file(db: Session, answers: Answers) -> Case:
    case = file_report(db, _prepare(db, answers), now=NOW)
    db.flush()
    return case


def _shared(*ids: UUID, if_nobody: UUID | None = None) -> dict[str, Any]:
    return {
        "sharing": "chosen",
        "recipients": [str(one) for one in ids],
        "if_nobody": str(if_nobody) if if_nobody else None,
    }


def _words(db: Session, case: Case) -> dict[str, dict[str, Any] | None]:
    grants = db.scalars(select(Grant).where(Grant.case_id == case.id)).all()
    keys = keys_for_worker(grants, CODE_PAIR[case.id].private)
    rows = db.scalars(select(Document).where(Document.case_id == case.id))
    return {row.kind: open_words(row, keys) for row in rows}


def _count(db: Session, table: type) -> int:
    return db.scalar(select(func.count()).select_from(table)) or 0


def test_only_the_worker_and_those_she_chose_hold_a_grant(db: Session, house: House) -> None:
    _file(db, _answers(**_shared(house.second.id, if_nobody=house.root.id)))
    holders = set(db.scalars(select(Grant.organization_id)))
    assert holders == {None, house.second.id, house.root.id}


def test_consents_referrals_and_order_follow_the_page(db: Session, house: House) -> None:
    both = (house.second.id, house.first.id)
    answers = _answers(**_shared(*both, if_nobody=house.root.id))
    order = [UUID(one) for one in _route(db, answers).route.organizations if UUID(one) in both]
    _file(db, answers)
    rows = db.scalars(select(Referral).order_by(Referral.position)).all()
    assert [r.organization_id for r in rows] == [*order, house.root.id]
    assert [r.state for r in rows] == [ReferralState.SENT, *[ReferralState.WAITING] * 2]
    assert [r.oversees for r in rows] == [False, False, True]
    assert _count(db, Consent) == 3


def test_the_worker_opens_every_word_with_her_code(db: Session, house: House) -> None:
    words = _words(db, _file(db, _answers(sharing="nobody", call_me="Ana", channel="phone")))
    answers, contact = words[DocumentKind.ANSWERS], words[DocumentKind.CONTACT]
    assert answers is not None
    assert contact is not None
    assert answers["story"] == "No wages."
    assert "call_me" not in answers
    assert contact["call_me"] == "Ana"


def test_with_nobody_the_facets_are_sealed_with_the_words(db: Session, house: House) -> None:
    case = _file(db, _answers(sharing="nobody", nationality="PH"))
    assert (case.country, case.nationality, case.urgency) == ("HK", None, None)
    assert (case.issues, case.owner_id, case.overseer_id) == ([], None, None)
    words = _words(db, case)
    facets, route = words[DocumentKind.FACETS], words[DocumentKind.ROUTE]
    assert facets is not None
    assert route is not None
    assert set(route) == {"sealed", "readable"}
    assert facets["nationality"] == "PH"
    assert db.scalars(select(StoredRoute)).one().readable is None
    assert _count(db, Referral) == 0


def test_a_code_that_stays_sealed_counts_as_its_group(db: Session, house: House) -> None:
    known = taxonomy(db)
    sealed = next(issue for issue in known.issues.values() if issue.sealed)
    case = _file(db, _answers(issues=[sealed.code], **_shared(house.first.id)))
    assert [issue.code for issue in case.issues] == [sealed.group]
    group = _file(db, _answers(issues=[sealed.group], **_shared(house.first.id)))
    assert (case.urgency, sorted(case.needs)) == (group.urgency, sorted(group.needs))
    words = _words(db, case)[DocumentKind.ANSWERS]
    assert words is not None
    assert words["issues"] == [sealed.code]


def test_danger_now_is_most_urgent(db: Session, house: House) -> None:
    shared = _shared(house.first.id)
    assert _file(db, _answers(issues=["SAF"], danger_now="yes", **shared)).urgency == "U0"


def test_the_overseeing_desk_owns_it_until_somebody_accepts(db: Session, house: House) -> None:
    case = _file(db, _answers(**_shared(house.first.id)))
    assert case.owner_id == case.overseer_id == house.root.id
    assert house.root.id not in set(db.scalars(select(Grant.organization_id)))


def test_the_overseeing_desk_alone_is_asked_at_once(db: Session, house: House) -> None:
    _file(db, _answers(**_shared(if_nobody=house.root.id)))
    referral = db.scalars(select(Referral)).one()
    assert (referral.organization_id, referral.state) == (house.root.id, ReferralState.SENT)


def test_who_conflicts_gets_no_grant_and_finds_nothing(db: Session, house: House) -> None:
    names = {"employer": "HELPING HANDS LTD"}
    shared = _shared(house.first.id, house.second.id)
    case = _file(db, _answers(respondent_kind=["employer"], respondent_names=names, **shared))
    assert house.first.id not in set(db.scalars(select(Grant.organization_id)))
    kept = set(db.scalars(select(CaseExclusion.organization_id)))
    assert house.first.id in kept
    assert house.second.id not in kept
    assert case.sharing == Sharing.CHOSEN


def test_nobody_left_to_show_it_to_holds_the_report(db: Session, house: House) -> None:
    every = [str(one.id) for one in (house.root, house.first, house.second)]
    case = _file(db, _answers(rule_out=every, **_shared(house.first.id)))
    assert (case.sharing, case.owner_id) == (Sharing.HELD, None)
    assert [g.organization_id for g in db.scalars(select(Grant))] == [None]


def test_agencies_and_offices_are_marked_and_persons_never(db: Session, house: House) -> None:
    names = {"agency_origin": "Golden Dove Agency", "household_member": "Mrs Chan"}
    shared = _shared(house.first.id)
    _file(db, _answers(respondent_kind=list(names), respondent_names=names, **shared))
    _file(db, _answers(respondent_names={"agency_origin": "golden dove"}, **shared))
    marks = db.scalars(select(RespondentMark)).all()
    assert {mark.kind for mark in marks} == {"agency_origin"}
    assert len({mark.digest for mark in marks}) == 1
    assert b"dove" not in marks[0].digest


def test_the_same_report_twice_is_one_case(db: Session, house: House) -> None:
    made = _prepare(db, _answers(**_shared(house.first.id)))
    first = file_report(db, made, now=NOW)
    assert file_report(db, made, now=NOW) is first
    assert _count(db, Case) == 1
    assert _count(db, Referral) == 1


def test_a_key_that_changed_meanwhile_is_refused(db: Session, house: House) -> None:
    made = _prepare(db, _answers(**_shared(house.first.id)))
    key = db.scalars(
        select(OrganizationKey).where(OrganizationKey.organization_id == house.first.id)
    ).one()
    key.version = 2
    db.flush()
    with pytest.raises(StaleKey):
        file_report(db, made, now=NOW)


def test_times_of_a_worker_are_cut_to_the_hour(db: Session, house: House) -> None:
    case = _file(db, _answers(**_shared(house.first.id)))
    hour = NOW.replace(minute=0)
    assert case.received_at == case.last_act_at == hour
    times = {e.at for e in db.scalars(select(Event).where(Event.case_id == case.id))}
    times |= set(db.scalars(select(Document.made_at))) | set(db.scalars(select(Grant.made_at)))
    assert times == {hour}


def test_a_grant_opens_nothing_before_it_is_released(db: Session, house: House) -> None:
    case = _file(db, _answers(**_shared(house.first.id)))
    kit = house.kits[house.first.id]
    grants = db.scalars(
        select(Grant).where(Grant.case_id == case.id, Grant.organization_id == house.first.id)
    ).all()
    assert len(grants) == 1
    assert keys_for_organization(grants, kit.organization_privates) == {}


def test_a_stored_route_comes_out_the_same_again(db: Session, house: House) -> None:
    case = _file(db, _answers(rule_out=[str(house.second.id)], **_shared(house.first.id)))
    route = db.scalars(select(StoredRoute)).one()
    words = _words(db, case)[DocumentKind.ROUTE]
    assert words is not None
    assert route.readable is not None
    assert str(house.second.id) not in str(route.readable)
    assert set(words) == {"sealed"}
    assert replay(db, route, words["sealed"])
    assert replay(db, route)


def test_no_two_cases_have_one_number(
    db: Session, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = _file(db, _answers(sharing="nobody"))
    letters = [codes._LETTERS.index(one) for one in first.number[3:]]
    drawn = iter([*letters, *[0] * 5])
    monkeypatch.setattr(
        "grievance.casework.report.reporting.secrets.randbelow", lambda _: next(drawn)
    )

    assert _file(db, _answers(sharing="nobody")).number.endswith("-22222")
