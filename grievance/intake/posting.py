"""What a press on a step's page does: keep the answers, go on, stop, or send.

Slow work (Argon2, routing, sealing) comes before the write transaction; inside it the session is
read again, so that five presses at once are one.
"""

from copy import deepcopy
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from grievance.casework.report import drafting
from grievance.casework.report.drafting import DraftState
from grievance.intake import draft, filling, sending, showing
from grievance.intake.forms import StepForm
from grievance.intake.steps import Step, next_step
from grievance.rules.codes import grouped
from grievance.rules.languages import ours
from grievance.rules.lifecycle import ASKED, HOLDING
from grievance.rules.terms import ReferralState, Sharing
from grievance.rules.text import clean, is_blank
from grievance.rules.urgency import DANGER_GROUPS, Taxonomy
from grievance.store.cases import Case
from grievance.store.referrals import referrals_of
from grievance.store.taxonomy import taxonomy
from grievance.web import offering
from grievance.web.database import commit, db, read_db, rollback
from grievance.web.errors import page
from grievance.web.locale import gettext, offered
from grievance.web.promises import Told, told
from grievance.web.service import now
from grievance.web.sessions import visit

SKIP, SHORT, STOP, SEND = "skip", "short", "stop", "send"
_TRIES = 3
_WORDS = {"story", "other_place", "call_me", "contact", "safe_times", "safe_word"}


class Lost(Exception):
    """The draft of this session is gone, and nobody can bring it back."""


class Moved(Exception):
    """Another press kept something between reading and writing: look again."""


def post(step: Step) -> ResponseReturnValue:
    """Answer a press on one step, anew where another press came in between."""
    for _ in range(_TRIES):
        if visit().get("sent") or visit().get("kept"):
            return closed(step)
        try:
            return _press(step)
        except sending.SentElsewhere:
            _sent_elsewhere()
            return closed(step)
        except Lost:
            return render_template("intake/lost.html", words=_typed_words()), 400
        except Moved:
            rollback()
    return page("unavailable", 503)


def _press(step: Step) -> ResponseReturnValue:
    action = request.form.get("action", "continue")
    part = filling.part_of(step, request.form.get("part", ""))
    with read_db() as session:
        state = _state(session, step)
        form = filling.posted_form(step, part)
        showing.prepare_choices(session, step, part, form, state)
        if not form.validate() or _held_more(form, state):
            return _again(session, step, part, form, state)
        if action == SEND and step == Step.CHECK:
            return sending.send(session, form)
        known = taxonomy(session)
        trial = deepcopy(state)
        if action != SKIP:
            filling.put(step, part, form, trial, known)
        trial.short = trial.short or action == SHORT
        if form.is_older_than(state.revisions.get(step, 0)) and trial.answers != state.answers:
            return _both(session, step, part, form, state)
        if not _complete(step, part, action, form, trial):
            return _again(session, step, part, form, trial)
    _keep(action, state, trial)
    if action == STOP:
        return _stopped()
    return redirect(_next(step, part, action, trial, known), 303)


def closed(step: Step) -> ResponseReturnValue:
    """The report is sent: nothing changes, and what she typed can be added with her code; so can
    what was kept on this phone, where another one sent it. Else Send again, as a second tap does
    it, holds no words: it leads where the first did."""
    with read_db() as session:
        own = draft.current(session)
    if step == Step.CHECK and own is None:
        return redirect(url_for("intake.sent"), 303)
    kept = own.state.answers.typed_words if own else []
    words = "\n".join([*kept, _typed_words()]).strip()
    return render_template("intake/closed.html", words=words)


def _sent_elsewhere() -> None:
    """The draft was stopped, and another phone sent it: this session is closed too."""
    rollback()
    visit().lock(db())
    visit()["sent"] = True
    commit()


def _state(db: Session, step: Step) -> DraftState:
    """What is kept so far. Raises SentElsewhere, or Lost where a draft should be and is not."""
    held, found = draft.keys(), draft.current(db)
    if held is not None and db.get(Case, held.case_id) is not None:
        raise sending.SentElsewhere
    if found is None and (held is not None or step in showing.NEEDS_DRAFT):
        raise Lost
    return found.state if found else DraftState()


def _held_more(form: StepForm, state: DraftState) -> bool:
    """Whether the page stood beside earlier answers that are gone with their session: she is told
    before anything goes on without them, and the next press goes on."""
    return bool(form.held.data) and not state.revisions


def _typed_words() -> str:
    fields = request.form.items(multi=True)
    typed = [clean(text) for name, text in fields if _holds_words(name)]
    return "\n".join(text for text in typed if not is_blank(text))


def _holds_words(name: str) -> bool:
    return name in _WORDS or name.startswith("respondent_name_")


