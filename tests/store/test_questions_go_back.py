"""0011 goes back whole: what nobody could open any more is gone, and nobody waits for an answer."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from grievance.store import migrate
from grievance.store.documents import Document, Grant
from grievance.store.engine import Database
from grievance.store.referrals import Referral
from tests.casework.test_questions import Asked
from tests.casework.world import World


def test_0011_back_leaves_no_key_without_a_question(database: Database, db: Session) -> None:
    Asked.make(World.make(db)).ask()
    db.commit()

    migrate.downgrade(database.engine, "0006")

    migrate.upgrade(database.engine)
    db.expire_all()
    assert not db.scalars(select(Grant.id).where(Grant.kind == "question")).all()
    assert not db.scalars(select(Document.id).where(Document.kind == "question")).all()
    assert "info_requested" not in set(db.scalars(select(Referral.state)))
    db.rollback()
