"""Members: invited, confirmed by fingerprint, given roles, dismissed; who can open what."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grievance.casework.case.keyring import organization_privates
from grievance.casework.members import membership as verbs
from grievance.casework.members.activation import (
    NoSuchInvitation,
    activate,
    find_invitation,
    prepare_account,
)
from grievance.casework.members.inviting import AlreadyMember, NoDeskThere, invite
from grievance.casework.members.membership import Confirmer, confirm, dismiss
from grievance.casework.members.signing_in import (
    WrongSecret,
    open_by_password,
    open_by_recovery_key,
    prepare_recovery,
    recover,
    reset_factor,
    sign_in,
)
from grievance.rules.terms import ActorKind, MembershipState, NoticeKind, Role
from grievance.sealing import CannotOpen, open_document
from grievance.sealing.bindings import user_binding
from grievance.sealing.keys import LEAST_COST, fingerprint, password_key
from grievance.store.accounts import Membership, SessionRow, User, membership_between
from grievance.store.directory import Organization, current_key, key_versions
from grievance.store.events import OPERATOR, Actor, Event
from grievance.store.outbox import Notice
from tests.factories import NOW, MemberKit, make_member, make_organization, make_root

ORGANIZER, COORDINATOR, ADMINISTRATOR = Role.ORGANIZER, Role.COORDINATOR, Role.ADMINISTRATOR


def _seat(db: Session, kit: MemberKit) -> Membership:
    found = membership_between(db, kit.user_id, kit.organization_id)
    assert found is not None
    return found


def _by(kit: MemberKit) -> Confirmer:
    return Confirmer(kit.user_id, kit.organization_privates)


def _actor(kit: MemberKit) -> Actor:
    return Actor(ActorKind.STAFF, kit.user_id, kit.organization_id)


def _confirm(db: Session, who: MemberKit, by: MemberKit) -> None:
    read = fingerprint(who.fingerprint_key)
    confirm(db, _seat(db, who), _by(by), compared=read, actor=_actor(by), now=NOW)


def _by_operator(db: Session, who: MemberKit) -> None:
    read = fingerprint(who.fingerprint_key)
    verbs.confirm_by_operator(db, _seat(db, who), compared=read, actor=OPERATOR, now=NOW)


def _privates(db: Session, kit: MemberKit) -> dict[int, bytes]:
    return organization_privates(
        db,
        user_id=kit.user_id,
        user_private=kit.private_key,
        organization_id=kit.organization_id,
    )


@pytest.fixture
def root(db: Session) -> Organization:
    return make_root(db)


@pytest.fixture
def desk(db: Session, root: Organization) -> Organization:
    return make_organization(db, parent_id=root.id)


@pytest.fixture
def above(db: Session, root: Organization) -> MemberKit:
    return make_member(db, root, roles=(COORDINATOR,))


def test_only_the_newest_code_of_an_invitation_opens_the_account(
    db: Session, desk: Organization
) -> None:
    first, second = (
        invite(
            db, email="A@x.org ", name="A", roles=[ORGANIZER], organization_id=desk.id,
            actor=OPERATOR, now=NOW,
        )
        for _ in range(2)
    )  # fmt: skip

    assert first.user is second.user
    assert find_invitation(db, email="a@X.org", code=str(second.code), now=NOW)
    with pytest.raises(NoSuchInvitation):
        find_invitation(db, email="a@x.org", code=str(first.code), now=NOW)


def test_a_code_is_for_its_address_and_for_seven_days(db: Session, desk: Organization) -> None:
    code = invite(
        db, email="a@x.org", name="A", roles=[ORGANIZER], organization_id=desk.id,
        actor=OPERATOR, now=NOW,
    ).code  # fmt: skip
    wrong = [
        {"email": "b@x.org", "code": str(code), "now": NOW},
        {"email": "a@x.org", "code": "0000-0000-0000-0000", "now": NOW},
        {"email": "a@x.org", "code": str(code), "now": NOW + timedelta(days=7)},
    ]

    for tried in wrong:
        with pytest.raises(NoSuchInvitation):
            find_invitation(db, **tried)  # type: ignore[arg-type]
    assert find_invitation(db, email="a@x.org", code=str(code).lower().replace("-", " "), now=NOW)


def test_a_code_is_spent_by_activation(db: Session, desk: Organization) -> None:
    invited = invite(
        db, email="a@x.org", name="A", roles=[ORGANIZER], organization_id=desk.id,
        actor=OPERATOR, now=NOW,
    )  # fmt: skip
    invitation = find_invitation(db, email="a@x.org", code=str(invited.code), now=NOW)
    activate(db, invitation, prepare_account(invited.user.id, "p" * 12, LEAST_COST), now=NOW)

    with pytest.raises(NoSuchInvitation):
        find_invitation(db, email="a@x.org", code=str(invited.code), now=NOW)


def test_only_a_partner_has_a_desk_to_be_invited_to(db: Session, root: Organization) -> None:
    listing = make_organization(db, partner=False)

    with pytest.raises(NoDeskThere):
        invite(
            db, email="a@x.org", name="A", roles=[ORGANIZER], organization_id=listing.id,
            actor=OPERATOR, now=NOW,
        )  # fmt: skip


def test_a_member_is_not_invited_twice(db: Session, above: MemberKit) -> None:
    with pytest.raises(AlreadyMember):
        invite(
            db, email=above.email, name="A", roles=[ORGANIZER],
            organization_id=above.organization_id, actor=OPERATOR, now=NOW,
        )  # fmt: skip


def test_the_mail_of_an_invitation_holds_no_code(db: Session, desk: Organization) -> None:
    invited = invite(
        db, email="a@x.org", name="A", roles=[ORGANIZER], organization_id=desk.id,
        actor=OPERATOR, now=NOW, notify=True,
    )  # fmt: skip
    notice = db.scalars(select(Notice)).one()

    assert notice.kind == NoticeKind.INVITATION
    assert str(invited.code) not in repr(vars(notice))


def test_the_roots_first_member_confirms_herself_and_holds_the_first_key(
    db: Session, root: Organization
) -> None:
    kit = make_member(db, root, roles=(COORDINATOR,), confirmed=False)

    assert _seat(db, kit).state == MembershipState.CONFIRMED
    assert list(_privates(db, kit)) == [1]


def test_the_roots_second_member_waits(db: Session, root: Organization, above: MemberKit) -> None:
    kit = make_member(db, root, roles=(COORDINATOR,), confirmed=False)

    assert _seat(db, kit).state == MembershipState.ACTIVATED
    assert _privates(db, kit) == {}


@pytest.mark.parametrize("order", [(ADMINISTRATOR, COORDINATOR), (COORDINATOR, ADMINISTRATOR)])
def test_administrator_and_coordinator_may_begin_in_either_order(
    db: Session, root: Organization, order: tuple[Role, Role]
) -> None:
    kits = {role: make_member(db, root, roles=(role,), confirmed=False) for role in order}
    coordinator, administrator = kits[COORDINATOR], kits[ADMINISTRATOR]
    if order[0] is COORDINATOR:
        _confirm(db, administrator, coordinator)

    assert _seat(db, coordinator).state == MembershipState.CONFIRMED
    assert _seat(db, administrator).state == MembershipState.CONFIRMED
    assert list(_privates(db, coordinator)) == [1]
    assert _privates(db, administrator) == {}


def test_a_desks_first_member_has_her_key_at_once_and_waits_for_the_desk_above(
    db: Session, desk: Organization, above: MemberKit
) -> None:
    first = make_member(db, desk, confirmed=False)

    assert list(_privates(db, first)) == [1]
    assert _seat(db, first).state == MembershipState.ACTIVATED

    _confirm(db, first, above)

    assert _seat(db, first).state == MembershipState.CONFIRMED
    assert _seat(db, first).confirmed_by == above.user_id


def test_a_joining_member_gets_every_version_kept_from_a_key_holder(
    db: Session, desk: Organization, above: MemberKit
) -> None:
    first, second = make_member(db, desk), make_member(db, desk, confirmed=False)
    before = _privates(db, second)
    _confirm(db, second, first)

    assert before == {}
    assert _privates(db, second) == _privates(db, first) != {}


def test_who_may_confirm_whom(db: Session, root: Organization, desk: Organization) -> None:
    above = make_member(db, root, roles=(COORDINATOR,))
    administrator = make_member(db, root, roles=(ADMINISTRATOR,))
    organizer_above = make_member(db, root, roles=(ORGANIZER,))
    beside = make_member(db, make_organization(db, parent_id=root.id), roles=(COORDINATOR,))
    first, second = make_member(db, desk, confirmed=False), make_member(db, desk, confirmed=False)
    table = {
        "a coordinator above confirms the first": (first, above, True),
        "an administrator above has no say": (first, administrator, False),
        "an organizer above has no say": (first, organizer_above, False),
        "a coordinator of another branch has no say": (first, beside, False),
        "nobody confirms herself": (first, first, False),
        "an unconfirmed member confirms nobody": (second, first, False),
        "a second member cannot get a key from above": (second, above, False),
    }

    for what, (who, by, allowed) in table.items():
        assert verbs.may_confirm(db, _seat(db, who), by.user_id) == allowed, what
        if not allowed:
            with pytest.raises(verbs.MayNotConfirm):
                _confirm(db, who, by)

    _confirm(db, first, above)

    assert verbs.may_confirm(db, _seat(db, second), first.user_id)
    assert not verbs.may_confirm(db, _seat(db, second), above.user_id)


def test_a_member_is_confirmed_once(db: Session, desk: Organization, above: MemberKit) -> None:
    first = make_member(db, desk, confirmed=False)
    _confirm(db, first, above)

    with pytest.raises(verbs.NotWaiting):
        _confirm(db, first, above)


def test_who_can_open_the_organizations_key_at_each_moment(
    db: Session, desk: Organization, above: MemberKit
) -> None:
    """The rows of "keys in time" (design.md 4) that are this room's, cell by cell."""
    first = make_member(db, desk, confirmed=False)
    table = [("the first has activated", {"first"})]
    opened = [_who_opens(db, first=first, above=above)]
    _confirm(db, first, above)
    table.append(("the first is confirmed from above", {"first"}))
    opened.append(_who_opens(db, first=first, above=above))
    second = make_member(db, desk, confirmed=False)
    table.append(("a second has activated", {"first"}))
    opened.append(_who_opens(db, first=first, second=second, above=above))
    _confirm(db, second, first)
    table.append(("the second is confirmed by the first", {"first", "second"}))
    opened.append(_who_opens(db, first=first, second=second, above=above))
    dismiss(db, _seat(db, first), actor=_actor(second), now=NOW)
    table.append(("the first is dismissed", {"second"}))
    opened.append(_who_opens(db, first=first, second=second, above=above))
    dismiss(db, _seat(db, second), actor=_actor(above), now=NOW, lose_key=True)
    table.append(("no member is left", set()))
    opened.append(_who_opens(db, first=first, second=second, above=above))

    assert [(moment, found) for (moment, _), found in zip(table, opened, strict=True)] == table


