"""``grievance doctor``: each problem is named with what to do; a healthy service is told so."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from grievance.casework.directory.listing import load_reference
from grievance.casework.members.inviting import invite
from grievance.cli import base, doctor, main
from grievance.config import Settings
from grievance.rules.terms import Language, NoticeState, Role
from grievance.store.accounts import Membership
from grievance.store.directory import Organization
from grievance.store.events import OPERATOR
from grievance.store.law import StoredRule
from grievance.store.migrate import Standing
from grievance.store.outbox import Notice, WorkPass
from grievance.store.reference import DangerNumber, IssueCode
from tests.factories import NOW, make_member, make_organization, make_root

SOUND: dict[str, Any] = {
    "public_url": "https://help.example.org", "smtp_host": "mail.example.org",
    "mail_from": "desk@example.org", "trusted_proxies": 1,
}  # fmt: skip


@pytest.fixture(autouse=True)
def _this_service(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, db: Session, tmp_path: Path
) -> None:
    """A sound service of two people, at the test's time; its tables are made without migrations."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GRIEVANCE_SETTINGS", raising=False)
    _set(monkeypatch, settings)
    monkeypatch.setattr(doctor, "now", lambda: NOW)
    monkeypatch.setattr(doctor, "standing", lambda _: Standing.CURRENT)
    if settings.database_url.startswith("sqlite"):
        Path(settings.database_url.removeprefix("sqlite:///")).chmod(0o600)


@pytest.fixture
def root(db: Session) -> Organization:
    """The root desk with an organizer and a coordinator."""
    made = make_root(db)
    make_member(db, made)
    make_member(db, made, roles=(Role.COORDINATOR,))
    load_reference(db, NOW)
    db.execute(update(Notice).values(state=NoticeState.SENT))
    db.add(WorkPass(name="work", at=NOW))
    db.commit()
    return made


def _set(monkeypatch: pytest.MonkeyPatch, settings: Settings, **given: Any) -> None:
    chosen = replace(settings, **SOUND | given)
    monkeypatch.setattr(base, "settings", lambda: chosen)
    monkeypatch.setattr(doctor, "settings", lambda: chosen)


def _run() -> Result:
    result = CliRunner().invoke(main, ["doctor"])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    return result


def _finds(db: Session, said: str, todo: str) -> None:
    db.commit()
    result = _run()
    [line] = [line for line in result.output.splitlines() if said in line]

    assert result.exit_code == 1
    assert line.startswith("- ")
    assert todo in line
    assert len(result.output.splitlines()) == 1


def test_a_sound_service_is_told_so(root: Organization) -> None:
    result = _run()

    assert result.output == "Everything looks right.\n"
    assert result.exit_code == 0


@pytest.mark.parametrize("last", [NOW - timedelta(minutes=11), None])
def test_a_work_loop_that_stands_still(db: Session, root: Organization, last: Any) -> None:
    db.execute(delete(WorkPass))
    if last:
        db.add(WorkPass(name="work", at=last))

    _finds(db, "The work loop does not run", 'Start "grievance serve"')


def test_mail_that_was_lost(db: Session, root: Organization) -> None:
    _notice(db, state=NoticeState.GIVEN_UP, error="550 mail refused")

    _finds(db, "1 notices could not be delivered: 550 mail refused (1)", "a@example.org")


def test_mail_that_the_server_does_not_take(db: Session, root: Organization) -> None:
    _notice(db, attempts=4, error="ConnectionRefusedError")

    _finds(db, "has not taken 1 notices for an hour", "GRIEVANCE_SMTP_HOST")


def test_members_that_wait(db: Session, root: Organization) -> None:
    kit = make_member(db, root, confirmed=False)

    _finds(db, f"Members wait to be confirmed: {kit.email}", "grievance user confirm")


def test_an_invitation_that_ran_out(db: Session, root: Organization) -> None:
    invite(
        db, email="late@example.org", name="L", roles=[Role.ORGANIZER], organization_id=root.id,
        actor=OPERATOR, now=NOW - timedelta(days=8),
    )  # fmt: skip

    _finds(db, "Invitations ran out unused: late@example.org", "grievance user invite")


def test_an_invitation_that_still_holds_is_no_problem(db: Session, root: Organization) -> None:
    invite(
        db, email="new@example.org", name="N", roles=[Role.ORGANIZER], organization_id=root.id,
        actor=OPERATOR, now=NOW - timedelta(days=6),
    )  # fmt: skip
    db.commit()

    assert _run().exit_code == 0


