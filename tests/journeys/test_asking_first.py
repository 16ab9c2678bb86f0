"""A desk asks before it accepts: her page, her answer, and what gets in between."""

from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from grievance.casework.referral.asking import expire_due
from grievance.rules.terms import ReferralState
from grievance.store.cases import Case, CaseExclusion
from grievance.store.documents import Document
from grievance.store.outbox import Notice
from grievance.store.questions import Question
from grievance.store.referrals import Referral
from tests.conftest import Clock
from tests.factories import csrf_of
from tests.journeys.test_first_journey import DeskUser, Network, case_of, desk, look, network
from tests.journeys.test_return_page import reported
from tests.journeys.worker import Worker, token_of

__all__ = ["network"]

WARNING = "Do not write your name, phone number or address here."


@pytest.fixture
def asked(app: Flask, db: Session, network: Network) -> tuple[Worker, DeskUser, Case]:
    """A report whose first organization has asked which day is free."""
    worker = reported(app, network)
    case, organizer = case_of(db), desk(app, network.one)
    assert organizer.act(case, "ask", text="Which day is free?").status_code == 303
    return worker, organizer, case


def question_of(db: Session) -> Question:
    [question] = look(db, select(Question))
    return question


def state_of(db: Session) -> str:
    [row] = look(db, select(Referral))
    return str(row.state)


def test_she_is_asked_and_warned_answers_and_the_desk_reads_it(
    app: Flask, db: Session, network: Network, asked: tuple[Worker, DeskUser, Case]
) -> None:
    worker, organizer, case = asked
    page = worker.get("case")
    assert "Which day is free?" in page
    assert WARNING in page
    assert "Sampaguita Demo Desk asks you something before they decide:" in page
    assert state_of(db) == ReferralState.INFO_REQUESTED
    assert "She has not answered yet." in organizer.page(f"cases/{case.id}")

    question = question_of(db)
    answer = worker.act("answer", question=str(question.id), message="Sunday, Liwanag")

    assert answer.status_code == 303
    after = worker.get("case")
    assert WARNING not in after
    assert after.index("Which day is free?") < after.index("Sunday, Liwanag")
    assert state_of(db) == ReferralState.SEEN
    assert "She answered our question" in organizer.page("")
    shown = organizer.page(f"cases/{case.id}")
    assert "Sunday, Liwanag" in shown
    assert "Kanaryo" not in shown
    assert case.number not in organizer.page("cases?referral=answered")
    mails = [one.kind for one in look(db, select(Notice))]
    assert mails.count("item_waits") >= 2


def test_an_empty_answer_and_a_stale_page_lose_nothing(
    app: Flask, db: Session, asked: tuple[Worker, DeskUser, Case]
) -> None:
    worker, _, _ = asked
    question = question_of(db)

    empty = worker.act("answer", question=str(question.id), message="  ")
    stale = worker.client.post(
        "/en/case/answer",
        data={"csrf_token": "no", "question": str(question.id), "message": "Sunday, Liwanag"},
    )

    assert empty.status_code == stale.status_code == 400
    assert "Please write a few words." in empty.text
    assert f'href="#answer-{question.id}"' in empty.text
    assert f'id="answer-{question.id}"' in empty.text
    assert "Sunday, Liwanag</textarea>" in stale.text
    assert state_of(db) == ReferralState.INFO_REQUESTED


def test_an_answer_typed_into_a_session_that_ended_waits_in_its_own_box(
    app: Flask, db: Session, clock: Clock, asked: tuple[Worker, DeskUser, Case]
) -> None:
    worker, _, _ = asked
    question, token = question_of(db), token_of(worker.get("case"))
    clock.forward(minutes=61)

    lost = worker.client.post(
        "/en/case/answer",
        data={"csrf_token": token, "question": str(question.id), "message": "Sunday, Liwanag"},
    )
    assert lost.status_code == 400
    fields = {
        "csrf_token": token_of(lost.text), "code": worker.code, "message": "Sunday, Liwanag",
        "question": str(question.id),
    }  # fmt: skip
    again = worker.client.post("/en/case", data=fields, follow_redirects=True).text

    assert f'value="{question.id}"' in lost.text
    box = again[again.index(f'id="answer-{question.id}"') :].partition("</textarea>")[0]
    assert box.endswith("Sunday, Liwanag")
    assert again.count("Sunday, Liwanag") == 1
    done = worker.act("answer", question=str(question.id), message="Sunday, Liwanag")
    assert done.status_code == 303
    assert worker.get("case").count("Sunday, Liwanag") == 1


def test_an_answer_that_comes_too_late_can_go_as_a_message(
    app: Flask, db: Session, network: Network, asked: tuple[Worker, DeskUser, Case]
) -> None:
    worker, organizer, case = asked
    question = question_of(db)
    assert organizer.act(case, "decline", reason="no_capacity").status_code == 303

    late = worker.act("answer", question=str(question.id), message="Sunday, Liwanag")

    assert late.status_code == 400
    assert "They do not wait for this answer any more." in late.text
    box = late.text[late.text.index('id="message"') :].partition("</textarea>")[0]
    assert box.endswith("Sunday, Liwanag")
    assert not [one for one in look(db, select(Document)) if one.kind == "message"]


