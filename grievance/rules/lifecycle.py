"""The states of cases and referrals, and which may follow which (design.md 6)."""

from typing import Final

from grievance.rules.terms import CaseState as C
from grievance.rules.terms import ReferralState as R
from grievance.rules.terms import WorkerStatus

OPEN_CASE: Final = frozenset(C) - {C.CLOSED}
ASKED: Final = frozenset({R.SENT, R.SEEN, R.INFO_REQUESTED})
NO: Final = frozenset({R.DECLINED, R.EXPIRED})
ANSWERS: Final = NO | {R.ACCEPTED}
HOLDING: Final = frozenset({R.ACCEPTED, R.IN_SERVICE})
OPEN_REFERRAL: Final = frozenset({R.WAITING}) | ASKED | HOLDING

_ENDS: Final = frozenset({R.DECLINED, R.EXPIRED, R.WITHDRAWN})
_REFERRAL: Final[dict[R, frozenset[R]]] = {
    R.WAITING: frozenset({R.SENT, R.WITHDRAWN, R.PASSED_OVER}),
    R.SENT: frozenset({R.SEEN, R.ACCEPTED}) | _ENDS,
    R.SEEN: frozenset({R.ACCEPTED, R.INFO_REQUESTED}) | _ENDS,
    R.INFO_REQUESTED: frozenset({R.SEEN, R.ACCEPTED}) | _ENDS,
    R.ACCEPTED: frozenset({R.IN_SERVICE, R.COMPLETED, R.NOT_COMPLETED, R.WITHDRAWN}),
    R.IN_SERVICE: frozenset({R.COMPLETED, R.NOT_COMPLETED, R.WITHDRAWN}),
}
# States that a person may set by hand; the rest follow from acts.
SETTABLE: Final = frozenset(
    {C.IN_PROGRESS, C.WAITING_WORKER, C.WAITING_THIRD_PARTY, C.FOLLOW_UP, C.ASSIGNED}
)


def referral_may_become(state: R, to: R) -> bool:
    """Whether a referral may go from one state to another."""
    return to in _REFERRAL.get(state, frozenset())


def case_may_become(state: C, to: C) -> bool:
    """Whether a person may set a case's state: any settable one, while it is open."""
    return state != C.CLOSED and to in SETTABLE and state != to


def worker_status(state: C, *, accepted: bool, worked_on: bool) -> WorkerStatus:
    """The one of five states that the worker sees."""
    if state == C.CLOSED:
        return WorkerStatus.CLOSED
    if accepted:
        return WorkerStatus.WORKED_ON if worked_on else WorkerStatus.WITH
    return WorkerStatus.RECEIVED if state == C.RECEIVED else WorkerStatus.READ