def test_partners_without_keys_but_no_listings(db: Session, root: Organization) -> None:
    make_organization(db, name="Keyless", parent_id=root.id)
    make_organization(db, name="Listing", partner=False)

    _finds(db, "Partners without keys (nobody is active there) get no case: Keyless.", "invite")


def test_many_names_are_cut(db: Session, root: Organization) -> None:
    for number in range(12):
        make_organization(db, name=f"Body {number:02}", parent_id=root.id)

    _finds(db, "Body 09 and 2 more", "invite")


def test_entries_that_lapsed(db: Session, root: Organization) -> None:
    root.confirmed_on = date(2025, 10, 1)

    _finds(db, "Entries not confirmed in 12 months", "newer confirmed_on")


def test_a_key_that_should_be_new(db: Session, root: Organization) -> None:
    root.rotation_due = True

    _finds(db, "A member left", "grievance keys rotate")


def test_lists_that_are_empty(db: Session, root: Organization) -> None:
    db.execute(delete(DangerNumber))
    _finds(db, "no numbers to call", "grievance taxonomy load")
    load_reference(db, NOW)
    db.execute(update(IssueCode).values(active=False))
    _finds(db, "no list of problems", "grievance taxonomy load")


def test_no_date_in_law_and_one_past_its_recheck_date(db: Session, root: Organization) -> None:
    day = NOW.date() - timedelta(days=1)
    db.execute(update(StoredRule).where(StoredRule.id == "mo-stay-end").values(recheck_after=day))
    _finds(db, f"past their re-check date: mo-stay-end ({day}).", "taxonomy load --legal-dates")

    db.execute(delete(StoredRule))
    _finds(db, "no dates in law", "grievance taxonomy load")


@pytest.mark.parametrize(
    ("given", "said", "todo"),
    [
        ({"smtp_host": ""}, "No mail server is set", "GRIEVANCE_SMTP_HOST"),
        ({"mail_from": "noreply@localhost"}, "refuse the sender", "GRIEVANCE_MAIL_FROM"),
        ({"public_url": "http://127.0.0.1:5000"}, "plain http", "GRIEVANCE_PUBLIC_URL"),
    ],
)
def test_settings_that_keep_people_out(
    db: Session, root: Organization, settings: Settings, monkeypatch: pytest.MonkeyPatch,
    given: dict[str, Any], said: str, todo: str,
) -> None:  # fmt: skip
    _set(monkeypatch, settings, **given)

    _finds(db, said, todo)


def test_a_settings_file_that_others_may_read(
    db: Session, root: Organization, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "own.env"
    file.touch(0o644)
    file.chmod(0o644)
    monkeypatch.setenv("GRIEVANCE_SETTINGS", str(file))

    _finds(db, "may read own.env", f"chmod 600 {file}")


def test_languages_that_are_not_whole(
    db: Session, root: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Half:
        complete = False

    monkeypatch.setattr(doctor, "tags_with_catalogs", lambda: [Language.FIL, Language.ID])
    monkeypatch.setattr(doctor, "catalog", lambda _: Half)
    _finds(db, "not offered to workers: fil, id", "messages.po")
    monkeypatch.setattr(doctor, "tags_with_catalogs", lambda: [])
    _finds(db, "only English is offered", "Install this release again")


def test_what_may_be_wanted_is_said_and_is_no_fault(
    db: Session, root: Organization, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = db.query(Membership).order_by(Membership.id)
    db.delete(other)
    one.roles = [Role.ADMINISTRATOR, Role.COORDINATOR]
    db.commit()
    _set(monkeypatch, settings, trusted_proxies=0)
    result = _run()

    assert result.exit_code == 0
    assert "1 members hold several roles" in result.output
    assert "One person works on cases in the whole network" in result.output
    assert "GRIEVANCE_TRUSTED_PROXIES=1" in result.output
    assert result.output.endswith("Everything looks right.\n")


def _notice(db: Session, **given: Any) -> None:
    made = NOW - timedelta(hours=2)
    db.add(Notice(kind="waiting", to_email="a@example.org", made_at=made, not_before=made, **given))


def test_a_year_without_closed_days_is_good_to_know(db: Session, root: Organization) -> None:
    hours = {"zone": "Asia/Hong_Kong", "hours": {"sun": ["10:00-18:00"]}}
    for name, closed in (("Old list", ["2025-12-25"]), ("New list", ["2026-12-25"])):
        body = make_organization(
            db, parent_id=root.id, name=name, calendar=hours | {"closed": closed}
        )
        make_member(db, body)
    db.commit()

    said = _run().output

    assert "No closed days are written for these years: Old list (2026)." in said
    assert "New list" not in said