def test_the_same_answer_pressed_twice_is_one_and_another_one_is_kept_for_her(
    app: Flask, db: Session, asked: tuple[Worker, DeskUser, Case]
) -> None:
    worker, _, _ = asked
    one = str(question_of(db).id)

    twice = [worker.act("answer", question=one, message="Sunday").status_code for _ in "ab"]
    other = worker.act("answer", question=one, message="Monday, no")

    assert twice == [303, 303]
    assert other.status_code == 400
    assert "Monday, no</textarea>" in other.text
    rows = [row for row in look(db, select(Document)) if row.kind == "question"]
    assert len(rows) == 2


def test_a_question_of_another_case_is_answered_by_nobody(
    app: Flask, db: Session, network: Network, asked: tuple[Worker, DeskUser, Case]
) -> None:
    question = question_of(db)
    other = reported(app, network)

    answer = other.act("answer", question=str(question.id), message="Who is that?")

    assert answer.status_code == 400
    assert "Which day is free?" not in answer.text
    assert "Who is that?</textarea>" in answer.text
    assert other.act("answer", question=str(uuid4()), message="yes").status_code == 303
    assert look(db, select(Question))[0].answered_at is None


def test_a_second_question_is_refused_with_its_words_and_the_same_press_is_one(
    app: Flask, db: Session, asked: tuple[Worker, DeskUser, Case]
) -> None:
    _, organizer, case = asked

    same = organizer.act(case, "ask", text="Which day is free?")
    second = organizer.act(case, "ask", text="And which hour?")
    empty = organizer.act(case, "ask", text=" ")
    long = organizer.act(case, "ask", text="a" * 2001)

    assert same.status_code == 303
    assert second.status_code == 409
    assert "A question of yours waits for her answer." in second.text
    assert "And which hour?" in second.text
    assert empty.status_code == long.status_code == 400
    assert len(look(db, select(Question))) == 1


def test_a_page_grown_old_keeps_the_words_of_a_question(
    app: Flask, db: Session, network: Network
) -> None:
    reported(app, network)
    case, organizer = case_of(db), desk(app, network.one)
    page = organizer.page(f"cases/{case.id}")
    assert organizer.act(case, "accept").status_code == 303

    data = {"csrf_token": csrf_of(page), "text": "Which day is free?"}
    late = organizer.client.post(f"/desk/cases/{case.id}/ask", data=data)

    assert late.status_code == 409
    assert "You can read this case: write her a message." in late.text
    assert "Which day is free?" in late.text


def test_who_has_no_part_in_a_case_cannot_ask_and_finds_nothing(
    app: Flask, db: Session, network: Network, asked: tuple[Worker, DeskUser, Case]
) -> None:
    _, _, case = asked
    stranger, above = desk(app, network.two), desk(app, network.chief)
    token = csrf_of(stranger.page(""))
    data = {"csrf_token": token, "text": "Which day is free?"}

    paths = [f"/desk/cases/{one}/ask" for one in (case.id, uuid4(), "nothing")]
    answers = [stranger.client.post(path, data=data) for path in paths]

    assert {one.status_code for one in answers} == {404}
    assert "Which day is free?" not in above.page(f"cases/{case.id}")
    db.add(CaseExclusion(case_id=case.id, organization_id=network.first.id))
    db.commit()
    kept = desk(app, network.one)
    assert kept.client.get(f"/desk/cases/{case.id}").status_code == 404
    assert kept.client.get("/desk/cases?referral=answered").status_code == 200


def test_the_overseeing_desk_asks_too_and_a_clock_that_ran_out_takes_the_answer_away(
    app: Flask, db: Session, network: Network, clock: Clock,
    asked: tuple[Worker, DeskUser, Case],
) -> None:  # fmt: skip
    worker, _, case = asked
    above = desk(app, network.chief)
    assert above.act(case, "ask", text="Are you safe now?").status_code == 303
    page = worker.get("case")
    assert "Which day is free?" in page
    assert "Are you safe now?" in page
    ids = {one.organization_id: str(one.id) for one in look(db, select(Question))}
    root: UUID = network.root.id
    assert worker.act("answer", question=ids[root], message="Yes, Liwanag").status_code == 303

    clock.forward(days=40)
    expire_due(db, clock())
    db.commit()

    assert "Yes, Liwanag" in desk(app, network.chief).page(f"cases/{case.id}")
    fresh = desk(app, network.one)
    assert fresh.client.get(f"/desk/cases/{case.id}").status_code == 404
    back = Worker(app.test_client()).come_back(worker.code)
    assert WARNING not in back
