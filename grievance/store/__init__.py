"""What we keep: tables, finders, migrations, seed lists."""

from grievance.store import (
    accounts,
    cases,
    clocks,
    directory,
    documents,
    events,
    hsds,
    law,
    opinions,
    outbox,
    questions,
    reference,
    referrals,
)
from grievance.store.base import Base

__all__ = [
    "Base",
    "accounts",
    "cases",
    "clocks",
    "directory",
    "documents",
    "events",
    "hsds",
    "law",
    "opinions",
    "outbox",
    "questions",
    "reference",
    "referrals",
]
