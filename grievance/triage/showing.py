"""What the desk's pages show, as far as the reader may see it."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.case.closing import closers, closers_above, standing_request
from grievance.casework.case.reading import OpenedCase
from grievance.casework.referral import referring
from grievance.casework.respondents.register import entries_about, open_register
from grievance.casework.routes.explaining import may_read_wishes
from grievance.rules.lifecycle import ASKED, HOLDING
from grievance.rules.terms import ClockKind, ReferralKind, Role
from grievance.rules.urgency import Taxonomy, own_urgency
from grievance.store.accounts import names_of, people_of
from grievance.store.cases import Case, ClosingRequest
from grievance.store.clocks import clock_of, clocks_of
from grievance.store.directory import body_names
from grievance.store.events import Event, events_of_case
from grievance.store.groups import membership
from grievance.store.reference import IssueCode, issue_codes
from grievance.store.referrals import (
    Consent,
    ConsentQuestion,
    Referral,
    consents_of,
    latest_route,
    open_questions,
    referrals_of,
)
from grievance.store.staff_ties import tied_to_case
from grievance.store.taxonomy import taxonomy_of
from grievance.triage import about, forms, law, paper_shown, partners, releasing, sharing
from grievance.triage.because import reason_words
from grievance.triage.problems import ALONE, TWO_PERSONS, TWO_WITH_ABOVE
from grievance.web import summary
from grievance.web.forms import Day, Line, ServiceForm, Words, options
from grievance.web.locale import gettext
from grievance.web.service import now
from grievance.web.staff import Desk, desk_keys, reader
from grievance.web.trail_words import act_words, actor_words

_FIRST = 5  # candidates, with their reasons


def group_labels(db: Session) -> dict[str, str]:
    """Labels of the groups of problems in the reader's language."""
    return {
        group: gettext(label)
        for group, label in dict.fromkeys((r.group, r.group_label) for r in issue_codes(db))
    }


def problems_of(codes: Sequence[IssueCode], cases: Iterable[Case]) -> dict[UUID, str]:
    """What each case is about, in words: codes, or groups where the codes are sealed."""
    named = {row.code: row.label for row in codes}
    named |= {row.group: row.group_label for row in codes}
    return {
        case.id: ", ".join(gettext(named.get(i.code, i.code)) for i in case.issues)
        for case in cases
    }


def case_page(
    db: Session, case: Case, desk: Desk, opened: OpenedCase | None, wrong: dict[str, ServiceForm]
) -> dict[str, Any]:
    """Everything on a case's page; ``wrong`` holds forms that came back."""
    referrals = all_referrals = referrals_of(db, case.id)
    consents = consents_of(db, case.id)
    questions = open_questions(db, case.id)
    ids = _named(case, referrals, consents, questions, opened)
    names = {str(one): name for one, name in body_names(db, ids).items()}
    events = events_of_case(db, case.id, desk.scope)
    own = [r for r in referrals if r.organization_id == desk.organization_id]
    knows_others = _knows_others(case, referrals, desk)
    asked_to_close = standing_request(db, case)
    closing = asked_to_close if knows_others else None
    ours = {one: name for one, name in names.items() if one == str(desk.organization_id)}
    people = {e.user_id for e in events} | {closing.by_user_id if closing else None}
    if not knows_others:
        referrals, questions = own, []
        consents = [c for c in consents if c.organization_id == desk.organization_id]
    answers, codes = opened and opened.answers, issue_codes(db)
    return {
        "case": case,
        "problem_words": problems_of(codes, [case])[case.id],
        "names": names,
        "people": names_of(db, {one for one in people if one}),
        "events": _without_repeats(events),
        "referrals": referrals,
        "consents": consents,
        "questions": questions,
        "asked": any(r.state in ASKED for r in own),
        "closing": closing,
        "may_second": may_second(db, case, desk, asked_to_close),
        "may_take": referring.may_take(db, case, desk.organization_id, all_referrals),
        "holds": any(r.state in HOLDING for r in own),
        "owns": case.owner_id == desk.organization_id,
        "sharing": sharing.page(case, own, all_referrals if knows_others else own),
        "clocks": clocks_of(db, [case.id]) if case.owner_id in desk.scope else [],
        "due": next((r.due_at for r in own if r.state in ASKED), None),
        "route": _why_here(db, case, names if knows_others else ours, opened),
        "opened": opened,
        "answers": answers,
        "rows": _rows(codes, answers, names) if answers else [],
        "own_urgency": own_urgency(taxonomy_of(codes), answers.issues) if answers else None,
        **_sections(db, case, desk, opened, taxonomy_of(codes)),
        "forms": _forms(db, case, desk, opened, asked_to_close) | law.forms_of(opened) | wrong,
        "now": now(),
        "act_words": act_words,
        "actor_words": actor_words,
        "note_words": law.note_words,
    }


