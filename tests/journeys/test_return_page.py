"""The return page when something got in between: a lost session, an empty answer, a second ask."""

import re

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from grievance.casework.directory.version import make_version
from grievance.casework.referral.asking import expire_due
from grievance.store.accounts import User
from grievance.store.referrals import Consent, ConsentQuestion, Referral
from tests.conftest import Clock
from tests.factories import make_member, make_organization
from tests.journeys.test_first_journey import Network, case_of, desk, look, network
from tests.journeys.worker import Worker, token_of

__all__ = ["network"]


def reported(app: Flask, network: Network, **more: object) -> Worker:
    worker = Worker(app.test_client())
    worker.report(
        story="Kanaryo", country="HK", sharing="chosen", recipients=[str(network.first.id)], **more
    )
    worker.come_back()
    return worker


def digits(page: str) -> list[str]:
    """All digits that somebody sees."""
    return re.findall(r"\d+", re.sub(r"<[^>]+>", "", page))


def test_words_typed_into_a_session_that_ended_wait_beside_the_code(
    app: Flask, network: Network, clock: Clock
) -> None:
    worker = reported(app, network)
    token = token_of(worker.get("case"))
    clock.forward(minutes=61)

    answer = worker.client.post(
        "/en/case/reply", data={"csrf_token": token, "message": "they took my phone"}
    )

    assert answer.status_code == 400
    assert "type your code again" in answer.text
    assert "they took my phone" in answer.text
    fields = {"csrf_token": token_of(answer.text), "code": worker.code, "message": "they took"}
    opened = worker.client.post("/en/case", data=fields, follow_redirects=True)
    assert "they took" in opened.text


def test_a_contact_typed_into_a_session_that_ended_is_not_lost(
    app: Flask, network: Network, clock: Clock
) -> None:
    worker = reported(app, network)
    token = token_of(worker.get("case"))
    clock.forward(minutes=61)

    answer = worker.client.post(
        "/en/case/contact", data={"csrf_token": token, "channel": "phone", "contact": "9123 4567"}
    )

    assert answer.status_code == 400
    assert "9123 4567" in answer.text


def test_an_empty_answer_is_no_no(app: Flask, db: Session, network: Network) -> None:
    worker = reported(app, network)
    case = case_of(db)
    organizer = desk(app, network.one)
    organizer.act(case, "accept")
    organizer.act(
        case, "refer", organization=str(network.second.id), consent="", reason="nearer to her"
    )
    [question] = look(db, select(ConsentQuestion))

    answer = worker.act("answer", question=str(question.id))

    assert answer.status_code == 400
    assert "Please answer yes or no" in answer.text
    assert [q.answered_at for q in look(db, select(ConsentQuestion))] == [None]
    assert worker.act("answer", question=str(question.id), message="yes").status_code == 303
    assert "Waling Demo Desk" in organizer.page(f"cases/{case.id}")


def test_a_no_on_an_older_page_takes_the_case_from_one_that_is_asked_meanwhile(
    app: Flask, db: Session, network: Network
) -> None:
    """She had ticked it for the case that nobody answers; now she says no to it, and means it."""
    worker = reported(app, network, if_nobody=str(network.root.id))
    case = case_of(db)
    organizer = desk(app, network.one)
    organizer.act(case, "accept")
    organizer.act(case, "refer", organization=str(network.root.id), consent="", reason="nearer")
    token = token_of(worker.get("case"))
    [question] = look(db, select(ConsentQuestion))
    organizer.act(case, "withdraw", reason="we are full")
    states = {r.organization_id: r.state for r in look(db, select(Referral))}
    assert states == {network.first.id: "withdrawn", network.root.id: "sent"}

    fields = {"csrf_token": token, "question": str(question.id), "message": "no"}
    answer = worker.client.post("/en/case/answer", data=fields)

    assert answer.status_code == 303
    assert [r.state for r in look(db, select(Referral))] == ["withdrawn", "withdrawn"]
    assert all(one.withdrawn_at for one in look(db, select(Consent)))
    case = case_of(db)  # as by the same word a minute before: it sees to the case, and no words
    assert (case.owner_id, case.overseer_id) == (network.root.id, network.root.id)
    assert case.asked_all


