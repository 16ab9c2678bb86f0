"""One stopped draft on two phones: whatever was kept on either is sent or offered again."""

import re

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grievance.store.cases import Case, StoppedDraft
from tests.factories import csrf_of
from tests.intake.conftest import Network, Phone, code_on


@pytest.fixture
def code(phone: Phone, second_phone: Phone, network: Network) -> str:
    """The first phone stopped; the second opened the draft by its code and sent it."""
    phone.press("problem", issues=["WAG01"])
    typed = code_on(phone.press("story", "stop", story="first words").get_data(as_text=True))
    come_back(second_phone, typed)
    second_phone.press("sharing", sharing="nobody")
    return typed


def come_back(phone: Phone, code: str, **more: str) -> str:
    page = phone.client.get("/en/case").get_data(as_text=True)
    fields = {"csrf_token": csrf_of(page), "code": code, **more}
    answer = phone.client.post("/en/case", data=fields, follow_redirects=True)
    return answer.get_data(as_text=True)


def offered_again(page: str) -> str:
    found = re.search(r'<textarea id="message"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert found, page
    return found[1]


def test_a_step_on_the_other_phone_offers_what_was_typed(
    phone: Phone, second_phone: Phone, code: str, db: Session
) -> None:
    open_page = phone.page("story")
    assert second_phone.press("check", "send").status_code == 303

    answer = phone.post("story", open_page, story="second words")

    assert answer.status_code == 200
    assert "second words" in offered_again(answer.get_data(as_text=True))
    assert db.scalar(select(func.count()).select_from(StoppedDraft)) == 0


def test_words_kept_on_one_phone_are_offered_when_the_other_sent(
    phone: Phone, second_phone: Phone, code: str, db: Session
) -> None:
    check = second_phone.page("check")
    assert phone.press("story", story="kept on the first phone alone").status_code == 303
    phone.press("sharing", sharing="nobody")
    mine = phone.page("check")
    assert second_phone.post("check", check, "send").status_code == 303

    pages = [phone.post("check", mine, "send").get_data(as_text=True) for _ in range(2)]
    page = pages[1]  # a browser shows the answer to the second of two taps

    assert offered_again(pages[0]) == offered_again(page)

    assert "kept on the first phone alone" in offered_again(page)
    assert db.scalar(select(func.count()).select_from(Case)) == 1


def test_the_words_can_be_added_with_the_code(phone: Phone, second_phone: Phone, code: str) -> None:
    open_page = phone.page("story")
    second_phone.press("check", "send")
    page = phone.post("story", open_page, story="one thing more").get_data(as_text=True)

    opened = come_back(phone, code, message=offered_again(page))

    assert "one thing more" in opened
