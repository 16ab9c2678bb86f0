"""The chains of a case, one for each need: whose turn it is, by ``rules/turns``."""

from collections.abc import Collection, Sequence
from operator import itemgetter
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.rules import turns
from grievance.rules.lifecycle import ASKED, HOLDING, NO, OPEN_REFERRAL
from grievance.rules.needs import Proposal, lines_of, lines_served, proposals
from grievance.rules.route import Route
from grievance.rules.terms import NeedLine, ReferralKind, ReferralState, ServiceNeed
from grievance.rules.turns import OWNER, Turn, being_asked
from grievance.store.cases import Case
from grievance.store.directory import Organization
from grievance.store.referrals import Referral


def turns_of(referrals: Sequence[Referral]) -> list[Turn]:
    """What counts of each, in the same order."""
    return [
        Turn(
            organization=row.organization_id,
            kind=ReferralKind(row.kind),
            needs=tuple(row.needs),
            state=ReferralState(row.state),
            answered_at=row.answered_at,
            hands_on=row.hands_on,
        )
        for row in referrals
    ]


def chains_of(referral: Referral) -> turns.Chains:
    """The chains a referral stands in."""
    return turns_of([referral])[0].chains


def owner_of(case: Case) -> UUID | None:
    """Who accepted a case and owns it; None while nobody does."""
    return case.owner_id if case.accepted_at is not None else None


def busy_chains(case: Case, referrals: Sequence[Referral]) -> turns.Chains:
    """Chains in which an organization is asked, serves the need or has served it."""
    some = turns_of(referrals)
    return being_asked(some) | turns.taken(some, owner_of(case))


def may_be_asked_for(case: Case, referral: Referral, referrals: Sequence[Referral]) -> turns.Chains:
    """What one that waits may be asked for now; nothing while it is not its turn."""
    some = turns_of(referrals)
    place = next(n for n, row in enumerate(referrals) if row.id == referral.id)
    return turns.may_be_asked_for(some[place], some, owner_of(case))


def unmet(
    case: Case, referrals: Sequence[Referral], chains: Collection[str] | None = None
) -> turns.Chains:
    """Chains in which nobody is left; of these, where they are named."""
    some = turns_of(referrals)
    wanted = chains if chains is not None else {one for turn in some for one in turn.chains}
    return turns.unmet(wanted, some, owner_of(case))


def stopped_by_her(referrals: Sequence[Referral]) -> turns.Chains:
    """Further needs in which she sent away who said yes last: what comes next is hers to say."""
    said_yes = [(r.answered_at, r) for r in referrals if r.answered_at and r.state not in NO]
    last: dict[str, Referral] = {}
    for _, row in sorted(said_yes, key=itemgetter(0)):
        last |= dict.fromkeys(chains_of(row), row)
    return frozenset(chain for chain, row in last.items() if _was_sent_away(row))


def _was_sent_away(row: Referral) -> bool:
    by_her = row.state == ReferralState.WITHDRAWN and not row.reason
    return by_her and row.kind == ReferralKind.SHARE


def narrow(referral: Referral, chains: turns.Chains) -> None:
    """It is asked for these chains and for no other; who does not own the case shares it."""
    if OWNER not in chains:
        referral.kind = ReferralKind.SHARE
    referral.needs = [need for need in referral.needs if need in chains]


def owners_needs(case: Case, referrals: Sequence[Referral]) -> list[str]:
    """Which needs go with owning the case: those its owner serves, else the one that was to go to
    an owner first."""
    hand_overs = [row for row in referrals if row.kind == ReferralKind.HAND_OVER and row.needs]
    own = [r for r in hand_overs if r.organization_id == owner_of(case) and r.answered_at]
    if own:
        return list(own[-1].needs)
    return list(hand_overs[-1].needs[:1]) if hand_overs else []


def is_owned(case: Case, referrals: Sequence[Referral]) -> bool:
    """Whether somebody owns the case, or is asked or in line to own it."""
    in_line = (r for r in referrals if r.kind == ReferralKind.HAND_OVER)
    return owner_of(case) is not None or any(r.state in OPEN_REFERRAL for r in in_line)


def needs_now(
    case: Case, referrals: Sequence[Referral], found: Route, organization: str
) -> list[str]:
    """For which needs her page proposes an organization now; for one that does not stand there, all
    that it serves and that are open, else all that it serves."""
    of = {
        one.organization: each.lines
        for each in proposals_now(case, referrals, found)
        for one in each.candidates
    }
    serves = lines_served(found, organization)
    busy = busy_chains(case, referrals)
    free = tuple(line for line in serves if line not in busy)
    return [str(line) for line in of.get(organization, free or serves)]


def proposals_now(
    case: Case, referrals: Sequence[Referral], found: Route, leave_out: Collection[str] = ()
) -> list[Proposal]:
    """Whom her page proposes as the case stands, but for those to ``leave_out``; those who said no
    before come last."""
    lines = [line for line in NeedLine if line in busy_chains(case, referrals)]
    last = {str(row.organization_id) for row in referrals}
    return proposals(found, {*not_to_ask(referrals), *leave_out}, last, lines)


def not_to_ask(referrals: Sequence[Referral]) -> set[str]:
    """Ids of those whom she cannot ask now: who is asked or helps already, and who waits behind
    another that is being asked."""
    asked = being_asked(turns_of(referrals))
    found = {row.organization_id for row in referrals if row.state in ASKED | HOLDING}
    waits = (row for row in referrals if row.state == ReferralState.WAITING)
    found |= {row.organization_id for row in waits if chains_of(row) & asked}
    return {str(one) for one in found}


def line_for(db: Session, case: Case, organization_id: UUID, besides: Collection[str]) -> list[str]:
    """For which need of the case, besides these, an organization's services are; none: for a second
    opinion."""
    body = db.get_one(Organization, organization_id)
    given = {need for service in body.services if service.active for need in service.needs}
    lines = lines_of({ServiceNeed(need) for need in case.needs})
    fitting: list[NeedLine] = [line for line, needs in lines.items() if needs & given]
    return [str(line) for line in fitting if line not in besides]
