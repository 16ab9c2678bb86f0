"""``grievance demo``: a throw-away instance with invented partners, people and cases."""

import json
import os
import random
import secrets
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Any
from uuid import UUID

import click
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from grievance.casework.case.keyring import organization_privates
from grievance.casework.directory.founding import found_network
from grievance.casework.directory.listing import import_directory, load_reference
from grievance.casework.directory.version import make_version
from grievance.casework.members.activation import activate, find_invitation, prepare_account
from grievance.casework.members.inviting import invite
from grievance.casework.members.seats import confirm_seat, share_all
from grievance.casework.notices.bouncing import note_bounce
from grievance.cli.base import STANDING
from grievance.cli.demo_cases import DemoMember, Filler
from grievance.cli.demo_data import BODIES, CONSULATE, ROOT_NAME, DemoBody
from grievance.cli.demo_place import DATABASE, keep, place, told_of
from grievance.cli.demo_scenes import CASES, play, waiting
from grievance.cli.serve import work_loop
from grievance.config import Settings
from grievance.rules.terms import MembershipState, Role
from grievance.store import migrate
from grievance.store.directory import Organization, Service, ServiceArea
from grievance.store.engine import Database
from grievance.store.events import OPERATOR
from grievance.store.taxonomy import taxonomy

_CASES = 300
_WITH_SCENES = 30  # fewer are for who counts them
_HOLDERS: dict[UUID, DemoMember] = {}  # each desk's first key holder, while it is made


@click.command()
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Keep it here; start again on it.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    help="Port on this machine (a free one else).",
)
@click.option(
    "--cases",
    type=click.IntRange(min=0),
    default=_CASES,
    show_default=True,
    help="Invented cases, where the folder has none yet.",
)
@click.option("--json", "as_json", is_flag=True, help="Print everything as one line of JSON.")
def demo(folder: Path | None, port: int, cases: int, as_json: bool) -> None:
    """Try everything with invented data. Never put a real report in here."""
    with place(folder) as here:
        told = told_of(here, lambda: _make(here, cases))
        _serve(here, told, port, as_json)


def _settings(here: Path, secret: str, url: str) -> Settings:
    return Settings(
        database_url=f"sqlite:///{here / DATABASE}",
        pepper=secret.encode(),
        name_secret=secret[::-1].encode(),
        public_url=url,
        time_zone="UTC",
    )


def _serve(here: Path, told: dict[str, Any], port: int, as_json: bool) -> None:
    from grievance.app import create_app
    from grievance.web import serve as server

    wanted = port or told.get("port") or 0
    chosen = _settings(here, told["secret"], f"http://127.0.0.1:{wanted}")
    app = create_app(chosen)
    _bring_up(app.extensions["grievance"].database.engine)

    def ready(address: str) -> None:
        public = {k: v for k, v in told.items() if k not in {"secret", "port"}}
        told["port"] = int(address.rpartition(":")[2])
        keep(here, told)
        said = {"url": address, "folder": str(here), "pid": os.getpid()} | public
        click.echo(json.dumps(said) if as_json else _in_words(said))

    with work_loop(app, run=True):
        try:
            server.serve(app, f"127.0.0.1:{wanted}", chosen.threads, ready)
        except server.CannotListen:
            click.echo(f"Port {wanted} is taken; taking another.", err=True)
            server.serve(app, "127.0.0.1:0", chosen.threads, ready)


def _bring_up(engine: Engine) -> None:
    """A folder that an older release filled gets the tables of this one."""
    stands = migrate.standing(engine)
    if stands == migrate.Standing.OLDER:
        migrate.upgrade(engine)
    elif stands != migrate.Standing.CURRENT:
        raise click.ClickException(STANDING[stands])


def _in_words(said: dict[str, Any]) -> str:
    lines = [
        "",
        f"  The demo runs at  {said['url']}/",
        f"  The desk          {said['url']}/desk/sign-in",
        f"  A waiting report  {said['code']}   (its code, for {said['url']}/en/case)",
        *([_asked_line(said)] if "asked_code" in said else []),
        "",
        "  Sign-ins (invented people; the second step is a code from the secret):",
    ]
    lines += [
        f"    {u['role']:<14} {u['organization']:<26} {u['email']:<36} {u['password']}"
        f"   secret {u['totp_secret']}"
        for u in said["users"]
    ]
    return "\n".join([*lines, "", "  Stop it with Ctrl-C.", ""])


def _asked_line(said: dict[str, Any]) -> str:
    return f"  One with a question {said['asked_code']}   (somebody waits for her answer)"


def _make(here: Path, cases: int) -> dict[str, Any]:
    """Everything once: tables, lists, partners, people, cases, one waiting report."""
    secret, now = secrets.token_urlsafe(48), datetime.now(UTC)
    chosen = _settings(here, secret, "http://127.0.0.1:0")
    database = Database(chosen.database_url)
    try:
        migrate.upgrade(database.engine)
        with database.writer() as db:
            told, members = _people(db, chosen, now)
            filler = Filler(taxonomy(db), chosen.name_secret, members, random.Random(7))  # noqa: S311
            db.commit()
            scenes = CASES if cases >= _WITH_SCENES else 0
            _fill(db, filler, cases - scenes, now)
            if scenes:
                told["asked_code"] = play(db, filler, chosen, now)
            note_bounce(db, "organizer@bahay.demo.example", "5.1.1", OPERATOR, now, hard=True)
            told["code"] = waiting(db, filler, chosen, now)
            db.commit()
    finally:
        database.close()
    return told | {"secret": secret, "port": 0}


