"""What HSDS files did to a listing stands in its history."""

from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grievance.store.directory import Service
from grievance.store.entries import EntryChange
from grievance.store.events import OPERATOR
from tests.support.hsds_files import A, B, C, folder, take

HEAD = "id,name,description,website,parent_organization_id"
SERVICES = "id,organization_id,name,status"
pytestmark = pytest.mark.usefixtures("hsds_commands")


def comes(tmp_path: Path, organizations: list[str], services: list[str]) -> None:
    take(
        folder(
            tmp_path,
            organizations="\n".join([HEAD, *organizations]) + "\n",
            services="\n".join([SERVICES, *services]) + "\n",
        )
    )


def history(db: Session, body: str) -> list[tuple[str | None, str, list[str], list[str]]]:
    rows = db.scalars(select(EntryChange).where(EntryChange.organization_id == UUID(body))).all()
    assert {(one.actor, one.by_id) for one in rows} <= {(OPERATOR.kind, None)}
    found = sorted(
        ((one.service, one.field, one.before, one.after) for one in rows),
        key=lambda one: (one[0] or "", one[1], one[2]),
    )
    db.rollback()
    return found


def test_new_changed_moved_and_missing_are_told_and_what_stays_is_not(
    db: Session, tmp_path: Path
) -> None:
    comes(tmp_path, [f"{A},Alpha,Helps,,", f"{B},Beta,,,"], [f"{C},{A},Advice,active"])
    comes(tmp_path, [f"{A},Alpha,Helps,,", f"{B},Beta,,,"], [f"{C},{A},Advice,active"])
    assert history(db, A) == [(None, "added", [], ["Alpha"])]

    more = UUID(int=7)
    comes(
        tmp_path,
        [f"{A},Alpha,Helps all,,{B}", f"{B},Beta,,,"],
        [f"{C},{A},Good advice,inactive", f"{more},{A},Interpreters,active"],
    )
    comes(tmp_path, [f"{B},Beta,,,"], [f"{C},{A},Good advice,inactive"])

    assert history(db, A) == [
        (None, "active", ["yes"], []),
        (None, "added", [], ["Alpha"]),
        (None, "description", ["en: Helps"], ["en: Helps all"]),
        (None, "parent_id", [], [B]),
        ("Good advice", "active", ["yes"], []),
        ("Good advice", "name", ["Advice"], ["Good advice"]),
        ("Interpreters", "active", ["yes"], []),
        ("Interpreters", "name", [], ["Interpreters"]),
    ]
    assert history(db, B) == [(None, "added", [], ["Beta"])]


def test_of_a_shelter_a_history_tells_no_words_of_its_files(db: Session, tmp_path: Path) -> None:
    comes(tmp_path, [f"{A},Casa,At 5 Hidden Street,https://casa.example,"], [])
    comes(tmp_path, [f"{A},Casa shelter,Behind the market,,"], [])

    told = history(db, A)

    assert (None, "description", ["yes"], ["yes"]) in told
    assert (None, "website", ["yes"], []) in told
    assert not any(word in repr(told) for word in ("Hidden", "market", "casa.example"))


def test_a_service_may_move_to_an_organization_that_is_there_or_new(
    db: Session, tmp_path: Path
) -> None:
    alpha, beta, new = f"{A},Alpha,Helps,,", f"{B},Beta,,,", UUID(int=8)
    comes(tmp_path, [alpha, beta], [f"{C},{A},Advice,active"])
    comes(tmp_path, [alpha, beta], [f"{C},{B},Good advice,active"])
    comes(tmp_path, [alpha, beta, f"{new},New,,,"], [f"{C},{new},Good advice,active"])

    assert db.get_one(Service, UUID(C)).organization_id == new
    assert ("Advice", "name", ["Advice"], []) in history(db, A)
    assert history(db, B) == [
        (None, "added", [], ["Beta"]),
        ("Good advice", "name", [], ["Good advice"]),
        ("Good advice", "name", ["Good advice"], []),
    ]
    assert ("Good advice", "name", [], ["Good advice"]) in history(db, str(new))


@pytest.mark.parametrize("before", [[], [f"{C},{B},Shelter for women,active"]])
def test_of_who_becomes_a_shelter_by_a_service_of_the_same_file_neither(
    db: Session, tmp_path: Path, before: list[str]
) -> None:
    comes(tmp_path, [f"{A},Casa,At 5 Hidden Street,,", f"{B},Beta,,,"], before)
    now = [f"{C},{A},Shelter for women,active"]
    comes(tmp_path, [f"{A},Casa,Behind the market,,", f"{B},Beta,,,"], now)

    told = history(db, A)

    assert (None, "description", ["yes"], ["yes"]) in told
    assert not any(word in repr(told) for word in ("Hidden", "market"))
