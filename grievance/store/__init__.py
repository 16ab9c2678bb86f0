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
    hsds,
    law,
    outbox,
    reference,
    referrals,
    releases,
    respondents,
    staff_ties,
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
    "hsds",
    "law",
    "outbox",
    "reference",
    "referrals",
    "releases",
    "respondents",
    "staff_ties",
]
