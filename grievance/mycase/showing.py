"""What the return page shows: status in five plain words, messages, choices."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session
from wtforms.fields.choices import SelectChoice

from grievance.casework.case.retaining import unshared_ends
from grievance.casework.referral.chains import not_to_ask, proposals_now, unmet
from grievance.casework.referral.consenting import read_answers
from grievance.casework.report.answers import Answers
from grievance.casework.routes.correcting import with_facts
from grievance.casework.routes.routing import Routed
from grievance.mycase import asked, paper
from grievance.mycase.forms import ConsentForm, ContactForm, ReplyForm
from grievance.mycase.opening import OpenCase, opened
from grievance.mycase.released import released
from grievance.rules.groups import may_tell
from grievance.rules.lifecycle import ASKED, HOLDING, worker_status
from grievance.rules.terms import (
    ActorKind,
    CaseState,
    ConsentVia,
    NeedLine,
    ReferralKind,
    ReferralState,
    Sharing,
    WorkerStatus,
)
from grievance.rules.urgency import Taxonomy
from grievance.store.cases import Case, receipt_of
from grievance.store.directory import organizations_by_id
from grievance.store.groups import said_to_be_several
from grievance.store.reference import issue_codes
from grievance.store.referrals import Consent, Referral, consents_of, open_questions, referrals_of
from grievance.store.releases import releases_of
from grievance.store.staff_ties import exclusions_of
from grievance.store.taxonomy import taxonomy
from grievance.web import need_words, offering, summary
from grievance.web.forms import ServiceForm, options
from grievance.web.promises import told
from grievance.web.service import now, settings
from grievance.web.sessions import visit

_STAGES = list(WorkerStatus)


@dataclass(frozen=True)
class Message:
    """One message as she reads it."""

    text: str
    mine: bool
    who: str
    at: datetime
    new: bool
    language: str | None


@dataclass(frozen=True)
class Recorded:
    """A yes by voice or on paper, as an organization wrote it down."""

    by: str
    to: str
    day: Any


@dataclass(frozen=True)
class Asked:
    """One organization and how far it is."""

    id: UUID
    name: str
    state: str
    at: datetime | None
    withdrawn: str | None  # why, where it was not she who took it back
    need: str  # in her words; empty where her report has one


def values(db: Session, found: OpenCase, form: ServiceForm | None, name: str) -> dict[str, Any]:
    """Everything on the page; a form that came back wrong stands in its place."""
    case = found.case
    answers = read_answers(db, case.id, found.her)
    known = taxonomy(db)
    routed = route_for(db, case, answers, known)
    rows = referrals_of(db, case.id)
    kept_away = {str(one) for one in exclusions_of(db, case.id)}  # by what a desk named, too
    proposed = proposals_now(case, rows, routed.route, kept_away)
    offer = offering.describe(db, routed, proposed, not_to_ask(rows) | kept_away)
    sharing, questions = sharing_with(db, case), open_questions(db, case.id)
    ids = {r.organization_id for r in rows} | set(sharing)
    ids |= {q.organization_id for q in questions}
    ids |= {r.from_organization_id for r in rows if r.from_organization_id}
    names = offering.names_of(db, [str(one) for one in (*ids, case.owner_id) if one])
    state = status(case)
    made = _forms(answers, routed, form, name, asked.forms_for(db, found))
    return {
        "case": case,
        "status": state,
        "stages": [(one, _STAGES.index(one) <= _STAGES.index(state)) for one in _STAGES],
        "owner": names.get(str(case.owner_id), "") if case.accepted_at else "",
        "asked": [_asked(r, names, case) for r in rows],
        "unmet": _unmet(case, rows),
        "messages": _messages(db, found),
        "rows": _answered(db, case, answers, names),
        "sharing_with": [(one, names.get(str(one), "")) for one in sharing],
        "questions": [(q, names.get(str(q.organization_id), "")) for q in questions],
        "groups": _groups(offer),
        "cards": [*offer.cards, *([offer.overseer] if offer.overseer else [])],
        "kept_away": offer.kept_away,
        "sees": _sees(case, rows, names, offer),
        "idle": _is_idle(case, rows),
        "released": released(db, found),
        "recorded": _recorded(consents_of(db, case.id), rows, names),
        "several": may_tell(said_to_be_several(db, case.id)),
        "papers": paper.shown(db, found, answers),
        "until": _until(db, case),
        "nobody_took_it": _nobody_took_it(case, rows),
        "time": told(db, case, now()),
        "unshared": case.sharing != Sharing.CHOSEN,
        "corrected": asked.corrected(db, case.id),
        "advice": asked.advice(db, case.id),
        "asks": asked.panels(db, found, made),
        "forms": made,
    }


def _asked(row: Referral, names: dict[str, str], case: Case) -> Asked:
    at = row.decided_at or row.sent_at
    return Asked(
        row.organization_id,
        names[str(row.organization_id)],
        row.state,
        at,
        row.reason if row.state == ReferralState.WITHDRAWN else None,
        need_words.heading(row.needs, case.needs),
    )


def _nobody_took_it(case: Case, rows: Sequence[Referral]) -> bool:
    """Nobody has any of it; where one need is looked after, the others are named one by one."""
    some = any(r.kind == ReferralKind.SHARE and r.state in ASKED | HOLDING for r in rows)
    return case.asked_all and case.state != CaseState.CLOSED and not some


def _unmet(case: Case, rows: Sequence[Referral]) -> list[str]:
    """The needs that somebody was asked for and nobody serves, in her words."""
    if case.state == CaseState.CLOSED:
        return []
    left = unmet(case, rows)
    return [need_words.words(line, case.needs) for line in NeedLine if line in left]


def _groups(offer: offering.Offer) -> list[offering.Group]:
    """Cards under their needs, where there is anybody; the overseeing desk last."""
    found = [group for group in offer.groups if group.cards]
    return [*found, *([offering.Group("", [offer.overseer])] if offer.overseer else [])]


def status(case: Case) -> WorkerStatus:
    """The one of five states she sees."""
    return worker_status(
        CaseState(case.state), accepted=case.accepted_at is not None, worked_on=case.worked_on
    )


def route_for(db: Session, case: Case, answers: Answers, known: Taxonomy) -> Routed:
    """Route her answers as they stand today, with facts that were corrected since."""
    return offering.route_now(db, with_facts(case, answers), known)


def recipient_choices(db: Callable[[], Session]) -> list[SelectChoice]:
    """Organizations that may be asked in the open case."""
    found = opened(db())
    if found is None:
        return []
    answers = read_answers(db(), found.case.id, found.her)
    routed = route_for(db(), found.case, answers, taxonomy(db()))
    ids = routed.route.named | ({routed.overseer} if routed.overseer else set())
    return options((one, one) for one in sorted(ids))


def sharing_with(db: Session, case: Case) -> list[UUID]:
    """Organizations whose consent stands, or that read it by a release: she may stop each."""
    standing = [c.organization_id for c in consents_of(db, case.id) if c.withdrawn_at is None]
    standing += [r.organization_id for r in releases_of(db, case.id) if r.ended_at is None]
    return list(dict.fromkeys(standing))


def _messages(db: Session, found: OpenCase) -> list[Message]:
    opened_rows = asked.written(db, found)
    ids = [row.organization_id for row, _ in opened_rows if row.organization_id]
    bodies = organizations_by_id(db, ids)
    return [
        Message(
            text=words["text"],
            mine=row.author == ActorKind.WORKER,
            who=offering.own_name(bodies[row.organization_id]) if row.organization_id else "",
            at=row.made_at,
            new=row.author == ActorKind.STAFF and row.seen_at is None,
            language=words.get("language"),
        )
        for row, words in opened_rows
    ]


def _answered(
    db: Session, case: Case, answers: Answers, names: dict[str, str]
) -> list[summary.Row]:
    """What she answered; who may read a shared report stands above, as it is now."""
    if case.sharing == Sharing.CHOSEN:
        answers = replace(answers, recipients=[], if_nobody=None)
    return [row for row in summary.rows(answers, list(issue_codes(db)), names) if row.lines]


def _is_idle(case: Case, rows: Sequence[Referral]) -> bool:
    """Open and shared, and nobody is asked or holds it: she is asked what she wants."""
    is_open = case.state != CaseState.CLOSED and case.sharing == Sharing.CHOSEN
    busy = ASKED | HOLDING
    return is_open and case.accepted_at is None and not any(r.state in busy for r in rows)


def _sees(
    case: Case, rows: Sequence[Referral], names: dict[str, str], offer: offering.Offer
) -> str | None:
    """The desk that sees facets until somebody accepts, or will once she shares."""
    if case.sharing != Sharing.CHOSEN:
        return offer.sees
    asked = {r.organization_id for r in rows if r.state in ASKED}
    waits = case.accepted_at is None and case.state != CaseState.CLOSED
    return names.get(str(case.owner_id)) if waits and case.owner_id not in asked else None


def _recorded(
    consents: Sequence[Consent], rows: Sequence[Referral], names: dict[str, str]
) -> list[Recorded]:
    """Words of hers that an organization wrote down: she must be able to see that they are."""
    by = {r.consent_id: names.get(str(r.from_organization_id), "") for r in rows}
    return [
        Recorded(by.get(c.id, ""), names.get(str(c.organization_id), ""), c.spoken_on or c.given_at)
        for c in consents
        if c.via != ConsentVia.WEB and c.withdrawn_at is None
    ]


def _until(db: Session, case: Case) -> Any:
    if case.sharing == Sharing.CHOSEN:
        return None
    return unshared_ends(receipt_of(db, case.id).last_used, settings().keep_nobody_months)


def _forms(
    answers: Answers, routed: Routed, form: ServiceForm | None, name: str,
    tells: dict[str, ServiceForm],
) -> dict[str, ServiceForm]:  # fmt: skip
    # Words that a lost session held stand in their question's box, where it is still open.
    pending = visit().get("pending", "")
    pending = "" if asked.name_of(visit().get("pending_for", "")) in tells else pending
    made: dict[str, ServiceForm] = tells | {
        "reply": ReplyForm(formdata=None, data={"message": pending}),
        "consent": ConsentForm(formdata=None, data={"scope": "all"}),
        "contact": ContactForm(formdata=None, data=answers.to_json()),
    }
    ids = [*routed.route.named, *([routed.overseer] if routed.overseer else [])]
    made["consent"].recipients.choices = options((one, one) for one in ids)
    if form is not None:
        made[name] = form
    return made