def what_happens(db: Session) -> dict[str, Any]:
    """Who is asked now, for the page that shows the code."""
    case_id = visit().get("case_id")
    case = db.get(Case, UUID(case_id)) if case_id else None
    if case is None:
        return {"sharing": None, "asked": [], "later": [], "until": None, "time": Told()}
    rows = referrals_of(db, case.id)
    now_asked, later = (
        [r.organization_id for r in rows if r.state in states]
        for states in (ASKED | HOLDING, {ReferralState.WAITING})
    )
    names = offering.names_of(db, [str(one) for one in (*now_asked, *later)])
    return {
        "sharing": case.sharing,
        "asked": [names[str(one)] for one in now_asked],
        "later": [names[str(one)] for one in later],
        "until": showing.unshared_until() if case.sharing != Sharing.CHOSEN else None,
        "time": told(db, case, now()),
    }


def _keep(action: str, before: DraftState, after: DraftState) -> None:
    """Write the draft and commit. Raises Moved when it is not as it was read."""
    made = draft.keys() or drafting.new_draft()
    copy = draft.code_copy(made.code) if action == STOP else draft.copy()
    visit().lock(db())
    newest = draft.current(db())
    known = newest.state.revisions if newest else {}
    gone = newest is None and draft.keys() is not None
    if visit().get("sent") or gone or known != before.revisions:
        raise Moved
    if draft.keys() is None:
        draft.hold(made, copy)
    elif copy is not None:
        draft.remember_copy(copy)
    drafting.save(db(), draft.keys() or made, after, copy=copy, now=now())
    commit()


def _stopped() -> ResponseReturnValue:
    code = visit().get("code")
    return render_template("intake/stopped.html", groups=grouped(code).split() if code else [])


def _next(step: Step, part: str, action: str, state: DraftState, known: Taxonomy) -> str:
    tag = ours(request.form.get("language", ""))
    if tag in offered():
        return url_for("intake.step", step=step, lang=tag, part=part or None, change=_changes())
    if action == SHORT:
        return url_for("intake.step", step=Step.SHARING)
    if step == Step.PROBLEM and part != filling.CODES and _asks_more(state, known):
        return url_for("intake.step", step=step, part=filling.CODES, change=_changes())
    if part == filling.COUNTRY:
        return url_for("intake.step", step=Step.SHARING, part=filling.EVERYTHING)
    if _changes():
        return url_for("intake.step", step=Step.CHECK)
    return url_for("intake.step", step=next_step(step, state))


def _changes() -> str | None:
    """Whether she came from the last page to change one answer: she goes back there."""
    return "1" if request.args.get("change") else None


def _asks_more(state: DraftState, known: Taxonomy) -> bool:
    """Whether a group was ticked whose codes or danger question were not shown yet."""
    answers = state.answers
    groups = {known.group_of(one) for one in answers.issues}
    bare = any(one not in known.issues for one in answers.issues)
    return bare or (bool(groups & DANGER_GROUPS) and answers.danger_now is None)


def _complete(step: Step, part: str, action: str, form: StepForm, state: DraftState) -> bool:
    """Whether she may go on; where not, the form says what is missing."""
    if request.form.get("language") or action == STOP:
        return True
    if _needs_words(step, action) and not state.answers.says_something:
        field = form.story if step == Step.STORY else form.issues
        field.errors = [gettext("Please choose a problem, or write a few words.")]
        return False
    if step == Step.SHARING and part != filling.COUNTRY:
        return _choice_is_made(form, state)
    return True


def _needs_words(step: Step, action: str) -> bool:
    return step == Step.STORY or (step == Step.PROBLEM and action == SHORT)


def _choice_is_made(form: StepForm, state: DraftState) -> bool:
    answers = state.answers
    if answers.sharing is None:
        form.sharing.errors = [gettext("Please choose who may read your report.")]
        return False
    nobody_ticked = not answers.recipients and not answers.if_nobody
    if answers.sharing == Sharing.CHOSEN and nobody_ticked:
        words = gettext("Please tick at least one organization, or choose nobody yet.")
        form.sharing.errors = [words]
        return False
    return True


def _again(
    db: Session, step: Step, part: str, form: StepForm, state: DraftState
) -> ResponseReturnValue:
    shown = showing.dress(db, step, part, form, state)
    return render_template(f"intake/{shown.template}.html", **shown.values), 400


def _both(
    db: Session, step: Step, part: str, form: StepForm, state: DraftState
) -> ResponseReturnValue:
    """A second tab: nothing is changed; what is kept stands beside what was typed."""
    shown = showing.dress(db, step, part, form, state)
    rows = [row for row in showing.rows_of(db, state) if row.step == step and row.lines]
    html = render_template(f"intake/{shown.template}.html", **shown.values, newer=rows)
    return html, 409
