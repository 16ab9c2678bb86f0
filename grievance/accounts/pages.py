"""What the pages of this door show: forms with their status, people by desk, the trail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from flask import abort, make_response, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from grievance.accounts.qr import qr_picture
from grievance.accounts.words import ROLES, SHORT_ROLES, STATES
from grievance.casework.activation import NewAccount
from grievance.casework.membership import may_confirm
from grievance.rules.members import manages
from grievance.rules.terms import MembershipState
from grievance.sealing.keys import fingerprint
from grievance.store.accounts import Membership, User, names_of, seats_in
from grievance.store.cases import numbers_of
from grievance.store.directory import organizations_by_id
from grievance.store.events import Event, trail_of
from grievance.web.forms import ServiceForm, status_of
from grievance.web.limits import Slowed
from grievance.web.service import settings
from grievance.web.staff import Desk
from grievance.web.trail_words import act_words, actor_words

ROWS: Final = 50
_SHOWN: Final = (
    MembershipState.ACTIVATED,
    MembershipState.INVITED,
    MembershipState.CONFIRMED,
)


@dataclass(frozen=True)
class Person:
    """One member, as the users page shows her."""

    seat_id: UUID
    name: str
    email: str
    roles: tuple[str, ...]
    role_words: tuple[Any, ...]
    state: str
    state_words: Any
    fingerprint: str | None
    may_confirm: bool
    may_manage: bool
    is_me: bool


@dataclass(frozen=True)
class DeskPeople:
    """One organization with its members."""

    name: str
    rotation_due: bool
    people: tuple[Person, ...]


@dataclass(frozen=True)
class Act:
    """One line of the trail."""

    at: datetime
    words: Any
    who: str | None
    by: Any  # the kind of actor, where no name is known
    case_number: str | None
    case_id: UUID | None


@dataclass(frozen=True)
class Trail:
    """One page of the trail, and where the next one begins."""

    acts: tuple[Act, ...]
    after: str | None


def form_page(
    name: str, form: ServiceForm, *, wrong: bool = False, slowed: Slowed | None = None,
    **shown: Any,
) -> ResponseReturnValue:  # fmt: skip
    """A form's page. Something wrong answers 400, a slowed source 429 with its form kept."""
    text = render_template(f"accounts/{name}.html", form=form, wrong=wrong, slowed=slowed, **shown)
    answer = make_response(text, 400 if wrong or shown.get("problem") else status_of(form))
    if slowed is not None:
        answer.status_code = 429
        answer.headers["Retry-After"] = str(slowed.seconds)
    return answer


def account_page(account: NewAccount, user: User) -> ResponseReturnValue:
    """What is shown once, after activation."""
    qr = qr_picture(account.factor.secret, user.email, settings().service_name)
    mark = fingerprint(account.pair.public)
    return render_template("accounts/_account.html", account=account, qr=qr, fingerprint=mark)


def codes_page(codes: Sequence[str]) -> ResponseReturnValue:
    """New recovery codes, shown once."""
    return render_template("accounts/_codes.html", codes=codes)


def waiting_page(user: User) -> ResponseReturnValue:
    """Signed in, but no membership has effect: her fingerprint, to be compared."""
    mark = fingerprint(user.public_key or b"")
    return render_template("accounts/_waiting.html", fingerprint=mark)


def confirm_page(db: Session, desk: Desk, seat: Membership) -> ResponseReturnValue:
    """Whom to confirm, and her fingerprint."""
    return render_template("accounts/confirm.html", person=_person(db, desk, seat))


def users_page(db: Session, desk: Desk, done: object) -> ResponseReturnValue:
    """Everybody of these desks, and what she may do about them."""
    return render_template(
        "accounts/users.html",
        desks=people(db, desk),
        done=done,
        may_manage=manages(desk.roles),
        role_choices=list(ROLES.items()),
    )


def activate_url() -> str:
    """The absolute address for an invited person, from the setting."""
    return f"{settings().public_url}/desk/activate"


def people(db: Session, desk: Desk) -> list[DeskPeople]:
    """Members by desk: own first, then those below for who manages."""
    scope = _scope(desk)
    bodies = organizations_by_id(db, list(scope))
    seats = seats_in(db, scope, *_SHOWN)
    order = sorted(bodies.values(), key=lambda b: (b.id != desk.organization_id, b.name))
    return [
        DeskPeople(
            body.name,
            body.rotation_due,
            tuple(_person(db, desk, s) for s in seats if s.organization_id == body.id),
        )
        for body in order
        if body.partner
    ]


def seat_in_scope(db: Session, desk: Desk, seat_id: UUID) -> Membership:
    """A membership she may act on; one outside her scope is as if it did not exist."""
    seat = db.get(Membership, seat_id)
    if seat is None or seat.organization_id not in _scope(desk):
        abort(404)
    return seat


def invite_choices(db: Session, desk: Desk) -> list[tuple[str, str]]:
    """The desks she may invite to, her own first."""
    bodies = [b for b in organizations_by_id(db, list(_scope(desk))).values() if b.partner]
    bodies.sort(key=lambda b: (b.id != desk.organization_id, b.name))
    return [(str(body.id), body.name) for body in bodies]


def trail_page(db: Session, desk: Desk, after: str) -> Trail:
    """The own organization's acts, a page of them."""
    events = trail_of(db, desk.organization_id, before=_place(after), limit=ROWS + 1)
    shown = events[:ROWS]
    names = names_of(db, [e.user_id for e in shown if e.user_id])
    numbers = numbers_of(db, [e.case_id for e in shown if e.case_id])
    acts = tuple(_act(e, names, numbers) for e in shown)
    last = shown[-1] if len(events) > ROWS else None
    return Trail(acts, f"{last.at.isoformat()}~{last.id}" if last else None)


def _scope(desk: Desk) -> frozenset[UUID]:
    return desk.subtree if manages(desk.roles) else frozenset({desk.organization_id})


def _person(db: Session, desk: Desk, seat: Membership) -> Person:
    user, waits = seat.user, seat.state == MembershipState.ACTIVATED
    return Person(
        seat_id=seat.id,
        name=user.name,
        email=user.email,
        roles=tuple(seat.roles),
        role_words=tuple(SHORT_ROLES[role] for role in seat.roles if role in SHORT_ROLES),
        state=seat.state,
        state_words=STATES.get(seat.state, seat.state),
        fingerprint=fingerprint(user.public_key) if user.public_key else None,
        may_confirm=waits and may_confirm(db, seat, desk.user_id),
        may_manage=manages(desk.roles),
        is_me=user.id == desk.user_id,
    )


def _act(event: Event, names: dict[UUID, str], numbers: dict[UUID, str]) -> Act:
    return Act(
        at=event.at,
        words=act_words(event.verb),
        who=names.get(event.user_id) if event.user_id else None,
        by=actor_words(event.actor),
        case_number=numbers.get(event.case_id) if event.case_id else None,
        case_id=event.case_id,
    )


def _place(after: str) -> tuple[datetime, UUID] | None:
    at, _, event_id = after.partition("~")
    try:
        moment = datetime.fromisoformat(at)
        return (moment.astimezone(UTC), UUID(event_id)) if moment.tzinfo else None
    except (ValueError, OverflowError):  # the second: beyond the first or the last day there is
        return None