def test_a_yes_on_an_older_page_asks_though_the_question_was_dropped(
    app: Flask, db: Session, network: Network
) -> None:
    worker = reported(app, network)
    case = case_of(db)
    organizer = desk(app, network.one)
    organizer.act(case, "accept")
    organizer.act(case, "refer", organization=str(network.second.id), consent="", reason="nearer")
    token = token_of(worker.get("case"))
    [question] = look(db, select(ConsentQuestion))
    organizer.act(case, "withdraw", reason="we are full")

    fields = {"csrf_token": token, "question": str(question.id), "message": "yes"}
    assert worker.client.post("/en/case/answer", data=fields).status_code == 303

    asked = {r.organization_id: r.state for r in look(db, select(Referral))}
    assert asked[network.second.id] == "sent"


def test_a_no_on_an_older_page_takes_the_case_from_who_holds_it_by_then(
    app: Flask, db: Session, network: Network
) -> None:
    worker = reported(app, network)
    case = case_of(db)
    organizer = desk(app, network.one)
    organizer.act(case, "accept")
    organizer.act(case, "refer", organization=str(network.second.id), consent="", reason="nearer")
    token = token_of(worker.get("case"))
    [question] = look(db, select(ConsentQuestion))
    other = worker.client.post(
        "/en/case/answer",
        data={"csrf_token": token, "question": str(question.id), "message": "yes"},
    )
    assert other.status_code == 303
    desk(app, network.two).act(case, "accept")
    epoch = case_of(db).epoch

    fields = {"csrf_token": token, "question": str(question.id), "message": "no"}
    assert worker.client.post("/en/case/answer", data=fields).status_code == 303

    states = {r.organization_id: r.state for r in look(db, select(Referral))}
    assert states[network.second.id] == "withdrawn"
    assert case_of(db).epoch == epoch + 1


def test_a_code_typed_on_the_phone_that_sent_is_not_shown_again(
    app: Flask, network: Network
) -> None:
    worker = reported(app, network)

    page = worker.get("report/sent")

    assert worker.code[:8] not in re.sub(r"<[^>]+>|\s", "", page)
    assert digits(page) == digits(reported(app, network).get("report/sent"))  # not even four
    assert worker.code not in re.sub(r"\s", "", page)  # nor within a tag


def test_she_asks_one_again_that_let_the_clock_run_out(
    app: Flask, db: Session, network: Network, clock: Clock
) -> None:
    worker = reported(app, network)
    clock.forward(days=20)
    expire_due(db, clock())
    db.commit()
    page = worker.come_back()
    assert "they did not answer in time" in page

    assert worker.act("consent", recipients=[str(network.first.id)]).status_code == 303

    assert "we asked them" in worker.get("case")
    assert case_of(db).number in desk(app, network.one).page("cases")


def test_a_yes_that_somebody_wrote_down_for_her_stands_on_her_page(
    app: Flask, db: Session, network: Network
) -> None:
    worker = reported(app, network)
    case, organizer = case_of(db), desk(app, network.one)
    organizer.act(case, "accept")
    organizer.act(
        case, "refer", organization=str(network.second.id), reason="nearer", consent="voice"
    )

    page = worker.come_back()

    assert "Sampaguita Demo Desk wrote down on" in page
    assert "that you said yes to Waling Demo Desk" in page


def test_after_she_took_it_back_her_page_asks_what_she_wants(
    app: Flask, db: Session, network: Network
) -> None:
    worker = reported(app, network)
    desk(app, network.one).act(case_of(db), "accept")
    assert worker.act("withdraw", organization=str(network.first.id)).status_code == 303

    page = worker.get("case")

    assert "Nobody has your report now." in page
    assert re.search(r"<details open>\s*<summary>Ask an organization", page)
    assert "Who may read it" not in page


def test_nobody_is_asked_where_nobody_is_ticked_and_the_page_says_so(
    app: Flask, network: Network
) -> None:
    worker = reported(app, network)

    answer = worker.act("consent", scope="all")

    assert answer.status_code == 400
    assert "Please tick at least one organization." in answer.text


