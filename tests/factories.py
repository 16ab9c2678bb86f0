"""The least valid rows, and members with real keys at the least Argon2id cost.

A row that a test does not speak about gets the plainest value that the service accepts.
"""

import itertools
import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pyotp
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from grievance.casework.case.keyring import organization_privates
from grievance.casework.case.reading import DeskKeys
from grievance.casework.directory.version import make_version
from grievance.casework.members.activation import activate, find_invitation, prepare_account
from grievance.casework.members.inviting import invite
from grievance.casework.members.membership import dismiss
from grievance.casework.members.seats import confirm_seat, share_all
from grievance.rules.terms import (
    ActorKind,
    MembershipState,
    OrganizationKind,
    Role,
    ServiceNeed,
)
from grievance.sealing.keys import LEAST_COST
from grievance.store.accounts import User, membership_between
from grievance.store.directory import Organization, Service, ServiceArea
from grievance.store.events import OPERATOR, Actor
from grievance.store.queue import Reader

NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
PASSWORD = "a plain long password"
_numbers = itertools.count(10_001)  # of one length: none begins another, names sort as made


@dataclass
class MemberKit:
    """A member as only a test knows her: with every secret in the open."""

    user_id: UUID
    email: str
    password: str
    private_key: bytes
    totp_secret: str
    organization_id: UUID
    organization_privates: dict[int, bytes]  # key version -> private key
    recovery_key: str
    recovery_codes: list[str]
    fingerprint_key: bytes  # her public key
    last_step: int = field(default=0)

    @property
    def desk(self) -> DeskKeys:
        """What her session opens cases with."""
        return DeskKeys(self.user_id, self.organization_id, self.private_key)

    @property
    def actor(self) -> Actor:
        """Who did it, in the trail."""
        return Actor(ActorKind.STAFF, self.user_id, self.organization_id)

    def reader(self, *below: Organization) -> Reader:
        """Whom lists are made for: her desk, and what hangs below it."""
        ids = (self.organization_id, *(one.id for one in below))
        return Reader(self.organization_id, self.user_id, frozenset(ids), NOW)

    def totp(self, now: datetime) -> str:
        """A code that was not used yet: three TOTP steps fit, then recovery codes help out."""
        current = int(now.timestamp()) // 30
        for step in (current - 1, current, current + 1):
            if step > self.last_step:
                self.last_step = step
                return pyotp.TOTP(self.totp_secret).generate_otp(step)
        return self.recovery_codes.pop()


def no_code(secret: str, now: datetime = NOW) -> str:
    """Six digits that are none of the codes that count at this moment."""
    near = {pyotp.TOTP(secret).at(now, counter_offset=step) for step in (-1, 0, 1)}
    return next(code for n in range(4) if (code := f"{n:06}") not in near)


def make_organization(db: Session, **given: Any) -> Organization:
    """A partner in Hong Kong, confirmed today; ``service=False`` leaves out its service."""
    number = next(_numbers)
    service = given.pop("service", True)
    values: dict[str, Any] = {
        "id": uuid4(),
        "slug": f"organization-{number}",
        "name": f"Organization {number}",
        "kind": OrganizationKind.MIGRANT_LED,
        "partner": True,
        "country": "HK",
        "confirmed_on": NOW.date(),
    }
    one = Organization(**{**values, **given})
    db.add(one)
    db.flush()
    if service:
        make_service(db, one)
    return one


def make_root(db: Session, **given: Any) -> Organization:
    """The secretariat: the root of the tree."""
    values: dict[str, Any] = {"is_root": True, "kind": OrganizationKind.SECRETARIAT}
    return make_organization(db, **{**values, **given})


def make_service(
    db: Session, organization: Organization, *, areas: list[ServiceArea] | None = None, **given: Any
) -> Service:
    """Help with everything, for everyone, in the organization's country."""
    values: dict[str, Any] = {
        "id": uuid4(),
        "slug": f"service-{next(_numbers)}",
        "name": "Help",
        "needs": [str(need) for need in ServiceNeed],
        "communities": ["any"],
        "languages": ["en"],
        "sectors": ["all"],
    }
    one = Service(**{**values, **given})
    one.areas = areas if areas is not None else [make_area("country", country=organization.country)]
    organization.services.append(one)
    db.flush()
    return one


