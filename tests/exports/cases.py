"""Cases as rows alone, for lists and files: no words, no keys."""

import itertools
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from grievance.store.cases import Case, CaseIssue
from grievance.store.directory import Organization
from grievance.store.queue import Reader
from tests.factories import NOW

_numbers = itertools.count(1)


def make_case(db: Session, owner: Organization, at: datetime = NOW, **given: Any) -> Case:
    """A case shared with its owner; ``groups`` gives its problem groups."""
    groups = given.pop("groups", [])
    values = {"id": uuid4(), "number": f"26-{next(_numbers):05}", "sharing": "chosen"}
    case = Case(
        **values
        | {"owner_id": owner.id, "urgency": "U3", "received_at": at, "last_act_at": at}
        | given
    )
    case.issues = [CaseIssue(code=group, group=group) for group in groups]
    db.add(case)
    return case


def reader_of(body: Organization, *below: Organization) -> Reader:
    """The desk of an organization, with those below it in its scope."""
    return Reader(body.id, UUID(int=0), frozenset({body.id, *(one.id for one in below)}), NOW)
