"""A member's own account: her language, when mail comes, and that it arrives again."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grievance.accounts.own.form import AccountForm, filled
from grievance.casework.notices.bouncing import reachable_again
from grievance.casework.notices.choosing import choose_notices
from grievance.rules.terms import Language
from grievance.store.bounces import unreachable_among
from grievance.store.notice_times import times_now
from grievance.web.database import commit, db
from grievance.web.forms import keeps_form, status_of
from grievance.web.locale import lazy
from grievance.web.service import now, settings
from grievance.web.staff import desk

bp = Blueprint("own", __name__, url_prefix="/desk/account")
_DONE = {
    "kept": lazy("This is kept. What waits for you already follows it."),
    "reachable": lazy("Thank you. Mail goes to your address again."),
}


@bp.route("", methods=["GET", "POST"])
@keeps_form
def account() -> ResponseReturnValue:
    """Language, at once or a digest, quiet hours."""
    form = AccountForm()
    if request.method == "GET":
        form = filled(times_now(db(), desk().user_id), desk().language, settings().time_zone)
    elif form.validate_on_submit():
        language = Language(form.language.data or "")
        choose_notices(db(), desk().user_id, language, form.times(), desk().actor, now())
        commit()
        return redirect(url_for("own.account", done="kept"), 303)
    since = unreachable_among(db(), [desk().email]).get(desk().email)
    done = _DONE.get(request.args.get("done", ""))
    page = render_template("accounts/own.html", form=form, lost_since=since, done=done)
    return page, status_of(form)


@bp.post("/reachable")
def reachable() -> ResponseReturnValue:
    """She reads mail at her address again."""
    reachable_again(db(), desk().email, desk().actor, now())
    commit()
    return redirect(url_for("own.account", done="reachable"), 303)
