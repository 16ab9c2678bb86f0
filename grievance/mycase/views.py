"""A worker comes back with her code: status, messages, consent, contact."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grievance.casework.case.keyring import StaleKey
from grievance.casework.case.reading import accepted, holds
from grievance.casework.referral import consenting, questions
from grievance.casework.referral.first_sharing import share_first_time
from grievance.casework.report import replying, returning
from grievance.mycase import asked, opening, showing
from grievance.mycase import paper as forms_on_paper
from grievance.mycase.forms import (
    AnswerForm,
    CodeForm,
    ConsentForm,
    ContactForm,
    PaperForm,
    ReplyForm,
    TellForm,
    WithdrawForm,
)
from grievance.mycase.opening import AnotherIsOpen, OpenCase
from grievance.rules.terms import ConsentScope, Language, ReferralKind, Sharing
from grievance.store.questions import Question
from grievance.store.referrals import ConsentQuestion
from grievance.store.taxonomy import taxonomy
from grievance.web import limits
from grievance.web.database import commit, db
from grievance.web.errors import page
from grievance.web.forms import Line, ServiceForm, Words, keeps_form, status_of
from grievance.web.ids import id_of
from grievance.web.limits import Slowed
from grievance.web.locale import gettext, language
from grievance.web.service import now, settings
from grievance.web.sessions import visit

bp = Blueprint("mycase", __name__)


@bp.route("/<lang:lang>/case", methods=["GET", "POST"])
@keeps_form
def enter(lang: Language) -> ResponseReturnValue:
    """Type the code; with it open, the case."""
    form = CodeForm()
    if request.method == "POST":
        return _enter(form)
    if not visit().get("opened"):
        return render_template("mycase/enter.html", form=form)
    found = opening.opened(db())
    if found is None:
        return render_template("mycase/enter.html", form=form)
    return _show(found)


def _enter(form: CodeForm) -> ResponseReturnValue:
    if not form.validate():
        return _ask_again(form)
    try:
        keys = opening.derive(form.code.data)
    except Slowed as slowed:
        form.code.errors = [gettext("Too many tries came from here. Please wait a little.")]
        text, _ = _ask_again(form)
        return text, 429, {"Retry-After": str(slowed.seconds)}
    if keys is not None and opening.open_case(keys):
        visit()["pending"] = form.message.data or ""
        visit()["pending_for"] = form.question.data or ""
        commit()
        return redirect(url_for("mycase.enter"), 303)
    try:
        state = opening.reopen_draft(keys) if keys is not None else None
    except AnotherIsOpen:
        return redirect(url_for("intake.start"), 303)  # to go on with that one, or to close it
    if state is not None:
        commit()
        return redirect(url_for("intake.step", step="check"), 303)
    limits.count_wrong(limits.CODES)
    form.code.errors = [gettext("This code opens nothing. Please look at each group of digits.")]
    return _ask_again(form)


def _ask_again(form: CodeForm) -> tuple[str, int]:
    form.code.data = ""  # a typed code is never shown again
    return render_template("mycase/enter.html", form=form), 400


@bp.post("/<lang:lang>/case/reply")
@keeps_form
def reply(lang: Language) -> ResponseReturnValue:
    """Add words to the case."""

    def act(found: OpenCase, form: ServiceForm) -> None:
        replying.reply(
            db(), found.case, form.message.data, found.her, language=language(), now=now()
        )
        visit().pop("pending", None)

    return _act(ReplyForm(), act, "reply")


@bp.post("/<lang:lang>/case/consent")
@keeps_form
def consent(lang: Language) -> ResponseReturnValue:
    """Agree that one or more organizations are asked."""

    def act(found: OpenCase, form: ServiceForm) -> None:
        scope = ConsentScope(form.scope.data or ConsentScope.ALL)
        taken = False  # one may accept at once: then the others are asked for other needs alone
        for one in form.recipients.data:
            _consent(found, UUID(one), scope, waits=taken)
            taken |= accepted(db(), found.case, UUID(one))

    form = ConsentForm()
    form.recipients.choices = showing.recipient_choices(db)
    return _act(form, act, "consent")


@bp.post("/<lang:lang>/case/withdraw")
@keeps_form
def withdraw(lang: Language) -> ResponseReturnValue:
    """Stop sharing with one organization."""

    def act(found: OpenCase, form: ServiceForm) -> None:
        _stop_sharing(found, _uuid(form.organization.data))

    return _act(WithdrawForm(), act, "withdraw")


def _stop_sharing(found: OpenCase, organization_id: UUID) -> None:
    if organization_id in showing.sharing_with(db(), found.case):
        consenting.withdraw(db(), found.case, organization_id, found.her, now())


@bp.post("/<lang:lang>/case/contact")
@keeps_form
def contact(lang: Language) -> ResponseReturnValue:
    """Change how she may be contacted."""

    def act(found: OpenCase, form: ServiceForm) -> None:
        words = dict(form.data) | {"channel": form.channel.data or "none"}
        replying.change_contact(db(), found.case, words, found.her, now=now())

    return _act(ContactForm(), act, "contact")


@bp.post("/<lang:lang>/case/answer")
@keeps_form
def answer(lang: Language) -> ResponseReturnValue:
    """Answer an organizer who asks whether another organization may help; or what a desk that
    cannot read her report yet asks her."""
    told = db().get(Question, _uuid(request.form.get("question")))
    if told is not None:
        return _act(asked.sent_form(told.id), asked.tell, asked.name_of(told.id))

    def act(found: OpenCase, form: ServiceForm) -> None:
        question = db().get(ConsentQuestion, _uuid(form.question.data))
        if question is None or question.case_id != found.case.id:
            return
        agreed, about = form.message.data == "yes", question.organization_id
        if question.answered_at and question.agreed is agreed:
            return  # said already, or asked meanwhile by her older yes
        if not agreed and holds(db(), found.case, about):
            _stop_sharing(found, about)
        returning.answer_question(db(), found.case, question, agreed, now())
        if agreed:
            _consent(found, about, ConsentScope.ALL, asked=ReferralKind(question.kind))

    return _act(AnswerForm(), act, "answer")


@bp.post("/<lang:lang>/case/paper")
@keeps_form
def paper(lang: Language) -> ResponseReturnValue:
    """Answer whether a form on paper may be printed, or take one back."""
    return _act(PaperForm(), forms_on_paper.answer, "paper")


def _consent(
    found: OpenCase, one: UUID, scope: ConsentScope, *, asked: ReferralKind | None = None,
    waits: bool = False,
) -> None:  # fmt: skip
    session = db()
    answers = consenting.read_answers(session, found.case.id, found.her)
    known = taxonomy(session)
    routed = showing.route_for(session, found.case, answers, known)
    if found.case.sharing != Sharing.CHOSEN:
        share_first_time(
            session, found.case, answers, known, routed, found.her,
            name_secret=settings().name_secret, now=now(),
        )  # fmt: skip
    oversees = str(one) == routed.overseer and str(one) not in routed.route.organizations
    choice = consenting.Choice(one, scope, language(), oversees, asked)
    consenting.consent(
        session, found.case, choice, found.her, routed, now(),
        asked_by_staff=asked is not None, waits=waits,
    )  # fmt: skip


def _act(
    form: ServiceForm, act: Callable[[OpenCase, ServiceForm], None], name: str
) -> ResponseReturnValue:
    """One act on the open case: check the form, do it, come back to the page."""
    found = opening.opened(db())
    if found is None:
        return _closed_meanwhile(form)
    if not form.validate():
        return _show(found, form, name)
    try:
        act(found, form)
    except consenting.NotOffered:
        refused = ConsentForm(formdata=None)
        refused.recipients.errors = [gettext("This organization cannot be asked in your case.")]
        return _refused(refused, name)
    except questions.AskedNoMore:
        late = ReplyForm(formdata=None, data={"message": form.message.data})
        late.message.errors = [
            gettext("They do not wait for this answer any more. You can send it as a message.")
        ]
        return _refused(late, "reply")
    except StaleKey:
        return page("unavailable", 503)  # a key changed this very moment: the same press works
    commit()
    return redirect(url_for("mycase.enter"), 303)


def _closed_meanwhile(form: ServiceForm) -> ResponseReturnValue:
    """The session ended while she typed: the code is asked, and her words wait beside it."""
    again = CodeForm(formdata=None)
    typed = [str(f.data) for f in form if isinstance(f, Words | Line) and f.data]
    again.message.data = "\n".join(typed)
    again.question.data = form.question.data if isinstance(form, TellForm) else ""
    again.code.errors = [gettext("This page was open for too long. Please type your code again.")]
    return render_template("mycase/enter.html", form=again), 400


def _refused(form: ServiceForm, name: str) -> ResponseReturnValue:
    """The page as it stands now, with what is wrong; nothing was written."""
    db().rollback()
    again = opening.opened(db())
    if again is None:
        return redirect(url_for("mycase.enter"), 303)
    return _show(again, form, name)


def _show(found: OpenCase, form: ServiceForm | None = None, name: str = "") -> ResponseReturnValue:
    returning.note_opening(db(), found.case.id, now())
    values = showing.values(db(), found, form, name)
    if request.method == "GET":
        returning.note_read(db(), found.case.id, now())
        commit()
    html = render_template("mycase/case.html", **values)
    return html, (status_of(form) if form is not None else 200)


def _uuid(text: str | None) -> UUID:
    return id_of(text) or UUID(int=0)