def make_area(level: str = "world", **given: Any) -> ServiceArea:
    """One service area, to hand to ``make_service``."""
    return ServiceArea(id=uuid4(), level=level, **given)


def make_member(
    db: Session,
    organization: Organization,
    *,
    roles: tuple[Role, ...] = (Role.ORGANIZER,),
    password: str = PASSWORD,
    confirmed: bool = True,
    email: str | None = None,
    name: str | None = None,
    now: datetime = NOW,
    language: str = "en",
) -> MemberKit:
    """A member with a real key pair and shares; confirmed unless the test says otherwise.

    She is invited and activated by the verbs. Where her desk has a key already, its first
    member's private key (kept in ``_PRIVATES``) stands in for a key holder's session.
    """
    number = next(_numbers)
    email = email or f"member-{number}@example.org"
    invited = invite(
        db, email=email, name=name or f"Member {number}", roles=roles,
        organization_id=organization.id, actor=OPERATOR, now=now, language=language,
    )  # fmt: skip
    assert invited.code is not None, "this address has an account already"
    account = prepare_account(invited.user.id, password, LEAST_COST)
    invitation = find_invitation(db, email=email, code=invited.code, now=now)
    user = activate(db, invitation, account, now=now)
    db.flush()
    privates = _privates_of(db, user, account.pair.private, organization.id)
    if confirmed and invited.membership.state != MembershipState.CONFIRMED:
        known = _PRIVATES.get(organization.id, {})
        if not privates and known and set(roles) & {Role.ORGANIZER, Role.COORDINATOR}:
            share_all(db, invited.membership, known, now)
            privates = dict(known)
        confirm_seat(invited.membership, user.id, now)
        db.flush()
        make_version(db, now)
    if privates:
        _PRIVATES[organization.id] = privates
    return MemberKit(
        user_id=user.id,
        email=user.email,
        password=password,
        private_key=account.pair.private,
        totp_secret=account.factor.secret,
        organization_id=organization.id,
        organization_privates=privates,
        recovery_key=account.recovery_key,
        recovery_codes=list(account.factor.codes),
        fingerprint_key=account.pair.public,
    )


def leave(db: Session, kit: MemberKit, *, lose_key: bool = False) -> None:
    """She is dismissed."""
    seat = membership_between(db, kit.user_id, kit.organization_id)
    assert seat
    dismiss(db, seat, actor=OPERATOR, now=NOW, lose_key=lose_key)
    db.flush()


def csrf_of(html: str) -> str:
    """The CSRF token that a page carries."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', html)
    assert found, "the page holds no csrf_token"
    return found.group(1)


def words_of(html: str) -> str:
    """What a page says, without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))


def sign_in(client: FlaskClient, kit: MemberKit) -> None:
    """The real two steps: e-mail and password, then a TOTP code of the application's clock."""
    page = client.get("/desk/sign-in").get_data(as_text=True)
    fields = {"csrf_token": csrf_of(page), "email": kit.email, "password": kit.password}
    answer = client.post("/desk/sign-in", data=fields)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    page = client.get("/desk/sign-in/code").get_data(as_text=True)
    now = client.application.extensions["grievance"].clock()
    answer = client.post(
        "/desk/sign-in/code", data={"csrf_token": csrf_of(page), "totp": kit.totp(now)}
    )
    assert answer.status_code == 303, answer.get_data(as_text=True)


def _privates_of(
    db: Session, user: User, private: bytes, organization_id: UUID
) -> dict[int, bytes]:
    return organization_privates(
        db, user_id=user.id, user_private=private, organization_id=organization_id
    )


_PRIVATES: dict[UUID, dict[int, bytes]] = {}
TODAY: date = NOW.date()
