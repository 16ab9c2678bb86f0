"""Who may sign in, and as whom: activation, sign-in, recovery, users, the trail."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grievance.accounts import attempts
from grievance.accounts import new_key as keys
from grievance.accounts import signing_in as steps
from grievance.accounts.forms import (
    ActivateForm,
    CodeForm,
    CompareForm,
    DismissForm,
    InviteForm,
    RecoverForm,
    RolesForm,
    SignInForm,
)
from grievance.accounts.pages import (
    account_page,
    activate_url,
    codes_page,
    confirm_page,
    form_page,
    invite_choices,
    trail_page,
    users_page,
    waiting_page,
)
from grievance.accounts.people import confirmer, seat_in_scope
from grievance.accounts.qr import qr_picture
from grievance.accounts.words import DONE, NOT_CONFIRMED, NOT_INVITED, REFUSED
from grievance.casework.members import inviting
from grievance.casework.members import membership as members
from grievance.casework.members import signing_in as verbs
from grievance.casework.members.activation import NewAccount, NoSuchInvitation, find_invitation
from grievance.casework.members.activation import activate as activate_account
from grievance.rules.terms import Role
from grievance.store.accounts import Membership, User
from grievance.web import limits
from grievance.web.database import commit, db
from grievance.web.forms import keeps_form
from grievance.web.service import now, settings
from grievance.web.sessions import visit
from grievance.web.staff import FULL, desk, load_desk, private_key

bp = Blueprint("accounts", __name__, url_prefix="/desk")


@bp.route("/sign-in", methods=["GET", "POST"])
@keeps_form
def sign_in() -> ResponseReturnValue:
    """First step. Unknown address and wrong password get the same words and cost the same."""
    form = SignInForm()
    if not form.validate_on_submit():
        return form_page("sign_in", form, done=DONE.get(request.args.get("done", "")))
    try:
        opened = attempts.by_password(form.email.data, form.password.data)
    except verbs.WrongSecret:
        return form_page("sign_in", form, wrong=True)
    except limits.Slowed as slowed:
        return form_page("sign_in", form, slowed=slowed)
    user = db().get_one(User, opened.user_id)
    steps.begin(opened, now(), may_set_factor=verbs.may_set_factor(user, now()))
    commit()
    return redirect(url_for("accounts.second_step"), 303)


@bp.route("/sign-in/code", methods=["GET", "POST"])
@keeps_form
def second_step() -> ResponseReturnValue:
    """Second step: five tries, ten minutes; each code counts once."""
    form = CodeForm()
    if request.method == "POST":
        visit().lock(db())
    opened = steps.between(now())
    if opened is None:
        return redirect(url_for("accounts.sign_in"), 303)
    user = db().get_one(User, opened.user_id)
    secret = steps.new_secret()
    if secret and verbs.may_set_factor(user, now()):
        return _set_factor(form, opened, user, secret)
    if not form.validate_on_submit():
        return form_page("second_step", form)
    try:
        limits.check(limits.PASSWORDS)
        verbs.sign_in(db(), opened, form.totp.data, now=now())
    except verbs.WrongSecret:
        return _wrong_code(form)
    except limits.Slowed as slowed:
        return form_page("second_step", form, slowed=slowed)
    return _arrived(opened)


def _set_factor(
    form: CodeForm, opened: verbs.Opened, user: User, secret: str
) -> ResponseReturnValue:
    """After an operator's reset: a new secret counts once a code of it was typed."""
    shown: dict[str, Any] = {
        "secret": secret,
        "qr": qr_picture(secret, user.email, settings().service_name),
    }
    if not form.validate_on_submit():
        return form_page("second_step", form, **shown)
    try:
        factor = verbs.set_factor(db(), opened, secret, form.totp.data, now=now())
    except verbs.WrongSecret:
        return _wrong_code(form, **shown)
    steps.finish()
    commit()
    return codes_page(factor.codes)


def _wrong_code(form: CodeForm, **shown: Any) -> ResponseReturnValue:
    limits.count_wrong(limits.PASSWORDS)
    left = steps.count_try()
    commit()
    if left < 1:
        return form_page("sign_in", SignInForm(formdata=None), wrong=True)
    return form_page("second_step", form, wrong=True, **shown)


