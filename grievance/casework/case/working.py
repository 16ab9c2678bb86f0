"""What the organization that holds a case does with it: message, note, assign, state, urgency."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.case.closing import open_again
from grievance.casework.case.keyring import (
    Writer,
    grant_to_organization,
    refuse_stale,
    seal_words,
)
from grievance.casework.case.reading import OpenedCase
from grievance.casework.case.timing import (
    contacted,
    hurry,
    keep_first_answer_beside,
    start_reply_clock,
)
from grievance.casework.notices.alerting import tell_of_danger
from grievance.rules.lifecycle import HOLDING, case_may_become
from grievance.rules.terms import (
    ActorKind,
    CaseState,
    ClockKind,
    DocumentKind,
    GrantKind,
    ReferralKind,
    Urgency,
)
from grievance.sealing import new_content_key
from grievance.store.accounts import stays_member
from grievance.store.cases import Case
from grievance.store.clocks import drop_clocks
from grievance.store.directory import current_key, lock_current_keys
from grievance.store.documents import (
    Document,
    epochs_of,
    next_notes_epoch,
    next_order,
    unseen_from_worker,
)
from grievance.store.events import Actor, record
from grievance.store.referrals import referrals_of
from grievance.store.staff_ties import tied_to_case


class NotAllowed(Exception):
    """The desk does not hold this case, or holds no key for it."""


class Changed(Exception):
    """Somebody changed the case meanwhile; nothing was written."""


class ReasonNeeded(Exception):
    """Only a person lowers urgency, and says why."""


def message(
    db: Session, case: Case, text: str, opened: OpenedCase, *, language: str, actor: Actor,
    now: datetime,
) -> Document:  # fmt: skip
    """Write to the worker. She reads it with her code. A closed case opens again, unless who
    writes serves one need of it alone: its state, and her words, are the owner's."""
    epoch, key = newest_key(case, opened)
    document = seal_words(
        case_id=case.id, kind=DocumentKind.MESSAGE, epoch=epoch, key=key,
        words={"text": text, "language": language},
        writer=writer_of(actor), made_at=now, order=next_order(db, case.id),
    )  # fmt: skip
    db.add(document)
    if not _shares(db, case, actor):
        # This page may be older than her words.
        case.worker_waits = unseen_from_worker(db, case.id, opened.keys)
        open_again(db, case, now)
        contacted(db, case, now)
    _worked(db, case, now, actor)
    record(db, "message_written", actor, now, case_id=case.id)
    return document


def note(
    db: Session, case: Case, text: str, opened: OpenedCase, *, actor: Actor, now: datetime
) -> Document:
    """Keep a note for the own organization only; its key is made with the first note.

    Raises NotAllowed, or StaleKey when the organization's key changed this moment.
    """
    epoch, key = own_key(db, case, opened, actor, now)
    document = seal_words(
        case_id=case.id, kind=DocumentKind.NOTE, epoch=epoch, key=key, words={"text": text},
        writer=writer_of(actor), made_at=now, key_kind=GrantKind.NOTES,
        order=next_order(db, case.id),
    )  # fmt: skip
    db.add(document)
    _worked(db, case, now, actor)
    record(db, "note_written", actor, now, case_id=case.id)
    return document


def assign(db: Session, case: Case, member: UUID | None, actor: Actor, now: datetime) -> None:
    """Give a case to a confirmed member of the own desk, or to nobody: then nothing was done for
    her, and what she was promised waits on. Raises NotAllowed."""
    if member is not None and not stays_member(db, member, actor.organization_id):
        raise NotAllowed
    if member in tied_to_case(db, case.id):
        raise NotAllowed  # she finds nothing of it; who assigns is not told why
    case.assignee_id = member
    if member is not None and case.state in {CaseState.RECEIVED, CaseState.TRIAGED}:
        case.state = CaseState.ASSIGNED
    case.last_act_at = now
    if member is not None:
        _worked(db, case, now, actor)
    record(db, "case_assigned", actor, now, case_id=case.id, details={"member": str(member)})


