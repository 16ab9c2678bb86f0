"""Who stands at the desk in this request, and the guard in front of every endpoint."""

from dataclasses import dataclass
from uuid import UUID

from flask import Flask, abort, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from grievance.casework.case.reading import DeskKeys
from grievance.rules.terms import ActorKind, Language, Role
from grievance.store.accounts import seats_of
from grievance.store.directory import subtree
from grievance.store.events import Actor
from grievance.store.queue import Reader
from grievance.web import access
from grievance.web.database import read_db
from grievance.web.errors import kept_answers
from grievance.web.forms import origin_is_ours, token_fits
from grievance.web.locale import offered
from grievance.web.service import now
from grievance.web.sessions import unpack, visit

BETWEEN = "password"
FULL = "full"
_WITHOUT_DATABASE = {
    "directory.danger", "health.healthz", "health.readyz", "intake.languages", "intake.leave",
    "static",
}  # fmt: skip


@dataclass(frozen=True)
class Desk:
    """A signed-in member at one organization's desk."""

    user_id: UUID
    name: str
    email: str
    language: str
    organization_id: UUID
    organization_name: str
    is_root: bool
    roles: frozenset[Role]
    subtree: frozenset[UUID]  # own organization and all below: a coordinator's scope
    desks: frozenset[UUID]  # every desk she is a member of: what is kept from one is from her

    @property
    def actor(self) -> Actor:
        """For events."""
        return Actor(ActorKind.STAFF, self.user_id, self.organization_id)

    @property
    def coordinates(self) -> bool:
        """Whether she sees facets of the whole subtree."""
        return Role.COORDINATOR in self.roles

    @property
    def works_cases(self) -> bool:
        """Whether her roles open cases at all."""
        return bool(self.roles & {Role.ORGANIZER, Role.COORDINATOR})

    @property
    def scope(self) -> frozenset[UUID]:
        """The organizations whose cases she may list."""
        return self.subtree if self.coordinates else frozenset({self.organization_id})


def desk() -> Desk:
    """The desk of this request; only after the guard let it pass."""
    found: Desk = g.desk
    return found


def private_key() -> bytes:
    """The signed-in user's private key, from her session."""
    return unpack(visit()["private_key"])


def reader(desk: Desk) -> Reader:
    """The desk as finders know it."""
    return Reader(desk.organization_id, desk.user_id, desk.scope, now(), desk.desks)


def desk_keys(desk: Desk) -> DeskKeys:
    """Her private key, for her organization's keys."""
    return DeskKeys(desk.user_id, desk.organization_id, private_key())


def load_desk(db: Session, user_id: UUID) -> Desk | None:
    """The desk of a user; None when no membership is in effect."""
    seats = seats_of(db, user_id)
    if not seats:
        return None
    first = seats[0]
    return Desk(
        user_id=user_id,
        name=first.name,
        email=first.email,
        language=first.language,
        organization_id=first.organization_id,
        organization_name=first.organization_name,
        is_root=first.is_root,
        roles=frozenset(Role(role) for role in first.roles),
        subtree=subtree(db, first.organization_id),
        desks=frozenset(one.organization_id for one in seats),
    )


def guard() -> ResponseReturnValue | None:
    """Refuse what has no line; ask strangers at the desk to sign in; check every form's token."""
    if request.endpoint is None:
        return None  # no such page: the 404 handler answers
    line = access.line(request.endpoint)
    if line is None:
        abort(404)
    if visit().trouble and request.endpoint not in _WITHOUT_DATABASE:
        raise visit().trouble or RuntimeError
    answer = _staff_guard(line) if line.who != access.Who.ANYBODY else None
    return answer or _token_guard()


def _staff_guard(line: access.Line) -> ResponseReturnValue | None:
    stage = visit().get("stage")
    if line.who == access.Who.BETWEEN:
        return None if stage == BETWEEN else redirect(url_for("accounts.sign_in"))
    user_id = visit().user_id
    if stage != FULL or user_id is None:
        return _signed_out()
    with read_db() as db:
        found = load_desk(db, user_id)
    if found is None:
        return _signed_out()
    g.desk = found
    language = Language(found.language) if found.language in set(Language) else Language.EN
    g.language = language if language in offered() else Language.EN
    if not found.roles & line.roles:
        abort(403)
    return None


def _signed_out() -> ResponseReturnValue:
    """To the sign-in; what a form held is shown first, since a session may end while one types."""
    if request.method != "POST" or not origin_is_ours():
        return redirect(url_for("accounts.sign_in"))
    return render_template("accounts/signed_out.html", typed=kept_answers()), 400


def _token_guard() -> ResponseReturnValue | None:
    if request.method != "POST":
        return None
    if not origin_is_ours():
        abort(400)
    view = current_app.view_functions.get(request.endpoint or "")
    if not getattr(view, "keeps_form", False) and not token_fits(
        request.form.get("csrf_token", "")
    ):
        abort(400)
    return None


def init_app(app: Flask) -> None:
    """Every request passes the guard."""
    app.before_request(guard)
