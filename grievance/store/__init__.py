"""What we keep: tables, finders, migrations, seed lists."""

from grievance.store import (
    accounts,
    bounces,
    cases,
    clocks,
    contacts,
    directory,
    documents,
    entries,
    events,
    hsds,
    law,
    notice_times,
    outbox,
    reference,
    referrals,
    releases,
)
from grievance.store.base import Base

__all__ = [
    "Base",
    "accounts",
    "bounces",
    "cases",
    "clocks",
    "contacts",
    "directory",
    "documents",
    "entries",
    "events",
    "hsds",
    "law",
    "notice_times",
    "outbox",
    "reference",
    "referrals",
    "releases",
]