def _sections(
    db: Session, case: Case, desk: Desk, opened: OpenedCase | None, known: Taxonomy
) -> dict[str, Any]:
    return {
        **_about(db, case, desk, opened),
        "law": law.section(db, case, opened, known),
        "release": releasing.section(db, case, desk, opened),
        "group": membership(db, case.id, desk.organization_id),
        **paper_shown.on_case(db, case, desk.organization_id, opened),
    }


def _about(db: Session, case: Case, desk: Desk, opened: OpenedCase | None) -> dict[str, Any]:
    """Whom the case is about, where the desk reads it; and the form to say that she is tied."""
    if opened is None:
        return {"about": None, "tie_form": about.case_form(())}
    register = open_register(db, desk_keys(desk))
    linked = entries_about(db, register, case.id).values()
    section = about.section(db, case, reader(desk), opened, register, linked)
    return {"about": section, "tie_form": about.case_form(linked)}


def _named(
    case: Case, referrals: Sequence[Referral], consents: Sequence[Consent],
    questions: Sequence[ConsentQuestion], opened: OpenedCase | None,
) -> set[UUID]:  # fmt: skip
    """Every organization whose name the page may need."""
    ids = {r.organization_id for r in referrals} | {c.organization_id for c in consents}
    ids |= {q.organization_id for q in questions}
    ids |= {r.from_organization_id for r in referrals if r.from_organization_id}
    ids |= {case.owner_id} if case.owner_id else set()
    ids |= set(map(UUID, opened.answers.rule_out)) if opened and opened.answers else set()
    return ids


def _without_repeats(events: Sequence[Event]) -> list[Event]:
    """One line where the same person did the same several times running: a case is read often."""
    runs = groupby(events, key=lambda event: (event.user_id, event.actor, event.verb))
    return [next(run) for _, run in runs]


def typed_words(*forms_back: ServiceForm) -> list[str]:
    """What somebody wrote into forms that came back, so that no word of it is lost."""
    fields = [field for form in forms_back for field in form]
    typed = [f for f in fields if isinstance(f, Words | Line) and f.data]
    return [f"{f.label.text}: {f.data}" if isinstance(f, Day) else f.data for f in typed]


def see_again(form: Any, name: str, case: Case) -> None:
    """The form that came back saw the page that it now stands on."""
    if name in {"state", "urgency"}:
        form.seen.data = getattr(case, name)


def second_person(db: Session, case: Case) -> str:
    """Who must close a danger case too."""
    if len(closers(db, case)) > 1:
        return str(TWO_PERSONS)
    return str(TWO_WITH_ABOVE if closers_above(db, case) else ALONE)


def may_second(db: Session, case: Case, desk: Desk, asked: ClosingRequest | None) -> bool:
    """Whether she, above the desk that holds the case, may be the second person to close it."""
    if asked is None or asked.by_user_id == desk.user_id:
        return False
    return desk.user_id in closers_above(db, case).get(desk.organization_id, set())


def _rows(codes: Sequence[IssueCode], answers: Any, names: dict[str, str]) -> list[summary.Row]:
    rows = summary.rows(answers, list(codes), names)
    return [row for row in rows if row.lines and row.step not in {"story", "contact"}]