def _who_opens(db: Session, **kits: MemberKit) -> set[str]:
    """Who of these can open the desk's key now, with her own private key."""
    desk = next(iter(kits.values())).organization_id
    return {
        name
        for name, kit in kits.items()
        if organization_privates(
            db, user_id=kit.user_id, user_private=kit.private_key, organization_id=desk
        )
    }


def test_a_dismissal_ends_sessions_and_marks_the_key(
    db: Session, desk: Organization, above: MemberKit
) -> None:
    first, second = make_member(db, desk), make_member(db, desk)
    for kit in (first, second):
        db.add(
            SessionRow(
                id_hash=kit.user_id.bytes, kind="staff", user_id=kit.user_id, sealed=b"",
                last_used_at=NOW,
            )
        )  # fmt: skip
    dismiss(db, _seat(db, second), actor=_actor(first), now=NOW)

    assert [row.user_id for row in db.scalars(select(SessionRow))] == [first.user_id]
    assert desk.rotation_due
    assert db.get_one(User, second.user_id).dismissed_at == NOW
    with pytest.raises(WrongSecret):
        open_by_password(db.get_one(User, second.user_id), second.password, LEAST_COST)


def test_a_key_that_was_made_anew_after_the_comparison_is_not_confirmed(
    db: Session, desk: Organization, above: MemberKit
) -> None:
    """Else who may invite, and must read no case, could take a newcomer's seat over."""
    waiting, other = (make_member(db, desk, confirmed=False) for _ in range(2))
    db.get_one(User, waiting.user_id).public_key = other.fingerprint_key

    with pytest.raises(verbs.KeyChanged):
        _confirm(db, waiting, above)
    assert _seat(db, waiting).state == MembershipState.ACTIVATED


