"""Whose turn it is: who of those she agreed to may be asked now, and for what (design.md 6). Pure.

Each need has its own chain. One organization at a time is asked or serves it, and chains run side
by side. To own the case is a chain as well: every hand-over stands in it.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Final

from grievance.rules.lifecycle import ASKED, HOLDING, OPEN_REFERRAL
from grievance.rules.terms import ReferralKind, ReferralState

OWNER: Final = "owner"
BESIDE: Final = "beside"  # a second opinion, for no need of its own
SERVED: Final = frozenset({ReferralState.COMPLETED, ReferralState.NOT_COMPLETED})
Chains = frozenset[str]


@dataclass(frozen=True)
class Turn:
    """What counts of one referral."""

    organization: object
    kind: ReferralKind
    needs: tuple[str, ...]  # lines of needs; none where the report has one
    state: ReferralState
    answered_at: datetime | None = None
    hands_on: bool = False  # asked though somebody holds it

    @property
    def chains(self) -> Chains:
        """The chains it stands in."""
        if self.kind == ReferralKind.HAND_OVER:
            return frozenset({OWNER, *self.needs})
        return frozenset(self.needs or (BESIDE,))


def being_asked(turns: Iterable[Turn]) -> Chains:
    """Chains in which an organization is asked."""
    return _chains(turn for turn in turns if turn.state in ASKED)


def taken(turns: Sequence[Turn], owner: object | None) -> Chains:
    """Chains that nobody else is asked in by itself: somebody serves them or has served them, and
    did not go. ``owner``: who accepted the case and owns it; None while nobody does."""
    held = _chains(turn for turn in turns if turn.state in HOLDING)
    if owner is not None:
        own = (t for t in turns if t.organization == owner and t.kind == ReferralKind.HAND_OVER)
        held |= _chains(turn for turn in own if turn.state in SERVED) | {OWNER}
    last: dict[str, Turn] = {}  # in each chain beside, who said yes last
    said_yes = [(turn.answered_at, turn) for turn in turns if turn.answered_at and _shares(turn)]
    for _, turn in sorted(said_yes, key=itemgetter(0)):
        last |= dict.fromkeys(turn.chains, turn)
    return held | {chain for chain, turn in last.items() if turn.state in SERVED}


def may_be_asked_for(turn: Turn, turns: Sequence[Turn], owner: object | None) -> Chains:
    """What an organization that waits may be asked for now; nothing while another is asked for any
    of it, or it is asked for something else itself."""
    others = [each for each in turns if each is not turn]
    if turn.state != ReferralState.WAITING or turn.chains & being_asked(others):
        return frozenset()
    if any(each.organization == turn.organization and each.state in ASKED for each in others):
        return frozenset()
    return turn.chains if turn.hands_on else turn.chains - taken(turns, owner)


def unmet(chains: Collection[str], turns: Sequence[Turn], owner: object | None) -> Chains:
    """Those of these chains in which somebody was to be asked, and nobody is left: not asked, not
    waiting, not serving."""
    live = _chains(t for t in turns if t.state in OPEN_REFERRAL) | taken(turns, owner)
    return frozenset(chains) & _chains(turns) - live


def _shares(turn: Turn) -> bool:
    """A further need that somebody said yes to, whatever became of it."""
    still = turn.state in HOLDING | SERVED | {ReferralState.WITHDRAWN}
    return turn.kind == ReferralKind.SHARE and still


def _chains(turns: Iterable[Turn]) -> Chains:
    return frozenset(chain for turn in turns for chain in turn.chains)
