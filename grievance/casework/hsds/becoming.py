"""What people say is a shelter loses the places that files told of it before."""

from sqlalchemy.orm import Session

from grievance.casework.hsds.places import kept_places, strike_fields
from grievance.casework.hsds.shelters import mark_shelters
from grievance.rules.contacts import houses
from grievance.store.directory import Organization
from grievance.store.hsds import children_of, forget, own_bodies
from grievance.store.hsds_sheet import Sheet


def forget_its_places(db: Session, body: Organization) -> None:
    """As the next import would: where this body gives a place to sleep, nothing stays stored of
    where. Reads all rows of files, so only for a body that some file told of."""
    needs = [need for service in body.services for need in service.needs]
    if not houses(body.kind, needs) or not children_of(db, {("organization", body.id)}):
        return
    db.flush()
    with Sheet() as sheet:
        mark_shelters(db, sheet, own_bodies(db))
        gone, left = kept_places(db, sheet)
    forget(db, gone)
    strike_fields(db, left)