def test_a_role_named_twice_is_one(db: Session, desk: Organization) -> None:
    made = invite(
        db, email="twice@example.org", name="T", roles=[ADMINISTRATOR, ADMINISTRATOR],
        organization_id=desk.id, actor=OPERATOR, now=NOW,
    )  # fmt: skip

    assert made.membership.roles == [ADMINISTRATOR]


def test_nobody_dismisses_herself_or_twice(db: Session, desk: Organization) -> None:
    first, second = make_member(db, desk), make_member(db, desk)
    with pytest.raises(verbs.OwnSeat):
        dismiss(db, _seat(db, first), actor=_actor(first), now=NOW)
    dismiss(db, _seat(db, second), actor=_actor(first), now=NOW)

    with pytest.raises(verbs.NotWaiting):
        dismiss(db, _seat(db, second), actor=_actor(first), now=NOW)


def test_a_member_of_two_desks_keeps_the_other_one(
    db: Session, root: Organization, desk: Organization, above: MemberKit
) -> None:
    kit = make_member(db, desk)
    other = make_organization(db, parent_id=root.id)
    invited = invite(
        db, email=kit.email, name="A", roles=[ORGANIZER], organization_id=other.id,
        actor=OPERATOR, now=NOW,
    )  # fmt: skip

    assert invited.code is None
    assert invited.membership.state == MembershipState.ACTIVATED

    dismiss(db, _seat(db, kit), actor=OPERATOR, now=NOW, lose_key=True)

    assert db.get_one(User, kit.user_id).dismissed_at is None


