"""A worker sends her report: route it again, seal it, grant its key, write it once.

``prepare`` does the slow part before the write transaction; ``file_report`` writes. The same
case id twice is the same case (design.md 3).
"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from grievance.casework.case.keyring import (
    Writer,
    grant_to_organization,
    grant_to_worker,
    refuse_stale,
    seal_words,
)
from grievance.casework.referral.asking import ask_next
from grievance.casework.report.agreed import offered, whom
from grievance.casework.report.answers import Answers
from grievance.casework.report.drafting import CodeCopy, drop_stopped_copy
from grievance.casework.respondents.marking import keep_from_tied, marks
from grievance.casework.routes.routing import Routed, route_words, stored_route
from grievance.rules.clocks import cut_to_hour
from grievance.rules.codes import new_case_number
from grievance.rules.terms import ActorKind, DocumentKind, Sharing
from grievance.rules.urgency import Taxonomy, urgency_of
from grievance.sealing import new_content_key
from grievance.store.cases import (
    Case,
    CaseExclusion,
    CaseIssue,
    Receipt,
    is_number_taken,
)
from grievance.store.directory import current_keys, lock_current_keys
from grievance.store.documents import Document, Grant
from grievance.store.events import WORKER, record
from grievance.store.referrals import Consent, Referral

CONTACT_FIELDS = (
    "channel", "contact", "whose_phone", "safe_times", "may_say_who", "safe_word", "call_me",
    "for_somebody",
)  # fmt: skip
_EPOCH = 0


@dataclass
class Prepared:
    """Every row of a new case, sealed and not yet written."""

    case: Case
    receipt: Receipt
    documents: list[Document] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    consents: list[Consent] = field(default_factory=list)
    referrals: list[Referral] = field(default_factory=list)
    others: list[Any] = field(default_factory=list)
    conflicts: Collection[str] = ()


@dataclass(frozen=True)
class Filing:
    """What a report brings along besides its answers."""

    case_id: UUID
    copy: CodeCopy
    language: str
    now: datetime
    name_secret: bytes


def prepare(
    db: Session, answers: Answers, taxonomy: Taxonomy, routed: Routed, filing: Filing
) -> Prepared:
    """Seal a report and make its grants. Reads only; no row is attached to ``db``."""
    hour, key = cut_to_hour(filing.now), new_content_key()
    sharing = _sharing(answers, routed)
    case = Case(
        id=filing.case_id,
        number=new_case_number(hour.year, secrets.randbelow, lambda one: is_number_taken(db, one)),
        sharing=sharing,
        country=answers.country,
        received_at=hour,
        last_act_at=hour,
        epoch=_EPOCH,
    )
    made = Prepared(
        case,
        Receipt(
            lookup_id=filing.copy.lookup_id,
            case_id=case.id,
            public_key=filing.copy.public_key,
            last_used=hour.date().replace(day=1),
        ),
    )
    made.documents = _documents(answers, key, filing, hour)
    made.grants = [
        grant_to_worker(
            case_id=case.id, epoch=_EPOCH, key=key, public_key=filing.copy.public_key, made_at=hour
        )
    ]
    shared = sharing == Sharing.CHOSEN
    if shared:
        write_facets(case, facets_of_case(answers, taxonomy, routed))
        case.owner_id = case.overseer_id = UUID(routed.overseer) if routed.overseer else None
        _consents(db, made, answers, routed, key, filing)
        made.conflicts = routed.conflicts.keys()
        made.others += exclusions(case.id, routed)
        made.others += marks(case.id, answers, filing.name_secret)
    else:
        words = facets_of_case(answers, taxonomy, routed)
        made.documents.append(_seal(filing, key, DocumentKind.FACETS, words, hour))
    words = route_words(routed, readable=shared)
    route_document = _seal(filing, key, DocumentKind.ROUTE, words, hour)
    made.documents.append(route_document)
    if routed.directory.version:
        made.others.append(stored_route(case.id, routed, hour, route_document.id, readable=shared))
    return made


def file_report(db: Session, made: Prepared, *, now: datetime) -> Case:
    """Write a prepared report, ask the first organization, forget a stopped draft.

    Raises StaleKey when an organization's key changed meanwhile: prepare again.
    """
    existing = db.get(Case, made.case.id)
    if existing is not None:
        return existing
    organizations = [g.organization_id for g in made.grants if g.organization_id]
    refuse_stale(made.grants, lock_current_keys(db, organizations))
    db.add(made.case)
    db.flush()
    for rows in ([made.receipt], made.documents, made.grants, made.consents, made.others):
        db.add_all(rows)
    db.flush()
    keep_from_tied(db, made.case.id, made.conflicts)
    db.add_all(made.referrals)
    drop_stopped_copy(db, made.case.id)
    hour = cut_to_hour(now)
    record(
        db, "report_filed", WORKER, hour, case_id=made.case.id,
        organization_id=made.case.owner_id, details={"sharing": made.case.sharing},
    )  # fmt: skip
    db.flush()
    if made.case.sharing == Sharing.CHOSEN:
        ask_next(db, made.case, now, caused_by_worker=True)
    return made.case


def facets_of_case(answers: Answers, taxonomy: Taxonomy, routed: Routed) -> dict[str, Any]:
    """The facets of a case as plain values: columns of ``Case`` and its readable issues."""
    facets = routed.facets
    return {
        "issues": list(facets.issues),
        "groups": {one: taxonomy.group_of(one) for one in facets.issues},
        "needs": sorted(facets.needs),
        "country": answers.country,
        "city": answers.city,
        "nationality": answers.nationality,
        "sector": answers.sector,
        "age_band": answers.age_band,
        "sex": answers.sex,
        "happened": answers.when,
        "urgency": urgency_of(taxonomy, facets.issues, answers.danger_now == "yes"),
        "asks": answers.asks,
        "languages": sorted(facets.languages),
        "respondent_kinds": answers.respondent_kind,
    }


def write_facets(case: Case, facets: dict[str, Any]) -> None:
    """Make facets readable: at sending, or in her own request when she consents later."""
    for name, value in facets.items():
        if name == "issues":
            groups = facets["groups"]
            case.issues = [CaseIssue(code=code, group=groups[code]) for code in value]
        elif name != "groups":
            setattr(case, name, value)


def exclusions(case_id: UUID, routed: Routed) -> list[CaseExclusion]:
    """Partners that must find nothing of this case, now or when they get their keys."""
    bodies = routed.directory.bodies
    kept = [one for one in routed.conflicts if one in bodies and bodies[one].partner]
    return [CaseExclusion(case_id=case_id, organization_id=UUID(one)) for one in sorted(kept)]


def contact_words(answers: Answers) -> dict[str, Any]:
    """How she may be contacted: a document of its own, so that it can be changed."""
    return {name: getattr(answers, name) for name in CONTACT_FIELDS}


def _sharing(answers: Answers, routed: Routed) -> Sharing:
    if answers.sharing != Sharing.CHOSEN:
        return Sharing.NOBODY
    someone = routed.overseer or any(routed.allows(one) for one in answers.recipients)
    return Sharing.CHOSEN if someone else Sharing.HELD


def _documents(answers: Answers, key: bytes, filing: Filing, hour: datetime) -> list[Document]:
    words = answers.to_json()
    for name in CONTACT_FIELDS:
        words.pop(name)
    return [
        _seal(filing, key, DocumentKind.ANSWERS, words, hour),
        _seal(filing, key, DocumentKind.CONTACT, contact_words(answers), hour),
    ]


def _seal(
    filing: Filing, key: bytes, kind: DocumentKind, words: dict[str, Any], hour: datetime
) -> Document:
    return seal_words(
        case_id=filing.case_id,
        kind=kind,
        epoch=_EPOCH,
        key=key,
        words=words,
        writer=Writer(ActorKind.WORKER),
        made_at=hour,
    )


def _consents(
    db: Session, made: Prepared, answers: Answers, routed: Routed, key: bytes, filing: Filing
) -> None:
    hour, asked = made.case.received_at, whom(answers, routed)
    keys = current_keys(db, [UUID(one.organization) for one in asked])
    asked = [one for one in asked if UUID(one.organization) in keys]
    for position, one in enumerate(asked):
        organization = UUID(one.organization)
        consent = Consent(
            id=uuid4(), case_id=made.case.id, organization_id=organization, if_nobody=one.oversees,
            language=filing.language, given_at=hour,
        )  # fmt: skip
        made.consents.append(consent)
        made.grants.append(
            grant_to_organization(
                case_id=made.case.id, epoch=_EPOCH, key=key, to=keys[organization], made_at=hour
            )
        )
        made.referrals.append(offered(consent, one, asked, position))