def _fill(db: Session, filler: Filler, cases: int, now: datetime) -> None:
    def step(reached: int) -> None:
        click.echo(f"  invented cases: {reached} of {cases}", err=True)

    filler.fill(db, cases, now - timedelta(hours=1), step)


def _people(
    db: Session, chosen: Settings, now: datetime
) -> tuple[dict[str, Any], dict[UUID, DemoMember]]:
    load_reference(db, now)
    seed = resources.files("grievance.store") / "seed" / "listings.yaml"
    root = found_network(
        db, name=ROOT_NAME, country="HK", languages=("en", "fil", "id", "zh-Hant"),
        actor=OPERATOR, now=now,
    )  # fmt: skip
    import_directory(db, seed.read_text("utf-8"), actor=OPERATOR, now=now)
    bodies = {"root": root} | _bodies(db, root, now)
    users: list[dict[str, str]] = []
    members: dict[UUID, DemoMember] = {}
    for slug, body in bodies.items():
        for role in _roles(slug):
            member = _member(db, chosen, body, role, users, now)
            if role in {Role.ORGANIZER, Role.COORDINATOR}:
                members.setdefault(body.id, member)
    make_version(db, now)
    rows = [_row(body) for body in bodies.values()]
    return {"organizations": rows, "users": users}, members


def _roles(slug: str) -> list[Role]:
    """The key is made by the first; a coordinator comes before an administrator."""
    if slug == "root":
        return [Role.COORDINATOR, Role.ADMINISTRATOR]
    known = next((one for one in BODIES if one.slug == slug), None)
    coordinator = [Role.COORDINATOR] if known and known.coordinator else []
    return [Role.ORGANIZER, *coordinator]


def _bodies(db: Session, root: Organization, now: datetime) -> dict[str, Organization]:
    made: dict[str, Organization] = {}
    for body in (*BODIES, CONSULATE):
        parent = made[body.parent] if body.parent else root
        made[body.slug] = _body(db, body, parent, now)
    return made


def _body(db: Session, body: DemoBody, parent: Organization, now: datetime) -> Organization:
    row = Organization(
        slug=body.slug, name=body.name, kind=body.kind, country=body.country,
        parent_id=parent.id, partner=True, confirmed_on=now.date(),
        led_by_migrants=body.kind == "migrant_led", description={"en": body.does},
        aliases=[body.also],
        origin_of=list(body.communities) if body.slug == "demo-bahay" else [],
    )  # fmt: skip
    row.services = [
        Service(
            slug="help", name="Help", needs=body.needs,
            communities=list(body.communities), languages=list(body.languages), sectors=["all"],
            free=True, areas=_areas(body),
        )
    ]  # fmt: skip
    db.add(row)
    db.flush()
    return row


def _areas(body: DemoBody) -> list[ServiceArea]:
    if body.kind in {"network", "consulate"}:
        return [ServiceArea(level="world")]
    near = [ServiceArea(level="country", country=body.country)]
    if body.country == "HK":
        near.append(ServiceArea(level="city", country="HK", city="Hong Kong"))
        near.append(ServiceArea(level="country", country="MO"))
    return near


def _member(
    db: Session,
    chosen: Settings,
    body: Organization,
    role: Role,
    users: list[dict[str, str]],
    now: datetime,
) -> DemoMember:
    email = f"{role}@{body.slug.removeprefix('demo-')}.demo.example"
    password = f"demo {role} {secrets.token_hex(4)}"
    invited = invite(
        db, email=email, name=f"Demo {role.title()}", roles=(role,), organization_id=body.id,
        actor=OPERATOR, now=now,
    )  # fmt: skip
    account = prepare_account(invited.user.id, password, chosen.password_cost)
    invitation = find_invitation(db, email=email, code=invited.code or "", now=now)
    user = activate(db, invitation, account, now=now)
    db.flush()
    if invited.membership.state != MembershipState.CONFIRMED:
        _confirm(db, invited.membership, body, user.id, now)
    users.append(
        {
            "role": str(role),
            "organization": body.name,
            "email": email,
            "password": password,
            "totp_secret": account.factor.secret,
        }
    )
    member = DemoMember(user.id, body.id, account.pair.private)
    _HOLDERS.setdefault(body.id, member)
    return member


def _confirm(
    db: Session, membership: Any, body: Organization, user_id: UUID, now: datetime
) -> None:
    """As a key holder's session would: give every version kept, then confirm."""
    holder = _HOLDERS.get(body.id)
    reads_cases = set(membership.roles) & {Role.ORGANIZER, Role.COORDINATOR}
    if holder is not None and reads_cases:
        privates = organization_privates(
            db, user_id=holder.user_id, user_private=holder.private, organization_id=body.id
        )
        share_all(db, membership, privates, now)
    confirm_seat(membership, holder.user_id if holder else user_id, now)
    db.flush()


def _row(body: Organization) -> dict[str, Any]:
    return {
        "id": str(body.id),
        "name": body.name,
        "parent": str(body.parent_id) if body.parent_id else None,
        "kind": body.kind,
        "partner": body.partner,
    }