def test_one_who_comes_back_begins_with_new_keys(db: Session, desk: Organization) -> None:
    first, gone = make_member(db, desk), make_member(db, desk, email="gone@x.org")
    dismiss(db, _seat(db, gone), actor=_actor(first), now=NOW)
    back = make_member(db, desk, email="gone@x.org", confirmed=False)

    assert back.user_id == gone.user_id
    assert back.private_key != gone.private_key
    assert _seat(db, back).state == MembershipState.ACTIVATED


def test_a_refused_first_members_key_is_never_used_again(
    db: Session, desk: Organization, above: MemberKit
) -> None:
    refused = make_member(db, desk, confirmed=False)
    dismiss(db, _seat(db, refused), actor=_actor(above), now=NOW)
    honest = make_member(db, desk, confirmed=False)
    key = current_key(db, desk.id)

    assert [v.current for v in key_versions(db, desk.id)] == [False, True]
    assert key is not None
    assert list(_privates(db, honest)) == [key.version] == [2]


def test_a_role_that_reads_cases_is_given_by_a_key_holder(
    db: Session, root: Organization, above: MemberKit
) -> None:
    administrator = make_member(db, root, roles=(ADMINISTRATOR,))
    seat, both = _seat(db, administrator), [ADMINISTRATOR, ORGANIZER]
    with pytest.raises(verbs.OwnRoles):
        verbs.change_roles(db, seat, both, _by(administrator), actor=OPERATOR, now=NOW)
    without_key = Confirmer(above.user_id, {})
    with pytest.raises(verbs.NeedsKeyHolder):
        verbs.change_roles(db, seat, both, without_key, actor=OPERATOR, now=NOW)
    assert _privates(db, administrator) == {}

    verbs.change_roles(db, seat, both, _by(above), actor=_actor(above), now=NOW)

    assert seat.roles == sorted(both)
    assert _privates(db, administrator) == above.organization_privates


def test_who_loses_the_role_loses_her_copy_of_the_key(
    db: Session, root: Organization, above: MemberKit
) -> None:
    other = make_member(db, root, roles=(ORGANIZER, ADMINISTRATOR))
    seat = _seat(db, other)
    verbs.change_roles(db, seat, [ADMINISTRATOR], _by(above), actor=_actor(above), now=NOW)

    assert _privates(db, other) == {}
    assert root.rotation_due