def _arrived(opened: verbs.Opened) -> ResponseReturnValue:
    """To the desk; one whose membership has no effect yet reads her fingerprint to confirm."""
    found = load_desk(db(), opened.user_id)
    if found is None:
        user = db().get_one(User, opened.user_id)
        visit().end()
        commit()
        return waiting_page(user)
    keys.at_sign_in(db(), found, opened.private)
    steps.finish()
    commit()
    return redirect(url_for("triage.home"), 303)


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End this session, here and in its row."""
    user_id = visit().user_id
    if user_id is not None and visit().get("stage") == FULL:
        verbs.sign_out(db(), user_id, now=now())
    visit().end()
    commit()
    return redirect(url_for("accounts.sign_in"), 303)


@bp.route("/activate", methods=["GET", "POST"])
@keeps_form
def activate() -> ResponseReturnValue:
    """An invited person begins. Only this POST spends the code; opening the page never does."""
    form = ActivateForm()
    if not form.validate_on_submit():
        return form_page("activate", form)
    try:
        account = attempts.new_account(form.email.data, form.code.data, form.password.data)
        user = _activated(form, account)
    except NoSuchInvitation:
        return form_page("activate", form, wrong=True)
    except limits.Slowed as slowed:
        return form_page("activate", form, slowed=slowed)
    return account_page(account, user)


def _activated(form: ActivateForm, account: NewAccount) -> User:
    """Look again: the code may have been spent while the keys were made."""
    invitation = find_invitation(db(), email=form.email.data, code=form.code.data, now=now())
    user = activate_account(db(), invitation, account, now=now())
    commit()
    return user


@bp.route("/recover", methods=["GET", "POST"])
@keeps_form
def recover() -> ResponseReturnValue:
    """A lost password: the recovery key opens, a new password wraps, the factor stays."""
    form = RecoverForm()
    if not form.validate_on_submit():
        return form_page("recover", form)
    try:
        opened, wrapped = attempts.by_recovery_key(
            form.email.data, form.recovery_key.data, form.password.data
        )
        verbs.recover(db(), opened.user_id, wrapped, now=now())
    except verbs.WrongSecret:
        return form_page("recover", form, wrong=True)
    except limits.Slowed as slowed:
        return form_page("recover", form, slowed=slowed)
    commit()
    return redirect(url_for("accounts.sign_in", done="recovered"), 303)


@bp.get("/users")
def users() -> ResponseReturnValue:
    """The members of this desk, and of those below for who manages them."""
    asked = request.args
    done = DONE.get(asked.get("done", ""))
    find = " ".join(asked.get("find", "").split())
    return users_page(db(), desk(), done, find=find, number=asked.get("page", ""))


@bp.route("/users/invite", methods=["GET", "POST"])
@keeps_form
def invite() -> ResponseReturnValue:
    """Offer a seat. The one-time code is shown once, to be handed over by voice or paper."""
    form = InviteForm()
    form.organization.choices = invite_choices(db(), desk())
    if not form.validate_on_submit():
        return form_page("invite", form)
    try:
        invited = _invited(form)
    except tuple(NOT_INVITED) as refused:
        return form_page("invite", form, problem=NOT_INVITED[type(refused)])
    commit()
    again = InviteForm(formdata=None)
    again.organization.choices = form.organization.choices
    return form_page("invite", again, invited=invited, activate_url=activate_url())


def _invited(form: InviteForm) -> inviting.Invited:
    return inviting.invite(
        db(), email=form.email.data, name=form.name.data,
        roles=[Role(role) for role in form.roles.data],
        organization_id=UUID(form.organization.data), notify=form.notify.data,
        language=desk().language, actor=desk().actor, now=now(),
    )  # fmt: skip


@bp.route("/users/<uuid:seat_id>/confirm", methods=["GET", "POST"])
def confirm(seat_id: UUID) -> ResponseReturnValue:
    """Compare the fingerprint with her, by voice or face to face, then confirm."""
    seat = seat_in_scope(db(), desk(), seat_id)
    if request.method == "GET":
        return confirm_page(db(), desk(), seat)
    try:
        read = CompareForm().compared.data or ""
        members.confirm(db(), seat, _me(seat), compared=read, actor=desk().actor, now=now())
    except tuple(NOT_CONFIRMED) as refused:
        return _back(NOT_CONFIRMED[type(refused)])
    commit()
    return _back("confirmed")


@bp.post("/users/<uuid:seat_id>/dismiss")
def dismiss(seat_id: UUID) -> ResponseReturnValue:
    """End a membership, her sessions and her copy of the key."""
    seat, lose_key = seat_in_scope(db(), desk(), seat_id), DismissForm().lose_key.data
    try:
        members.dismiss(db(), seat, actor=desk().actor, now=now(), lose_key=lose_key)
    except tuple(REFUSED) as refused:
        return _back(REFUSED[type(refused)])
    commit()
    return _back("dismissed")


@bp.post("/users/<uuid:seat_id>/roles")
def roles(seat_id: UUID) -> ResponseReturnValue:
    """Give exactly the roles that are ticked."""
    seat = seat_in_scope(db(), desk(), seat_id)
    form = RolesForm()
    if not form.validate_on_submit() or not form.roles.data:
        return _back("no_role")
    wanted = [Role(role) for role in form.roles.data]
    try:
        members.change_roles(
            db(), seat, wanted, _me(seat),
            actor=desk().actor, now=now(), lose_key=form.lose_key.data,
        )  # fmt: skip
    except tuple(REFUSED) as refused:
        return _back(REFUSED[type(refused)])
    commit()
    return _back("roles")


def _me(seat: Membership) -> members.Confirmer:
    return confirmer(db(), desk(), private_key(), seat)


@bp.post("/users/key")
def new_key() -> ResponseReturnValue:
    """Make the new key of the own desk, or go on with it."""
    done = keys.press(db(), desk(), private_key())
    commit()
    return _back(done)


def _back(done: str) -> ResponseReturnValue:
    return redirect(url_for("accounts.users", done=done), 303)


@bp.get("/audit")
def audit() -> ResponseReturnValue:
    """What was done at this desk, newest first."""
    page = trail_page(db(), desk(), request.args.get("after", ""))
    return render_template("accounts/audit.html", page=page)