def test_a_desk_that_sees_facets_without_being_asked_is_named(
    app: Flask, db: Session, network: Network
) -> None:
    worker = reported(app, network)
    sees = f"Until one organization says yes, {network.root.name} sees"
    assert sees in worker.get("case")
    desk(app, network.one).act(case_of(db), "accept")
    assert sees not in worker.get("case")


def test_a_root_that_helps_by_itself_is_named_though_she_did_not_tick_it(
    app: Flask, network: Network
) -> None:
    worker = Worker(app.test_client())
    worker.press("report/problem", issues=["WAG01"])
    worker.press("report/place", country="HK")

    page = worker.get("report/sharing")

    assert page.count(f'value="{network.root.id}"') >= 1
    assert f"{network.root.name} sees the kind of problem" in page


def test_those_who_said_no_are_offered_after_all_others(
    app: Flask, db: Session, network: Network, clock: Clock
) -> None:
    more = [make_organization(db, name=f"More {n}", parent_id=network.root.id) for n in range(3)]
    for one in more:
        make_member(db, one)
    make_version(db, clock())
    db.commit()
    worker = reported(app, network)
    desk(app, network.one).act(case_of(db), "decline", reason="no_capacity")

    page = worker.get("case")

    others = [network.root, network.second, *more]
    assert sum(f'name="recipients" value="{one.id}"' in page for one in others) >= 3
    assert f'name="recipients" value="{network.first.id}"' not in page


def test_each_side_reads_the_words_of_the_other_in_the_language_they_are_in(
    app: Flask, db: Session, network: Network
) -> None:
    db.get_one(User, network.one.user_id).language = "id"
    db.commit()
    worker = reported(app, network)
    worker.lang = "fil"
    assert worker.act("reply", message="May tanong ako.").status_code == 303
    organizer = desk(app, network.one)
    case = case_of(db)
    organizer.act(case, "accept")
    assert organizer.act(case, "message", text="Kami sudah membaca.").status_code == 303

    hers, theirs = worker.get("case"), organizer.page(f"cases/{case.id}")

    assert '<html lang="fil"' in hers
    assert said(hers, "May tanong ako.") == ("message mine", "fil")
    assert said(hers, "Kami sudah membaca.") == ("message", "id")
    assert '<html lang="id"' in theirs
    assert said(theirs, "May tanong ako.") == ("message", "fil")
    assert said(theirs, "Kami sudah membaca.") == ("message mine", "id")


def said(page: str, words: str) -> tuple[str, str]:
    """On whose side a message stands, and in which language it is marked."""
    found = re.search(
        r'<div class="(message[^"]*)">(?:(?!<div class="message)[\s\S])*?'
        rf'<div class="words" dir="auto"(?: lang="([\w-]+)")?>{words}</div>',
        page,
    )
    assert found, words
    return found[1], found[2] or ""


def test_she_reads_how_far_the_help_is(app: Flask, db: Session, network: Network) -> None:
    worker = reported(app, network)
    organizer = desk(app, network.one)
    organizer.act(case_of(db), "accept")
    steps = {"in_service": "they help you now", "completed": "they finished their part"}

    for state, words in steps.items():
        assert words not in worker.get("case")
        organizer.act(case_of(db), "service", state=state)
        assert words in worker.get("case")


def test_she_reads_that_the_help_did_not_come_to_its_end(
    app: Flask, db: Session, network: Network
) -> None:
    worker = reported(app, network)
    organizer = desk(app, network.one)
    organizer.act(case_of(db), "accept")

    organizer.act(case_of(db), "service", state="not_completed")

    assert "they could not finish their part" in worker.get("case")


def test_no_page_says_choose_below_where_nobody_is_left_to_choose(
    app: Flask, db: Session, network: Network, clock: Clock
) -> None:
    worker = reported(app, network)
    desk(app, network.one).act(case_of(db), "accept")
    for body in (network.root, network.first, network.second):
        body.active = False
    make_version(db, clock())
    db.commit()
    worker.act("withdraw", organization=str(network.first.id))

    page = worker.get("case")

    assert "there is nobody else near you whom we can ask." in page
    assert "works with us yet" not in page
    assert "below" not in page