def test_a_reset_factor_is_told_to_the_desk_and_ends_after_a_day(
    db: Session, desk: Organization
) -> None:
    first, second = make_member(db, desk), make_member(db, desk)
    user = db.get_one(User, second.user_id)
    until = reset_factor(db, user, actor=OPERATOR, now=NOW)
    told = {n.to_email for n in db.scalars(select(Notice).where(Notice.kind == "factor_reset"))}

    assert until == user.factor_reset_until == NOW + timedelta(days=1)
    assert told == {first.email, second.email}


def test_each_act_writes_one_event_with_ids_and_codes_only(
    db: Session, desk: Organization, above: MemberKit
) -> None:
    first = make_member(db, desk, confirmed=False, name="Somebody Special")
    _confirm(db, first, above)
    verbs.change_roles(
        db, _seat(db, first), [COORDINATOR], _by(above), actor=_actor(above), now=NOW
    )
    dismiss(db, _seat(db, first), actor=_actor(above), now=NOW, lose_key=True)
    db.flush()
    events = db.scalars(select(Event).where(Event.organization_id == desk.id)).all()

    assert sorted(e.verb for e in events) == [
        "membership_confirmed",
        "membership_ended",
        "roles_changed",
        "user_activated",
        "user_invited",
    ]
    assert "Special" not in repr([e.details for e in events])


def test_the_last_key_is_lost_by_an_explicit_word_only(
    db: Session, desk: Organization, above: MemberKit
) -> None:
    first, second = make_member(db, desk), make_member(db, desk, roles=(COORDINATOR,))
    administrator = make_member(db, desk, roles=(ADMINISTRATOR,))
    dismiss(db, _seat(db, first), actor=_actor(administrator), now=NOW)
    seat, by, actor = _seat(db, second), _by(above), _actor(administrator)

    with pytest.raises(verbs.LastKeyHolder):
        dismiss(db, seat, actor=actor, now=NOW)
    with pytest.raises(verbs.LastKeyHolder):
        verbs.change_roles(db, seat, [ADMINISTRATOR], by, actor=actor, now=NOW)
    assert _privates(db, second) == second.organization_privates
    dismiss(db, _seat(db, administrator), actor=_actor(second), now=NOW)  # she holds no key
    dismiss(db, seat, actor=_actor(above), now=NOW, lose_key=True)
    assert _privates(db, second) == {}


def test_nobody_takes_her_own_way_back_to_the_users_page(db: Session, root: Organization) -> None:
    kit = make_member(db, root, roles=(ADMINISTRATOR, COORDINATOR))
    make_member(db, root, roles=(COORDINATOR,))
    seat, by, actor = _seat(db, kit), _by(kit), _actor(kit)

    with pytest.raises(verbs.OwnRoles):
        verbs.change_roles(db, seat, [ORGANIZER], by, actor=actor, now=NOW)
    verbs.change_roles(db, seat, [ADMINISTRATOR], by, actor=actor, now=NOW)
    with pytest.raises(verbs.OwnRoles):
        verbs.change_roles(db, seat, [Role.TRANSLATOR], by, actor=actor, now=NOW)
    assert seat.roles == [ADMINISTRATOR]


def test_one_who_was_dismissed_meanwhile_dismisses_nobody(db: Session, desk: Organization) -> None:
    first, second = make_member(db, desk), make_member(db, desk)
    dismiss(db, _seat(db, first), actor=_actor(second), now=NOW)

    with pytest.raises(verbs.NotWaiting):
        dismiss(db, _seat(db, second), actor=_actor(first), now=NOW)
    with pytest.raises(verbs.NotWaiting):
        verbs.change_roles(
            db, _seat(db, second), [ADMINISTRATOR], _by(first), actor=_actor(first), now=NOW
        )


def test_the_operator_stands_in_only_where_the_root_lost_its_last_key_holder(
    db: Session, root: Organization, above: MemberKit
) -> None:
    waiting = make_member(db, root, roles=(COORDINATOR,), confirmed=False)
    with pytest.raises(verbs.MayNotConfirm):
        _by_operator(db, waiting)
    dismiss(db, _seat(db, above), actor=OPERATOR, now=NOW, lose_key=True)
    dismiss(db, _seat(db, waiting), actor=OPERATOR, now=NOW)
    new = make_member(db, root, roles=(COORDINATOR,), confirmed=False)
    _by_operator(db, new)

    assert _seat(db, new).state == MembershipState.CONFIRMED
    assert list(_privates(db, new)) == [2]
    with pytest.raises(verbs.NotWaiting):
        _by_operator(db, new)