def _knows_others(case: Case, referrals: Sequence[Referral], desk: Desk) -> bool:
    """Whom else the worker agreed to is for the owner and those above it, not for who shares."""
    to_own = (r for r in referrals if r.kind == ReferralKind.HAND_OVER)
    holders = {r.organization_id for r in to_own if r.state in HOLDING}
    return bool(desk.scope & {case.owner_id, *holders})


def _why_here(
    db: Session, case: Case, names: dict[str, str], opened: OpenedCase | None
) -> dict[str, Any] | None:
    """The readable part of the route in words. Who may not read her wishes reads the reasons of
    organizations on this page alone: beside "why not there", which of the others is missing from a
    list of all would tell whom the worker keeps away.
    """
    route = latest_route(db, case.id)
    if route is None or route.readable is None:
        return None
    candidates = route.readable["candidates"]
    lines = route.readable.get("lines", ())
    if opened is not None and may_read_wishes(db, route, opened.keys):
        listed = [*candidates[:_FIRST], *(row for _, some, _too in lines for row in some[:_FIRST])]
        ids = [UUID(one) for one, _service, _reasons in listed]
        names = names | {str(one): name for one, name in body_names(db, ids).items()}
    ranked = [(sharing.need(line), some) for line, some, _too in lines] or [("", candidates)]
    shown = [(need, _with_reasons(some, names)) for need, some in ranked]
    return {
        "lines": shown,
        "found": any(some for _, some in shown),
        "fallback": route.readable["fallback"],
        "rule": route.rule_version,
    }


def _with_reasons(candidates: Any, names: dict[str, str]) -> list[tuple[str, list[str]]]:
    return [
        (names[one], [reason_words(r) for r in reasons])
        for one, _service, reasons in candidates
        if one in names
    ]


def _forms(
    db: Session, case: Case, desk: Desk, opened: OpenedCase | None, closing: ClosingRequest | None
) -> dict[str, ServiceForm]:
    made: dict[str, ServiceForm] = {
        "decline": forms.DeclineForm(formdata=None),
        "message": forms.MessageForm(formdata=None),
        "note": forms.NoteForm(formdata=None),
        "refer": forms.ReferForm(formdata=None),
        "withdraw": forms.WithdrawForm(formdata=None),
        "service": forms.ServiceStateForm(formdata=None),
        "assign": forms.AssignForm(formdata=None, data={"member": str(case.assignee_id or "")}),
        "state": forms.StateForm(formdata=None, data={"state": case.state, "seen": case.state}),
        "urgency": forms.UrgencyForm(
            formdata=None, data={"urgency": case.urgency, "seen": case.urgency}
        ),
        "contact": forms.ContactForm(formdata=None, data={"on": _planned(db, case)}),
        "close": forms.CloseForm(formdata=None, data=_asked_to_close(closing)),
        "reopen": forms.ReopenForm(formdata=None),
        "refuse": forms.RefuseForm(formdata=None),
    }
    made["assign"].member.choices = assignable(db, desk, case)
    partners.offer_referral(db, case, desk, opened, made["refer"])
    return made


def _planned(db: Session, case: Case) -> str:
    clock = clock_of(db, case.id, ClockKind.NEXT_CONTACT)
    return clock.on_day.isoformat() if clock and clock.on_day else ""


def _asked_to_close(asked: ClosingRequest | None) -> dict[str, Any]:
    """What the first person chose, for the second to read and confirm."""
    names = ("outcome", "kind", "amount", "currency")
    return {name: getattr(asked, name) for name in names} if asked else {}


def assignable(db: Session, desk: Desk, case: Case) -> list[Any]:
    """Members of the desk who may work on a case, and nobody. Who is tied to whom it is about is
    not among them."""
    works = {Role.ORGANIZER, Role.COORDINATOR}
    people = people_of(db, desk.organization_id)
    tied = tied_to_case(db, case.id)
    may = [(one, name) for one, name, roles in people if works.intersection(roles)]
    working = [(str(one), name) for one, name in may if one not in tied]
    return options([("", gettext("nobody")), *working])
