"""Whoever declares a tie is never asked about the other one, from that moment and both ways."""

from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grievance.casework.directory.listing import import_directory, load_reference
from grievance.casework.directory.ties import NotTiedSo, declare_tie, end_tie
from grievance.casework.directory.version import load_directory, make_version
from grievance.rules.terms import TieReason
from grievance.store.directory import Organization, latest_version_number
from grievance.store.events import OPERATOR, Actor, Event
from grievance.store.ties import bodies_named, ties_of, ties_to
from tests.factories import NOW, make_organization, make_root

BY = Actor("staff", UUID(int=7))  # type: ignore[arg-type]


@pytest.fixture
def two(db: Session) -> tuple[Organization, Organization]:
    root = make_root(db, slug="root")
    desk = make_organization(db, slug="desk", name="Our desk", parent_id=root.id)
    other = make_organization(
        db, slug="funder", name="Funder 基金會", partner=False, aliases=["FDR"],
        listed_from="somewhere",
    )  # fmt: skip
    make_version(db, NOW)
    return desk, other


def declare(db: Session, one: Organization, other: Organization, why: str = "funded_by") -> None:
    declare_tie(db, one.id, other.id, TieReason(why), actor=BY, now=NOW)
    db.flush()


def tied(db: Session, one: Organization) -> frozenset[str]:
    return load_directory(db).tied_with(str(one.id))


def test_a_tie_counts_both_ways_in_a_new_picture_until_it_ends(
    db: Session, two: tuple[Organization, Organization]
) -> None:
    desk, other = two
    before = latest_version_number(db)

    declare(db, desk, other)
    declare(db, desk, other)  # pressed twice

    assert latest_version_number(db) == (before or 0) + 1
    assert tied(db, desk) == {str(other.id)}
    assert tied(db, other) == {str(desk.id)}
    assert other.listed_from is None  # else routing would not see it
    assert [(one.slug, one.reason) for one in ties_of(db, desk)] == [("funder", "funded_by")]
    assert [(one.slug, one.reason) for one in ties_to(db, "funder")] == [("desk", "funded_by")]

    for _ in range(2):
        end_tie(db, desk.id, "funder", actor=BY, now=NOW)
        db.flush()

    assert tied(db, desk) == frozenset()
    verbs = db.scalars(select(Event.verb).where(Event.organization_id == desk.id)).all()
    assert sorted(verbs) == ["tie_declared", "tie_ended"]


def test_another_reason_is_an_act_and_the_other_side_cannot_end_it(
    db: Session, two: tuple[Organization, Organization]
) -> None:
    desk, other = two
    declare(db, desk, other)
    declare(db, desk, other, "family")

    end_tie(db, other.id, "desk", actor=BY, now=NOW)

    assert [one.reason for one in ties_of(db, desk)] == ["family"]
    assert tied(db, desk)


def test_nobody_is_tied_to_itself_or_to_what_is_closed(
    db: Session, two: tuple[Organization, Organization]
) -> None:
    desk, other = two
    with pytest.raises(NotTiedSo):
        declare(db, desk, desk)
    other.active = False
    db.flush()
    with pytest.raises(NotTiedSo):
        declare(db, desk, other)


def test_an_older_form_takes_no_declared_tie_back(
    db: Session, two: tuple[Organization, Organization]
) -> None:
    load_reference(db, NOW)
    desk, other = two
    declare(db, desk, other)
    form = (
        "directory: 1\norganizations:\n"
        "  - {id: desk, name: Desk, kind: union, country: HK, partner: yes, tied_to: [office]}\n"
        "  - {id: office, name: Office, kind: government, country: HK}\n"
    )

    import_directory(db, form, actor=OPERATOR, now=NOW)
    again = import_directory(db, form, actor=OPERATOR, now=NOW)

    assert desk.tied_to == ["office", "funder"]
    assert again.count("unchanged") == 2
    assert str(desk.id) in load_directory(db).offices
    assert [one.reason for one in ties_of(db, desk)] == ["funded_by", None]


@pytest.mark.parametrize("said", ["funder", " FUNDER  基金會", "fdr", "基金"])
def test_a_body_is_found_by_id_name_alias_and_part_of_it(
    db: Session, two: tuple[Organization, Organization], said: str
) -> None:
    assert [one.slug for one in bodies_named(db, said, 10)] == ["funder"]


def test_who_is_called_exactly_so_comes_alone(db: Session) -> None:
    make_organization(db, slug="a", name="Mission")
    make_organization(db, slug="b", name="Mission Hall")

    assert [one.slug for one in bodies_named(db, "mission", 10)] == ["a"]
    assert [one.slug for one in bodies_named(db, "missio", 10)] == ["a", "b"]
    assert len(bodies_named(db, "missio", 1)) == 1
