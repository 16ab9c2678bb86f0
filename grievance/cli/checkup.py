"""What ``grievance doctor`` finds in the database: each finding with what to do."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grievance.rules.calendar_words import kept
from grievance.rules.entry_life import SOON
from grievance.rules.route import Terms
from grievance.rules.routing import lapsed
from grievance.rules.terms import MembershipState, NoticeState, Role
from grievance.store.accounts import Invitation, Membership, User, desks_that_read
from grievance.store.bounces import all_bounced
from grievance.store.directory import Organization, root
from grievance.store.entry_life import lapsing
from grievance.store.key_versions import rotating
from grievance.store.law import legal_rules, rules_past_recheck
from grievance.store.listings import partners
from grievance.store.outbox import Notice, last_pass
from grievance.store.reference import DangerNumber, IssueCode
from grievance.store.staff_ties import seen_by_nobody

_LATE = timedelta(minutes=10)
_STUCK = timedelta(hours=1)
_TRIES = 3  # a digest is hours old when it is tried first
_NAMED = 10
_NEW_KEY = (
    "A member there who holds the key signs in and presses the button on /desk/users, or runs "
    '"grievance keys rotate".'
)


def findings(db: Session, now: datetime, confirm_months: int) -> Iterator[str]:
    """What needs a person."""
    if root(db) is None:
        yield 'There is no root desk. Run "grievance init" for a new service.'
    yield from _work(db, now)
    if db.scalar(select(IssueCode.code).where(IssueCode.active).limit(1)) is None:
        yield 'There is no list of problems. Run "grievance taxonomy load".'
    if db.scalar(select(DangerNumber.id).limit(1)) is None:
        yield 'There are no numbers to call. Run "grievance taxonomy load".'
    yield from _law(db, now.date())
    yield from _members(db, now)
    yield from _partners(db, Terms(now.date(), confirm_months))
    yield from _tied(db)


def notes(db: Session) -> Iterator[str]:
    """What is good to know, and may be wanted."""
    confirmed = db.scalars(
        select(Membership).where(Membership.state == MembershipState.CONFIRMED)
    ).all()
    several = sum(1 for one in confirmed if len(one.roles) > 1)
    if several:
        yield f"{several} members hold several roles. Check that this is wanted."
    readers = {
        one.user_id for one in confirmed if {Role.ORGANIZER, Role.COORDINATOR} & {*one.roles}
    }
    if len(readers) == 1:
        yield (
            "One person works on cases in the whole network: what needs two persons waits 24 hours "
            "for her second confirmation, or does not exist (opening a case without the worker's "
            "word where a life is at risk). Invite a second one."
        )


def _work(db: Session, now: datetime) -> Iterator[str]:
    last = last_pass(db)
    if last is None or now - last > _LATE:
        when = f"since {last:%Y-%m-%d %H:%M} UTC" if last else "and never did"
        yield (
            f'The work loop does not run {when}: no mail leaves, no clock runs. Start "grievance '
            'serve" or "grievance work"; where it runs, its log says what does not finish.'
        )
    lost = db.scalars(select(Notice).where(Notice.state == NoticeState.GIVEN_UP)).all()
    if lost:
        kinds = ", ".join(f"{kind} ({n})" for kind, n in Counter(n.error for n in lost).items())
        yield (
            f"{len(lost)} notices could not be delivered: {kinds}. Call them, and correct their "
            f"address: {_some({one.to_email for one in lost})}."
        )
    yield from _bounced(db)
    stuck = db.execute(
        select(func.count(), func.min(Notice.error)).where(
            Notice.state == NoticeState.WAITING,
            Notice.attempts > _TRIES,
            Notice.made_at < now - _STUCK,
        )
    ).one()
    if stuck[0]:
        yield (
            f"The mail server has not taken {stuck[0]} notices for an hour ({stuck[1]}). Check "
            "GRIEVANCE_SMTP_HOST, its port, user and password."
        )


def _bounced(db: Session) -> Iterator[str]:
    rows = all_bounced(db)
    lost = [f"{one.email} ({one.status})" for one in rows if one.unreachable_since]
    if lost:
        yield (
            f"Mail does not reach {_some(lost)}: it came back, and nothing is sent there any more. "
            "Call them. Where the address works again they say so on /desk/account, or run "
            '"grievance notices reachable ADDRESS"; invite another address anew.'
        )
    soft = [f"{one.email} ({one.soft})" for one in rows if one.soft and not one.unreachable_since]
    if soft:
        yield (
            f"Mail came back for now, and is still sent: {_some(soft)}. Ask them; "
            '"grievance notices reachable ADDRESS" forgets it.'
        )


def _law(db: Session, today: date) -> Iterator[str]:
    if not legal_rules(db):
        yield 'There are no dates in law. Run "grievance taxonomy load".'
    old = [f"{one.id} ({one.recheck_after})" for one in rules_past_recheck(db, today)]
    if old:
        yield (
            f"Dates in law are past their re-check date: {_some(old)}. Read their sources again "
            '(/desk/legal-dates), correct the list, and run "grievance taxonomy load --legal-dates '
            'FILE".'
        )


def _members(db: Session, now: datetime) -> Iterator[str]:
    waiting = db.execute(
        select(User.email, Organization.name)
        .join(Membership, Membership.user_id == User.id)
        .join(Organization, Organization.id == Membership.organization_id)
        .where(Membership.state == MembershipState.ACTIVATED)
    )
    seats = [f"{email} ({name})" for email, name in waiting]
    if seats:
        yield (
            f"Members wait to be confirmed: {_some(seats)}. A key holder of the desk, for its "
            "first member a coordinator above, does it on /desk/users or with "
            '"grievance user confirm".'
        )
    live = select(Invitation.user_id).where(
        Invitation.expires_at >= now, Invitation.used_at.is_(None)
    )
    late = db.scalars(
        select(User.email).where(
            User.activated_at.is_(None), User.dismissed_at.is_(None), User.id.not_in(live)
        )
    ).all()
    if late:
        yield f'Invitations ran out unused: {_some(late)}. Run "grievance user invite" again.'


def _partners(db: Session, terms: Terms) -> Iterator[str]:
    reading = set(db.scalars(desks_that_read()))
    everybody = partners(db)
    keyless = [one.name for one in everybody if one.id not in reading]
    if keyless:
        yield (
            f"Partners without keys (nobody is active there) get no case: {_some(keyless)}. "
            'Let an invited member begin her account, or run "grievance user invite".'
        )
    old = [one.name for one in everybody if lapsed(one.confirmed_on, terms)]
    if old:
        yield (
            f"Entries not confirmed in {terms.confirm_months} months get no case: {_some(old)}. "
            "Ask them: they, or a coordinator above, confirm at the desk. Or import a newer "
            "confirmed_on."
        )
    due = [one.name for one in everybody if one.rotation_due]
    if due:
        yield (
            f"A member left, and her copy of the key is deleted, but the key is still the same: "
            f"{_some(due)}. {_NEW_KEY}"
        )
    half = rotating(db)
    begun = [one.name for one in everybody if one.id in half and not one.rotation_due]
    if begun:
        yield f"A new key is made, but not every case is sealed to it: {_some(begun)}. {_NEW_KEY}"


def soon(db: Session, terms: Terms) -> Iterator[str]:
    """Which entries will need somebody's word within a month."""
    yield from _closed_days(db, terms.today)
    near = [name for _, name, day in lapsing(db, None, terms, SOON) if not lapsed(day, terms)]
    if near:
        yield f"Entries lapse within 30 days unless they are confirmed: {_some(near)}."


def _closed_days(db: Session, today: date) -> Iterator[str]:
    hours = ((one.name, kept(one.calendar)) for one in partners(db))
    lacking = {n: found for n, at in hours if at and (found := at.lacks_closed_days_of(today))}
    if lacking:
        named = [f"{name} ({', '.join(map(str, years))})" for name, years in lacking.items()]
        yield (
            f"No closed days are written for these years: {_some(named)}. They, or a coordinator "
            "above, write them at the desk (/desk/directory, hours and closed days)."
        )


def _tied(db: Session) -> Iterator[str]:
    desks = [f"{name} ({count})" for name, count in seen_by_nobody(db).items()]
    if desks:
        yield (
            f"Cases that nobody of their desk may see, since all its members are tied to whom they "
            f"are about: {_some(desks)}. A coordinator above sees their facets; invite somebody "
            "who is not tied, or ask the coordinator."
        )


def _some(names: Sequence[str] | set[str]) -> str:
    listed = sorted(names)
    more = f" and {len(listed) - _NAMED} more" if len(listed) > _NAMED else ""
    return ", ".join(listed[:_NAMED]) + more