def set_state(
    db: Session, case: Case, to: CaseState, *, seen: str, actor: Actor, now: datetime
) -> None:
    """Say where a case stands. ``seen`` is what the form showed. Raises Changed or NotAllowed."""
    if seen and seen != case.state:
        raise Changed
    if not case_may_become(CaseState(case.state), to):
        raise NotAllowed
    case.state = to
    _worked(db, case, now, actor)
    record(db, "state_set", actor, now, case_id=case.id, details={"state": to})


def set_urgency(
    db: Session, case: Case, to: Urgency, reason: str, *, seen: str, actor: Actor, now: datetime
) -> None:
    """Raise or lower urgency. Lowering needs a reason and never wins by an old page.

    Raises Changed or ReasonNeeded. The reason stays with the asker as a sealed note.
    """
    lowers = case.urgency is not None and to > case.urgency
    if lowers and seen and seen != case.urgency:
        raise Changed
    if lowers and not reason:
        raise ReasonNeeded
    details = {"from": case.urgency, "to": str(to)}
    if not lowers:
        hurry(db, case, to, now)
    turns = to == Urgency.U0 != case.urgency
    case.urgency, case.last_act_at = to, now
    if turns:
        tell_of_danger(db, case, actor, now)
    record(db, "urgency_set", actor, now, case_id=case.id, details=details)


def own_key(
    db: Session, case: Case, opened: OpenedCase, actor: Actor, now: datetime
) -> tuple[int, bytes]:
    """The epoch and key of what a desk keeps for itself in a case, made where there is none yet.
    Raises NotAllowed or StaleKey."""
    if actor.organization_id is None:
        raise NotAllowed
    if opened.notes_keys:
        return max(opened.notes_keys.items())
    epoch = next_notes_epoch(db, case.id, actor.organization_id)
    return epoch, _notes_key(db, case, actor.organization_id, epoch, now)


def _notes_key(db: Session, case: Case, organization_id: UUID, epoch: int, now: datetime) -> bytes:
    versions = lock_current_keys(db, [organization_id])
    to = current_key(db, organization_id)
    if to is None:
        raise NotAllowed
    key = new_content_key()
    grant = grant_to_organization(
        case_id=case.id, kind=GrantKind.NOTES, epoch=epoch, key=key, to=to, made_at=now,
        released_at=now,
    )  # fmt: skip
    refuse_stale([grant], versions)
    db.add(grant)
    return key


def newest_key(case: Case, opened: OpenedCase) -> tuple[int, bytes]:
    """The epoch and key that new words go under. Raises NotAllowed where the desk has it not."""
    key = opened.keys.get(case.epoch)
    if key is None:
        raise NotAllowed  # the current epoch was not granted to this organization
    return case.epoch, key


def writer_of(actor: Actor) -> Writer:
    """A member, for the row of what she writes."""
    return Writer(ActorKind.STAFF, actor.user_id, actor.organization_id)


def _worked(db: Session, case: Case, now: datetime, actor: Actor) -> None:
    """She is being helped: the answer that acceptance promised, or her own words wait for, is
    there. Words of hers that nobody here has read yet wait on."""
    if _shares(db, case, actor):
        keep_first_answer_beside(db, case, actor.organization_id, now)
        return
    drop_clocks(db, case.id, ClockKind.FIRST_ANSWER)
    if actor.organization_id and unseen_from_worker(
        db, case.id, epochs_of(db, case.id, actor.organization_id)
    ):
        start_reply_clock(db, case, now)
    else:
        drop_clocks(db, case.id, ClockKind.REPLY)
    case.worked_on, case.last_act_at = True, now
    if case.state in {CaseState.RECEIVED, CaseState.TRIAGED} and case.accepted_at is not None:
        case.state = CaseState.IN_PROGRESS


def _shares(db: Session, case: Case, actor: Actor) -> bool:
    """It serves one need beside the owner, or reads by a release: the rest is the owner's."""
    if case.accepted_at is not None and actor.organization_id != case.owner_id:
        return True
    own = (r for r in referrals_of(db, case.id) if r.organization_id == actor.organization_id)
    beside = any(r.kind == ReferralKind.SHARE and r.state in HOLDING for r in own)
    return beside and actor.organization_id != case.owner_id
