"""What we keep: tables, finders, migrations, seed lists."""

from grievance.store import (
    accounts,
    cases,
    clocks,
    contacts,
    directory,
    documents,
    entries,
    events,
    groups,
    hsds,
    law,
    outbox,
    paper,
    reference,
    referrals,
    releases,
)
from grievance.store.base import Base

__all__ = [
    "Base",
    "accounts",
    "cases",
    "clocks",
    "contacts",
    "directory",
    "documents",
    "entries",
    "events",
    "groups",
    "hsds",
    "law",
    "outbox",
    "paper",
    "reference",
    "referrals",
    "releases",
]
