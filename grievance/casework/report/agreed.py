"""Whom she agreed to when she sends: in which order, and for which needs."""

from collections.abc import Sequence
from dataclasses import dataclass

from grievance.casework.report.answers import Answers
from grievance.casework.routes.routing import Routed
from grievance.rules.needs import in_order
from grievance.rules.terms import NeedLine, ReferralKind
from grievance.store.referrals import Consent, Referral

OVERSEER_POSITION = 99


@dataclass(frozen=True)
class Agreed:
    """One organization, for which needs (none: for the whole), and whether it is asked only as the
    overseeing desk."""

    organization: str
    needs: tuple[NeedLine, ...]
    oversees: bool = False


def whom(answers: Answers, routed: Routed) -> list[Agreed]:
    """Whom she agreed to and who still fits, in the page's order; the overseeing desk last."""
    chosen = [Agreed(*one) for one in in_order(routed.route, answers.recipients)]
    above = routed.overseer
    if above is None or any(one.organization == above for one in chosen):
        return chosen
    if above in answers.recipients:
        return [*chosen, Agreed(above, _first_need(chosen))]
    return (
        [*chosen, Agreed(above, _first_need(chosen), True)]
        if answers.if_nobody == above
        else chosen
    )


def offered(
    consent: Consent, one: Agreed, all_of_them: Sequence[Agreed], position: int
) -> Referral:
    """Its referral. Whoever serves the first need that she named somebody for is to own the case,
    and the others share it."""
    first = _first_need(all_of_them)
    owns = one.oversees or not first or first[0] in one.needs
    return Referral(
        case_id=consent.case_id,
        organization_id=consent.organization_id,
        consent_id=consent.id,
        kind=ReferralKind.HAND_OVER if owns else ReferralKind.SHARE,
        needs=[str(need) for need in one.needs],
        oversees=one.oversees,
        position=OVERSEER_POSITION if one.oversees else position,
        made_at=consent.given_at,
    )


def _first_need(chosen: Sequence[Agreed]) -> tuple[NeedLine, ...]:
    named = {need for one in chosen for need in one.needs}
    return tuple(line for line in NeedLine if line in named)[:1]
