"""What the pages of this door show: forms with their status, members, the trail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from flask import make_response, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from grievance.accounts.new_key import panel
from grievance.accounts.people import desks_in_scope, people_page, person
from grievance.accounts.qr import qr_picture
from grievance.accounts.words import ROLES
from grievance.casework.members.activation import NewAccount
from grievance.rules.members import manages
from grievance.sealing.keys import fingerprint
from grievance.store.accounts import Membership, User, names_of
from grievance.store.cases import numbers_of
from grievance.store.events import Event, trail_of
from grievance.web.forms import ServiceForm, status_of
from grievance.web.limits import Slowed
from grievance.web.service import settings
from grievance.web.staff import Desk
from grievance.web.trail_words import act_words, actor_words

ROWS: Final = 50


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
    return render_template("accounts/confirm.html", person=person(db, desk, seat))


def users_page(
    db: Session, desk: Desk, done: object, *, find: str, number: str
) -> ResponseReturnValue:
    """A page of everybody of these desks, and what she may do about them."""
    return render_template(
        "accounts/users.html",
        page=people_page(db, desk, find, number),
        key=panel(db, desk),
        done=done,
        may_manage=manages(desk.roles),
        role_choices=list(ROLES.items()),
    )


def activate_url() -> str:
    """The absolute address for an invited person, from the setting."""
    return f"{settings().public_url}/desk/activate"


def invite_choices(db: Session, desk: Desk) -> list[tuple[str, str]]:
    """The desks she may invite to, her own first."""
    return [(str(body.id), body.name) for body in desks_in_scope(db, desk)]


def trail_page(db: Session, desk: Desk, after: str) -> Trail:
    """The own organization's acts, a page of them."""
    events = trail_of(
        db, desk.organization_id, desks=desk.desks, user_id=desk.user_id, before=_place(after),
        limit=ROWS + 1,
    )  # fmt: skip
    shown = events[:ROWS]
    names = names_of(db, [e.user_id for e in shown if e.user_id])
    numbers = numbers_of(db, [e.case_id for e in shown if e.case_id])
    acts = tuple(_act(e, names, numbers) for e in shown)
    last = shown[-1] if len(events) > ROWS else None
    return Trail(acts, f"{last.at.isoformat()}~{last.id}" if last else None)


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
