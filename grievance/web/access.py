"""Who may use what: one table, endpoint -> line. An endpoint without a line is refused."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from grievance.rules.terms import Role


class Who(StrEnum):
    """The kinds of visitor."""

    ANYBODY = "anybody"  # public pages and the worker's own pages
    BETWEEN = "between"  # password given, second factor not yet
    STAFF = "staff"


@dataclass(frozen=True)
class Line:
    """One endpoint's line. ``opens``: a GET that writes (opening words, marking seen)."""

    who: Who
    roles: frozenset[Role] = frozenset()
    opens: bool = False


ANYBODY: Final = Line(Who.ANYBODY)
CASES: Final = frozenset({Role.ORGANIZER, Role.COORDINATOR})
MEMBERS: Final = frozenset({Role.COORDINATOR, Role.ADMINISTRATOR})
EVERY_ROLE: Final = frozenset(Role)


def _staff(*roles: Role, opens: bool = False) -> Line:
    return Line(Who.STAFF, frozenset(roles), opens)


_PUBLIC = (
    "static", "health.healthz", "health.readyz",
    "intake.languages", "intake.start", "intake.step", "intake.sent", "intake.resume",
    "mycase.reply", "mycase.consent", "mycase.withdraw", "mycase.contact", "mycase.answer",
    "mycase.paper",
    "directory.organizations", "directory.danger",
    "hsds.start", "hsds.openapi", "hsds.organizations", "hsds.organization", "hsds.services",
    "hsds.service", "hsds.taxonomies", "hsds.taxonomy_terms",
    "accounts.sign_in", "accounts.activate", "accounts.recover", "accounts.sign_out",
)  # fmt: skip
_CASE_ACTS = (
    "accept", "decline", "ask", "message", "note", "refer", "recall", "withdraw", "service",
    "assign", "state", "urgency", "facts", "dates", "contact", "close", "reopen",
    "release", "refuse",
)  # fmt: skip
_LIFE_ACTS = (
    "page", "invite", "terms", "confirm", "pause", "resume", "room", "close", "reopen",
)  # fmt: skip
_RECORD_ACTS = ("make", "link", "unlink", "names", "merge", "part")

ACCESS: Final[dict[str, Line]] = {
    **dict.fromkeys(_PUBLIC, ANYBODY),
    "intake.leave": Line(Who.ANYBODY, opens=True),
    "mycase.enter": Line(Who.ANYBODY, opens=True),
    "accounts.second_step": Line(Who.BETWEEN),
    "triage.home": _staff(*EVERY_ROLE),
    "triage.cases": _staff(*CASES),
    "triage.case": _staff(*CASES, opens=True),
    "triage.why": _staff(*CASES, opens=True),
    "triage.simulate": _staff(*CASES),
    **{f"triage.{act}": _staff(*CASES) for act in _CASE_ACTS},
    "triage.second_opinion": _staff(*CASES),
    "triage.opinions": _staff(*CASES),
    "triage.opinion": _staff(*CASES, opens=True),
    "triage.write_opinion": _staff(*CASES),
    "triage.decline_opinion": _staff(*CASES),
    "triage.legal_dates": _staff(*EVERY_ROLE),
    "triage.groups": _staff(*CASES, opens=True),
    "triage.group": _staff(*CASES, opens=True),
    "triage.group_act": _staff(*CASES),
    "triage.papers": _staff(*CASES),
    "triage.paper": _staff(*CASES, opens=True),
    "triage.paper_form": _staff(*CASES, opens=True),
    "triage.paper_answer": _staff(*CASES),
    "triage.paper_end": _staff(*CASES),
    **{f"respondents.{page}": _staff(*CASES, opens=True) for page in ("case", "records", "record")},
    **{f"respondents.{act}": _staff(*CASES) for act in _RECORD_ACTS},
    "staff_ties.ties": _staff(*CASES, Role.ADMINISTRATOR, opens=True),
    "staff_ties.declare": _staff(*CASES, Role.ADMINISTRATOR),
    "staff_ties.end": _staff(*MEMBERS),
    "staff_ties.case": _staff(*CASES),
    "exports.exports": _staff(*CASES),
    "exports.statistics": _staff(*CASES),
    "exports.coverage": _staff(*CASES, Role.ADMINISTRATOR),
    "accounts.users": _staff(*CASES, Role.ADMINISTRATOR),
    "accounts.invite": _staff(*MEMBERS),
    "accounts.confirm": _staff(*CASES, Role.ADMINISTRATOR),
    "accounts.dismiss": _staff(*MEMBERS),
    "accounts.roles": _staff(*MEMBERS),
    "accounts.new_key": _staff(*CASES),
    "own.account": _staff(*EVERY_ROLE),
    "own.reachable": _staff(*EVERY_ROLE),
    "accounts.audit": _staff(*CASES, Role.ADMINISTRATOR),
    "directory.desk": _staff(*EVERY_ROLE),
    "entry.show": _staff(*EVERY_ROLE),
    **{f"entry.{act}": _staff(*MEMBERS) for act in ("change", "service", "end_service")},
    "entry.new": _staff(Role.COORDINATOR),
    "directory.hours": _staff(*MEMBERS),
    **{f"life.{act}": _staff(*MEMBERS) for act in _LIFE_ACTS},
    "contacts.page": _staff(*EVERY_ROLE),
    **{f"contacts.{act}": _staff(*MEMBERS) for act in ("add", "change", "remove")},
    **{f"ties.{act}": _staff(*MEMBERS) for act in ("page", "declare", "end")},
}


def line(endpoint: str | None) -> Line | None:
    """The line of an endpoint, if it has one."""
    return ACCESS.get(endpoint or "")


def may_write(method: str, endpoint: str | None) -> bool:
    """Whether this request holds a writer: every POST, and a GET of an endpoint that opens."""
    found = line(endpoint)
    return method == "POST" or (found is not None and found.opens)
