"""A network on whose pages nearly every form stands at once, and who may press them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from grievance.casework.case import releasing
from grievance.casework.case.releasing import SecondAgrees
from grievance.casework.directory.ties import declare_tie
from grievance.casework.directory.version import make_version
from grievance.casework.referral import opinions, referring
from grievance.rules.terms import Role, TieReason, Urgency
from grievance.store.bounces import BouncedAddress
from grievance.store.cases import Case
from grievance.store.directory import Organization
from grievance.store.respondents import Respondent
from tests.casework.world import World
from tests.factories import (
    NOW,
    MemberKit,
    csrf_of,
    leave,
    make_member,
    make_organization,
    sign_in,
)
from tests.journeys.worker import Worker

ALL = (Role.COORDINATOR, Role.ORGANIZER, Role.ADMINISTRATOR)
DAY = str(NOW.date())
PAPER = {
    "body": "Kanaryo Clinic", "purpose": "to see her", "answer_to": "2345", "fields": ["call_me"],
    "until": str(NOW.date() + timedelta(days=30)),
}  # fmt: skip
SPOKEN = PAPER | {
    "body": "Rosal Clinic", "consent": "voice", "spoken_on": DAY, "language": "en",
}  # fmt: skip


@dataclass
class Visitor:
    """Somebody with a browser, and where she begins."""

    client: FlaskClient
    starts: tuple[str, ...]


class Stage:
    """A desk, the secretariat above it, and workers; on each of their pages something waits."""

    def __init__(self, app: Flask, world: World) -> None:
        self.app, self.world, self.db = app, world, world.db
        self.body, self.other = world.bodies[0], world.bodies[1]
        self.below = make_member(self.db, self.body, roles=ALL)
        self.chief = make_member(self.db, world.root, roles=ALL)
        self.tied = self._members()
        self.lives = self._directory()
        asked = self._case(self.body, accepted=False)
        self.closed, self.danger = self._case(self.body), self._case(self.body)
        self._advice()
        self._danger()
        make_version(self.db, NOW)
        self.db.commit()
        self.worker, self.held = self._worker()
        cases = [f"/desk/cases/{one.id}" for one in (asked, self.closed, self.danger, self.held)]
        merged = self._pressed(self.browser(self.below))
        self.desk = ("/desk/", *cases, f"{cases[-1]}/respondents", merged)

    def visitors(self) -> dict[str, Visitor]:
        """Everybody, each in a browser of her own."""
        between, back = self.app.test_client(), Worker(self.app.test_client())
        fields = {"email": self.below.email, "password": self.below.password}
        self.post(between, "/desk/sign-in", "/desk/sign-in", fields)
        back.come_back(self.worker.code)
        writes = Worker(self.app.test_client())
        writes.press("report/story", story="Kanaryo")
        return {
            "below": Visitor(self.browser(self.below), self.desk),
            "chief": Visitor(self.browser(self.chief), ("/desk/", *self.lives)),
            "a stranger": Visitor(self.app.test_client(), ("/desk/sign-in", "/en/case")),
            "between": Visitor(between, ("/desk/sign-in/code",)),
            "sent": Visitor(self.worker.client, ("/en/report/sent",)),
            "back": Visitor(back.client, ("/en/case",)),
            "writes": Visitor(writes.client, ("/en/", "/en/report/problem")),
        }

    def browser(self, kit: MemberKit) -> FlaskClient:
        """A member's, signed in."""
        client = self.app.test_client()
        sign_in(client, kit)
        return client

    def post(self, client: FlaskClient, page: str, address: str, fields: dict[str, Any]) -> None:
        """Press a button with the token of a page."""
        data = fields | {"csrf_token": csrf_of(client.get(page).text)}
        answer = client.post(address, data=data)
        assert answer.status_code == 303, (address, answer.text)

    def _members(self) -> UUID:
        make_member(self.db, self.body, confirmed=False)
        tied = make_member(self.db, self.body)
        leave(self.db, make_member(self.db, self.body))  # a new key is due
        gone = BouncedAddress(
            email=self.below.email, unreachable_since=NOW, last_at=NOW, status="5.1.1"
        )
        self.db.add(gone)
        return tied.user_id

    def _directory(self) -> tuple[str, ...]:
        actor = self.below.actor
        declare_tie(self.db, self.body.id, self.other.id, TieReason.OTHER, actor=actor, now=NOW)
        ways: tuple[dict[str, Any], ...] = (
            {"partner": False, "confirmed_on": None}, {"paused": True}, {"active": False},
        )  # fmt: skip
        made = [make_organization(self.db, parent_id=self.world.root.id, **way) for way in ways]
        return tuple(f"/desk/directory/{one.id}/life" for one in made)

    def _case(self, body: Organization, *, accepted: bool = True) -> Case:
        case = self.world.file(self.world.answers("chosen", [body], last=True))
        if accepted:
            referring.accept(self.db, case, body.id, self.world.actor(body), NOW)
        self.db.flush()
        return case

    def _advice(self) -> None:
        case, world = self._case(self.other), self.world
        asking = opinions.Asking(self.body.id, "What worked?", [], "en")
        opinions.ask_opinion(
            self.db, case, asking, world.keys(case, self.other), world.desk(self.other),
            world.actor(self.other), NOW,
        )  # fmt: skip

    def _danger(self) -> None:
        case, world = self.danger, self.world
        case.urgency = Urgency.U0
        wanted = releasing.Wanted(self.other.id, "locked in")
        keys = world.keys(case, self.body), world.actor(self.body)
        try:
            releasing.release(self.db, case, wanted, world.desk(self.body), *keys, NOW)
        except SecondAgrees:
            self.db.flush()

    def _worker(self) -> tuple[Worker, Case]:
        """One with a code, and her case."""
        before, worker = set(self.rows(Case)), Worker(self.app.test_client())
        worker.report(
            story="Kanaryo", country="HK", sharing="chosen", recipients=[str(self.body.id)],
            call_me="Berde",
        )  # fmt: skip
        [case] = set(self.rows(Case)) - before
        return worker, case

    def _pressed(self, client: FlaskClient) -> str:
        """What is quickest by its own form; the page of a record that another is read with."""
        case = f"/desk/cases/{self.held.id}"
        contact = {"kind": "phone", "value": "+85291234567", "visibility": "public"}
        numbers = f"{self.held.number} {self.danger.number}"
        record = {"kind": "agency_destination", "names": "Bituin Agency"}
        made = f"{case}/respondents/make"
        to = {"organization": str(self.other.id), "kind": "share", "reason": "near", "consent": ""}
        for address, fields in (
            (f"{case}/accept", {}),
            (f"{case}/refer", to),
            (f"/desk/directory/{self.body.id}/contacts/add", contact),
            ("/desk/groups", {"name": "Dormitory", "numbers": numbers}),
            (made, record), (made, record | {"names": "Tala Agency"}),
            (made, record | {"names": "Third Agency"}),
            (f"{case}/paper", PAPER), (f"{case}/paper", SPOKEN),
            (f"/desk/cases/{self.closed.id}/close", {"outcome": "settled", "kind": "resolved"}),
        ):  # fmt: skip
            self.post(client, "/desk/account", address, fields)
        one, two, _third = self.rows(Respondent)
        merge = f"/desk/respondents/{one.id}/merge"
        self.post(client, "/desk/account", merge, {"into": str(two.id)})
        tie = {"member": str(self.tied), "whom": f"body:{self.other.id}", "reason": "family"}
        self.post(client, "/desk/ties", "/desk/ties/declare", tie)
        return f"/desk/respondents/{two.id}"

    def rows(self, kind: type[Any]) -> list[Any]:
        """As they stand now; the only writer is let go again."""
        found = list(self.db.scalars(select(kind)))
        self.db.commit()
        return found
