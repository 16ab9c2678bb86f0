"""The six steps as a script without JavaScript takes them, and what becomes of them."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grievance.casework.directory.version import make_version
from grievance.rules.terms import Language, ReferralState
from grievance.store.cases import Case, CaseExclusion, Draft, Receipt, StoppedDraft
from grievance.store.directory import Organization
from grievance.store.documents import Grant
from grievance.store.outbox import Notice
from grievance.store.referrals import Referral, StoredRoute
from tests.factories import NOW, csrf_of, make_member, make_root
from tests.intake.conftest import Network, Phone, chosen, code_on


def _case(db: Session) -> Case:
    db.expire_all()
    return db.scalars(select(Case)).one()


def _count(db: Session, table: type) -> int:
    db.expire_all()
    found = db.scalar(select(func.count()).select_from(table)) or 0
    db.rollback()  # the test lets go of its write transaction
    return found


def test_a_get_writes_nothing(phone: Phone, network: Network, db: Session) -> None:
    for step in ("problem", "story", "place", "contact"):
        assert phone.client.get(f"/en/report/{step}").status_code == 200
    assert _count(db, Draft) == 0


def test_a_report_reaches_the_organization_she_ticked(
    phone: Phone, network: Network, db: Session
) -> None:
    code = phone.send(**chosen(network.near, if_nobody=network.root.id))
    assert len(code) == 20
    case = _case(db)
    assert [issue.code for issue in case.issues] == ["WAG01"]
    assert (case.country, case.owner_id) == ("HK", network.root.id)
    states = {r.organization_id: r.state for r in db.scalars(select(Referral))}
    assert states == {
        network.near.id: ReferralState.SENT,
        network.root.id: ReferralState.WAITING,
    }
    granted = {g.organization_id for g in db.scalars(select(Grant))}
    assert granted == {None, network.near.id, network.root.id}
    assert _count(db, Notice) == 1
    assert _count(db, Draft) == 0
    assert case.received_at.minute == 0


def test_the_language_of_the_page_counts_as_one_she_reads(
    phone: Phone, network: Network, db: Session
) -> None:
    phone.send(**chosen(network.near))
    assert _case(db).languages == [Language.EN]


def test_nobody_yet_keeps_only_country_and_hour_readable(
    phone: Phone, network: Network, db: Session
) -> None:
    phone.send(sharing="nobody")
    case = _case(db)
    assert (case.country, case.sharing) == ("HK", "nobody")
    assert (case.issues, case.needs, case.urgency, case.owner_id) == ([], [], None, None)
    assert _count(db, Referral) == _count(db, Notice) == 0
    assert db.scalars(select(Grant)).one().organization_id is None
    assert db.scalars(select(StoredRoute)).one().readable is None


def test_sending_six_times_is_one_case_one_code_one_notice(
    phone: Phone, network: Network, db: Session
) -> None:
    phone.press("problem", issues=["WAG01"])
    phone.press("place", country="HK")
    phone.press("sharing", **chosen(network.near))
    check = phone.page("check")
    codes = set()
    for _ in range(6):
        answer = phone.post("check", check, "send")
        assert answer.status_code in {200, 303}
        codes.add(code_on(phone.page("sent")))
    assert codes == {code_on(check)}
    assert _count(db, Case) == _count(db, Receipt) == _count(db, Notice) == 1


def test_send_just_this_asks_the_country_then_who_may_read(phone: Phone, network: Network) -> None:
    answer = phone.press("problem", "short", issues=["WAG01"])
    assert answer.location.endswith("/report/sharing")
    page = phone.page("sharing")
    assert "Where do you work?" in page
    answer = phone.post("sharing", page, country="HK")
    assert "part=all" in answer.location
    answer = phone.press("sharing", query="?part=all", **chosen(network.near))
    assert answer.location.endswith("/report/check")


def test_a_script_may_post_codes_at_once_and_all_are_kept(
    phone: Phone, network: Network, db: Session
) -> None:
    issues = ["WAG01", "HRS02", "DOC01"]
    assert phone.press("problem", issues=issues).location.endswith("/report/story")
    phone.press("story", story="first\r\nsecond")
    phone.press("place", country="HK", languages=["id", "en"])
    phone.press("sharing", **chosen(network.near))
    page = phone.page("check")
    for words in ("Wages not paid or paid late", "Indonesian", "English", "Helping Hands"):
        assert words in page
    phone.press("check", "send")
    case = _case(db)
    assert {issue.code for issue in case.issues} <= {*issues, "HRS", "DOC"}
    assert len(case.issues) == 3
    assert case.languages == ["en", "id"]


def test_a_group_unticked_takes_back_its_danger_answer(phone: Phone, network: Network) -> None:
    phone.press("problem", issues=["SAF", "WAG"])
    phone.press("problem", query="?part=codes", issues=["WAG01"], danger_now="yes")
    assert "Danger now" in phone.page("check")
    phone.press("problem", issues=["WAG"])
    page = phone.page("check")
    row = page[page.index("Danger now") :]
    assert row.index("not given") < row.index("Change")


def test_those_i_tick_with_nothing_ticked_keeps_the_page(phone: Phone, network: Network) -> None:
    phone.press("problem", issues=["WAG01"])
    phone.press("place", country="HK")
    answer = phone.press("sharing", sharing="chosen")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "Please tick at least one organization" in page
    assert 'value="chosen" checked' in page


def test_nothing_is_ticked_on_the_sharing_page(phone: Phone, network: Network) -> None:
    phone.press("problem", issues=["WAG01"])
    phone.press("place", country="HK")
    page = phone.page("sharing")
    assert " checked" not in page
    assert "Helping Hands" in page
    assert "If nobody answers: Secretariat" in page


def test_the_sharing_page_tells_hours_with_their_clock_where_they_are_known(
    phone: Phone, network: Network, db: Session
) -> None:
    workdays = {day: ["09:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
    db.get_one(Organization, network.near.id).calendar = {
        "zone": "Asia/Hong_Kong", "hours": workdays, "closed": ["2026-12-25"],
    }  # fmt: skip
    db.commit()
    phone.press("problem", issues=["WAG01"])
    phone.press("place", country="HK")
    page = " ".join(phone.page("sharing").split())

    hours = 'Opening hours: Monday–Friday <span class="ltr">09:00-17:00</span> (Hong Kong time)'
    assert page.count("Opening hours") == 1  # of two organizations
    assert hours in page.partition("Helping Hands")[2].partition("Union House")[0]


def test_an_organization_she_names_or_rules_out_is_never_offered(
    phone: Phone, network: Network, db: Session
) -> None:
    phone.press("problem", issues=["WAG01"])
    phone.press(
        "place", country="HK", respondent_kind=["employer"],
        respondent_name_employer="HELPING  HANDS Ltd.",
    )  # fmt: skip
    page = phone.page("sharing")
    assert "Helping Hands" not in page
    phone.post("sharing", page, sharing="chosen", rule_out=[str(network.other.id)])
    phone.press("sharing", "continue", sharing="nobody", rule_out=[str(network.other.id)])
    assert "Union House" in phone.page("check")
    phone.press("check", "send")
    assert _count(db, CaseExclusion) == 0  # shared with nobody: sealed with the words


def test_a_named_partner_finds_nothing_of_the_case(
    phone: Phone, network: Network, db: Session
) -> None:
    phone.press("problem", issues=["WAG01"])
    phone.press("place", country="HK", respondent_name_employer="Union House")
    phone.press("sharing", **chosen(network.near))
    phone.press("check", "send")
    kept = set(db.scalars(select(CaseExclusion.organization_id)))
    assert network.other.id in kept
    assert network.near.id not in kept


def test_a_recipient_that_no_longer_fits_is_named_before_she_sends_and_gets_no_grant(
    phone: Phone, network: Network, db: Session
) -> None:
    phone.press("problem", issues=["WAG01"])
    phone.press("place", country="HK")
    phone.press("sharing", **chosen(network.near))
    phone.press("place", country="HK", respondent_name_employer="Helping Hands")
    check = phone.page("check")
    assert "these cannot be asked: Helping Hands" in check
    assert phone.post("check", check, "send").status_code == 303
    assert _count(db, Case) == 1
    assert network.near.id not in set(db.scalars(select(Grant.organization_id)))


def test_without_any_partner_the_report_is_taken(phone: Phone, problems: None, db: Session) -> None:
    phone.press("problem", issues=["WAG01"])
    phone.press("place", country="HK")
    assert "No organization near you works with us yet" in phone.page("sharing")
    phone.press("sharing", sharing="nobody")
    phone.press("check", "send")
    assert _count(db, Case) == 1


def test_a_network_of_one_is_asked_and_shown_once(
    phone: Phone, problems: None, db: Session
) -> None:
    root: Organization = make_root(db, name="Only House")
    make_member(db, root)
    make_version(db, NOW)
    db.commit()
    phone.press("problem", issues=["WAG01"])
    phone.press("place", country="HK")
    page = phone.page("sharing")
    assert page.count("Only House") == 1
    assert 'name="if_nobody"' not in page
    phone.press("sharing", **chosen(root))
    phone.press("check", "send")
    referral = db.scalars(select(Referral)).one()
    assert referral.state == ReferralState.SENT
    assert phone.page("sent").count("Only House") == 1


def test_stopping_shows_the_code_and_keeps_a_copy(
    phone: Phone, network: Network, db: Session
) -> None:
    answer = phone.press("story", "stop", story="Later.")
    code = code_on(answer.get_data(as_text=True))
    assert len(code) == 20
    assert _count(db, StoppedDraft) == 1
    before = db.scalars(select(StoppedDraft.sealed)).one()
    db.rollback()
    phone.press("place", country="HK")
    db.expire_all()
    assert db.scalars(select(StoppedDraft.sealed)).one() != before


def test_a_stopped_draft_is_finished_on_another_phone(
    phone: Phone, second_phone: Phone, network: Network, db: Session
) -> None:
    answer = phone.press("story", "stop", story="Later.")
    code = code_on(answer.get_data(as_text=True))
    page = second_phone.client.get("/en/case").get_data(as_text=True)
    opened = second_phone.client.post(
        "/en/case", data={"csrf_token": csrf_of(page), "code": code}, follow_redirects=True
    )
    page = opened.get_data(as_text=True)
    assert "Later." in page
    assert code_on(page) == ""
    second_phone.press("sharing", sharing="nobody", query="?part=all")
    assert second_phone.press("check", "send").status_code == 303
    assert code_on(second_phone.page("sent")) == ""
    assert _count(db, Case) == 1
    assert _count(db, StoppedDraft) == 0
    assert _count(db, Draft) == 1  # the first phone's own: it may hold words that were not sent


def test_the_overseeing_desk_can_be_ruled_out_as_well(
    phone: Phone, network: Network, db: Session
) -> None:
    phone.press("problem", issues=["WAG01"])
    phone.press("place", country="HK")
    root = str(network.root.id)
    phone.press("sharing", **chosen(network.near, if_nobody=network.root.id), rule_out=[root])
    page = phone.page("sharing")
    assert "If nobody answers" not in page
    assert f'type="checkbox" name="rule_out" value="{root}" checked' in page
    phone.press("check", "send")
    case = _case(db)
    assert case.owner_id != network.root.id
    assert network.root.id not in set(db.scalars(select(Grant.organization_id)))
    assert network.root.id in set(db.scalars(select(CaseExclusion.organization_id)))


def test_who_is_kept_away_stands_on_the_page_and_a_slip_is_taken_back(
    phone: Phone, network: Network
) -> None:
    phone.press("problem", issues=["WAG01"])
    phone.press("place", country="HK")
    phone.press("sharing", **chosen(network.near), rule_out=[str(network.other.id)])
    page = phone.page("sharing")
    assert "Kept away from" in page
    assert page.count("Union House") == 1
    phone.press("sharing", **chosen(network.near))
    assert "Kept away from" not in phone.page("sharing")
    assert "Union House" in phone.page("sharing")


def test_where_she_keeps_everybody_away_she_reads_why_nobody_is_asked(
    phone: Phone, network: Network, db: Session
) -> None:
    every = [str(one.id) for one in (network.root, network.near, network.other)]
    phone.press("problem", issues=["WAG01"])
    phone.press("place", country="HK")
    answer = phone.press("sharing", sharing="chosen", recipients=every[1:], rule_out=every)
    phone.press("sharing", sharing="nobody", rule_out=every)
    phone.press("contact")
    phone.press("check", "send")
    sent = phone.page("sent")
    code = code_on(sent)
    phone.post("sent", sent, "kept")
    page = phone.client.get("/en/case").get_data(as_text=True)
    fields = {"csrf_token": csrf_of(page), "code": code}
    hers = phone.client.post("/en/case", data=fields, follow_redirects=True).get_data(as_text=True)

    assert 'href="/en/organizations">Who can help near me' in sent  # no answer in an address
    for shown in (answer.get_data(as_text=True), hers):
        assert "Your answers keep your report away from everybody we could ask." in shown
        assert "No organization near you" not in shown
        assert 'href="/en/organizations">See who else can help' in shown