def test_the_private_key_opens_by_password_and_by_recovery_key_and_by_nothing_else(
    db: Session, desk: Organization
) -> None:
    kit = make_member(db, desk)
    user = db.get_one(User, kit.user_id)

    assert open_by_password(user, kit.password, LEAST_COST).private == kit.private_key
    assert open_by_recovery_key(user, kit.recovery_key.lower()).private == kit.private_key
    with pytest.raises(WrongSecret):
        open_by_password(user, kit.password + "!", LEAST_COST)
    with pytest.raises(WrongSecret):
        open_by_recovery_key(user, "0" * 32)
    with pytest.raises(WrongSecret):
        open_by_password(None, kit.password, LEAST_COST)
    with pytest.raises(WrongSecret):
        open_by_recovery_key(None, kit.recovery_key)


def test_a_wrapped_key_moved_to_another_users_row_does_not_open(
    db: Session, desk: Organization
) -> None:
    kit, other = make_member(db, desk), make_member(db, desk)
    user = db.get_one(User, kit.user_id)
    assert user.password_salt is not None
    assert user.private_by_password is not None
    key = password_key(kit.password, user.password_salt, LEAST_COST)

    with pytest.raises(CannotOpen):
        open_document(key, user.private_by_password, user_binding(other.user_id, "password"))


def test_recovery_wraps_the_same_key_by_a_new_password(db: Session, desk: Organization) -> None:
    kit = make_member(db, desk)
    user = db.get_one(User, kit.user_id)
    factor = user.totp_sealed
    opened, wrapped = prepare_recovery(user, kit.recovery_key, "another long one", LEAST_COST)
    recover(db, opened.user_id, wrapped, now=NOW)

    assert open_by_password(user, "another long one", LEAST_COST).private == kit.private_key
    assert user.totp_sealed == factor
    with pytest.raises(WrongSecret):
        open_by_password(user, kit.password, LEAST_COST)


def test_one_who_waits_and_gets_a_case_role_makes_her_desks_first_key(
    db: Session, desk: Organization, above: MemberKit
) -> None:
    kit = make_member(db, desk, roles=(ADMINISTRATOR,), confirmed=False)
    assert _privates(db, kit) == {}
    verbs.change_roles(db, _seat(db, kit), [ORGANIZER], _by(above), actor=_actor(above), now=NOW)

    assert list(_privates(db, kit)) == [1]
    _confirm(db, kit, above)


def test_a_share_is_given_only_of_versions_that_the_confirmer_holds(
    db: Session, desk: Organization, above: MemberKit
) -> None:
    refused = make_member(db, desk, confirmed=False)
    dismiss(db, _seat(db, refused), actor=_actor(above), now=NOW)
    first, second = make_member(db, desk), make_member(db, desk, confirmed=False)
    _confirm(db, second, first)

    assert list(_privates(db, second)) == [2]


def test_one_who_was_dismissed_between_the_steps_does_not_sign_in(
    db: Session, desk: Organization
) -> None:
    first, gone = make_member(db, desk), make_member(db, desk)
    opened = open_by_password(db.get_one(User, gone.user_id), gone.password, LEAST_COST)
    dismiss(db, _seat(db, gone), actor=_actor(first), now=NOW)

    with pytest.raises(WrongSecret):
        sign_in(db, opened, gone.totp(NOW), now=NOW)


def test_without_a_second_factor_only_a_recovery_code_signs_in(
    db: Session, desk: Organization
) -> None:
    kit = make_member(db, desk)
    user = db.get_one(User, kit.user_id)
    user.totp_sealed = None
    opened = open_by_password(user, kit.password, LEAST_COST)

    with pytest.raises(WrongSecret):
        sign_in(db, opened, kit.totp(NOW), now=NOW)
    assert sign_in(db, opened, kit.recovery_codes[0], now=NOW) == "recovery_code"
