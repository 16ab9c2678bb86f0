"""Facts of a case that turned out otherwise: corrected by who holds it, and the route run anew.

Nobody is asked by it. Who fits now is shown; to ask one of them needs her word, as ever. No clock
changes (decisions/0024).
"""

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.case.keyring import seal_words
from grievance.casework.case.reading import DeskKeys, OpenedCase, answers_of, holds
from grievance.casework.case.working import Changed, NotAllowed, writer_of
from grievance.casework.referral.asking import ask_next
from grievance.casework.referral.chains import chains_of
from grievance.casework.referral.conflicting import conflicts_now
from grievance.casework.referral.passing_over import (
    ask_others,
    oversee_by_another,
    pass_over,
)
from grievance.casework.referral.referring import take_from
from grievance.casework.report.answers import Answers
from grievance.casework.report.reporting import exclusions
from grievance.casework.respondents.marking import keep_from_tied
from grievance.casework.routes.routing import Routed, route_answers, route_words, stored_route
from grievance.rules.lifecycle import HOLDING
from grievance.rules.terms import (
    CaseState,
    DocumentKind,
    Sharing,
    Withdrawal,
)
from grievance.store.cases import Case, CaseExclusion
from grievance.store.documents import Document, delete_grants
from grievance.store.events import Actor, record
from grievance.store.referrals import Referral, latest_route, referrals_of
from grievance.store.releases import end_releases
from grievance.store.taxonomy import taxonomy


@dataclass(frozen=True)
class Facts:
    """The facts that may be corrected: codes, and a city from the list; None where not known."""

    country: str | None
    city: str | None
    sector: str | None
    nationality: str | None

    @property
    def version(self) -> str:
        """What a page that showed these says it saw."""
        return "/".join(str(one or "") for one in asdict(self).values())


def facts_of(case: Case) -> Facts:
    """As they stand now."""
    return Facts(case.country, case.city, case.sector, case.nationality)


def with_facts(case: Case, answers: Answers) -> Answers:
    """Her answers as far as routing reads them, with what was corrected since. What she wrote stays
    hers; a report that is shared with nobody has no facts that anybody could correct."""
    if case.sharing != Sharing.CHOSEN:
        return answers
    return replace(answers, **asdict(facts_of(case)))


def correct_facts(
    db: Session, case: Case, facts: Facts, opened: OpenedCase, desk: DeskKeys, *, seen: str,
    confirm_months: int, actor: Actor, now: datetime,
) -> None:  # fmt: skip
    """Write corrected facts and run the route anew, where this desk reads what she answered.

    Who waits or is asked and is in conflict by the directory of today or this desk's records is
    passed over, and finds nothing of the case. The event names the fields, not what stood in them.
    The same press twice is one. Raises NotAllowed or, where a colleague was quicker, Changed.
    """
    if case.state == CaseState.CLOSED or actor.organization_id is None:
        raise NotAllowed
    if not holds(db, case, actor.organization_id):
        raise NotAllowed
    before = facts_of(case)
    if facts == before:
        return
    if seen != before.version:
        raise Changed
    old, new = asdict(before), asdict(facts)
    for name, value in new.items():
        setattr(case, name, value)
    case.last_act_at = now
    fields = sorted(name for name in new if new[name] != old[name])
    record(db, "facts_changed", actor, now, case_id=case.id, details={"fields": fields})
    routed = _reroute(db, case, opened, confirm_months, actor, now)
    if routed is not None:
        _keep_away(db, case, routed, actor.organization_id, now)
    conflicts = conflicts_now(db, case, opened, desk)
    oversee_by_another(db, case, conflicts)
    pass_over(db, case, conflicts, actor.organization_id, now)
    ask_others(db, case, conflicts, actor.organization_id, now)


def _reroute(
    db: Session, case: Case, opened: OpenedCase, confirm_months: int, actor: Actor, now: datetime
) -> Routed | None:
    """The route once more, kept beside the earlier ones; None without her answers.

    It is sealed under the key of the one before: a desk that may read from a later epoch on must
    not find in it whom she ruled out.
    """
    answers, before = answers_of(db, case.id, opened.keys), latest_route(db, case.id)
    sealed = db.get(Document, before.sealed_document_id) if before else None
    key = opened.keys.get(sealed.epoch) if sealed else None
    if answers is None or not answers.says_something or sealed is None or key is None:
        return None
    answers = replace(with_facts(case, answers), languages=case.languages)
    routed = route_answers(
        db, answers, taxonomy(db), today=now.date(), confirm_months=confirm_months
    )
    document = seal_words(
        case_id=case.id, kind=DocumentKind.ROUTE, epoch=sealed.epoch, key=key,
        words=route_words(routed, readable=True), writer=writer_of(actor), made_at=now,
    )  # fmt: skip
    db.add(document)
    db.flush()
    db.add(stored_route(case.id, routed, now, document.id, readable=True))
    return routed


def _keep_away(db: Session, case: Case, routed: Routed, holder: UUID, now: datetime) -> None:
    """Partners that conflict by the directory of today find nothing of the case. Who corrects
    or owns it is not shut out in the middle of the work: the page "why not there" says it. Others
    that serve in it, or read it by a release, lose it with its keys."""
    gone: list[Referral] = []
    for one in exclusions(case.id, routed):
        known = db.get(CaseExclusion, (case.id, one.organization_id)) is not None
        if not known and one.organization_id not in {holder, case.owner_id}:
            db.add(one)
            if case.overseer_id == one.organization_id:
                case.overseer_id = None
            gone += _take(db, case, one.organization_id, now)
    keep_from_tied(db, case.id, routed.conflicts.keys())
    if gone:
        ask_next(db, case, now, chains=frozenset().union(*map(chains_of, gone)))


def _take(db: Session, case: Case, one: UUID, now: datetime) -> list[Referral]:
    rows = [r for r in referrals_of(db, case.id) if r.organization_id == one]
    held = [r for r in rows if r.state in HOLDING]
    if held:
        take_from(db, case, one, now)
        for row in held:
            row.reason = Withdrawal.CONFLICT
    elif end_releases(db, case.id, one, now):
        delete_grants(db, case.id, one)
    return held
