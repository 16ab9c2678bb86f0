"""What went wrong elsewhere: two tabs, languages, blanks, lost sessions, leaving, five at once."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grievance.casework.case.retaining import forget
from grievance.casework.directory.version import make_version
from grievance.intake.steps import Step
from grievance.rules.terms import RespondentKind
from grievance.store.cases import Case, Draft, Receipt, StoppedDraft
from grievance.store.outbox import Notice
from tests.conftest import Clock
from tests.factories import NOW, csrf_of, make_member, make_organization
from tests.intake.conftest import Network, Phone, chosen, code_on

BLANKS = ["\u200b" * 15, "\u2800", "\u3164", "\u00ad\u2060", "\ufe0f", " \t\r\n "]


def _count(db: Session, table: type) -> int:
    db.expire_all()
    found = db.scalar(select(func.count()).select_from(table)) or 0
    db.rollback()  # the test lets go of its write transaction
    return found


@pytest.fixture
def ready(phone: Phone, network: Network) -> Phone:
    """A report that only waits for Send."""
    phone.press("problem", issues=["WAG01"])
    phone.press("story", story="first words")
    phone.press("place", country="HK")
    phone.press("sharing", **chosen(network.near))
    return phone


def test_an_older_tab_changes_nothing_and_shows_both(phone: Phone, network: Network) -> None:
    tab = phone.page("story")
    phone.press("story", story="first words")
    for newer in ("", "second words"):
        answer = phone.post("story", tab, story=newer)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 409
        assert "first words" in page
        assert newer in page
    assert "first words" in phone.page("story")
    phone.post("story", page, story="second words")
    assert "second words" in phone.page("story")


def test_send_from_an_older_check_shows_the_page_again(ready: Phone, db: Session) -> None:
    older = ready.page("check")
    ready.press("story", story="newer words")
    answer = ready.post("check", older, "send")
    assert answer.status_code == 400
    assert "newer words" in answer.get_data(as_text=True)
    assert _count(db, Case) == 0


def test_five_presses_of_send_at_once_are_one_case(app: Flask, ready: Phone, db: Session) -> None:
    check = ready.page("check")
    cookie = ready.client.get_cookie("s") or ready.client.get_cookie("__Host-s")
    assert cookie is not None

    def press(_: int) -> tuple[int, str]:
        other = Phone(app.test_client())
        other.client.set_cookie(cookie.key, cookie.value, secure=cookie.secure)
        answer = other.post("check", check, "send")
        return answer.status_code, answer.location or ""

    with ThreadPoolExecutor(5) as pool:
        answers = set(pool.map(press, range(5)))
    assert answers == {(303, "/en/report/sent")}
    assert code_on(ready.page("sent")) == code_on(check)
    assert _count(db, Case) == _count(db, Receipt) == _count(db, Notice) == 1


def test_a_first_press_that_comes_twice_is_one_draft(app: Flask, phone: Phone, db: Session) -> None:
    page = phone.page("story")
    cookie = phone.client.get_cookie("s") or phone.client.get_cookie("__Host-s")
    assert cookie is not None

    def press(_: int) -> int:
        other = Phone(app.test_client())
        other.client.set_cookie(cookie.key, cookie.value, secure=cookie.secure)
        return other.post("story", page, story="words").status_code

    with ThreadPoolExecutor(3) as pool:
        assert set(pool.map(press, range(3))) == {303}
    assert _count(db, Draft) == 1


@pytest.mark.parametrize("step", ["story", "problem", "place", "sharing"])
def test_another_language_saves_first(
    phone: Phone, network: Network, languages: object, step: str
) -> None:
    every: dict[str, dict[str, Any]] = {
        "story": {"story": "three hundred letters", "asks": []},
        "problem": {"issues": ["WAG"]},
        "place": {"country": "HK", "sector": "domestic_work"},
        "sharing": {"sharing": "nobody"},
    }
    answers = every[step]
    phone.press("story", story="words")
    answer = phone.press(step, language="id", **answers)
    assert answer.location.startswith(f"/id/report/{step}")
    phone.language = "id"
    phone.press(step, language="en", **answers)
    phone.language = "en"
    page = phone.page(step)
    assert "three hundred letters" in page or " checked" in page


@pytest.mark.parametrize("blank", BLANKS)
def test_words_that_nobody_can_see_are_no_words(phone: Phone, network: Network, blank: str) -> None:
    answer = phone.press("story", story=blank)
    assert answer.status_code == 400
    assert "write a few words" in answer.get_data(as_text=True)


@pytest.mark.parametrize("letter", ["a", "\U00020bb7"])
def test_a_text_of_the_longest_length_is_kept_whole(
    phone: Phone, network: Network, letter: str
) -> None:
    words = (letter * 39 + "\r\n") * 499 + letter * 40
    assert phone.press("story", story=words).status_code == 303
    assert phone.page("story").count(letter * 39) >= 500


def test_a_text_too_long_comes_back_whole(phone: Phone, network: Network) -> None:
    answer = phone.press("story", story="a" * 20_003)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "3 letters too long" in page
    assert "a" * 20_003 in page


@pytest.mark.parametrize("step", ["story", "place", "contact"])
def test_a_stale_token_gives_the_form_again_with_her_words(
    phone: Phone, network: Network, step: str
) -> None:
    field = {"story": "story", "place": "other_place", "contact": "call_me"}[step]
    phone.page(step)
    answer = phone.client.post(
        f"/en/report/{step}", data={"csrf_token": "old", field: "my words", "revision": "2"}
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "my words" in page
    assert "does not hold your earlier answers" in page
    assert phone.post(step, page, **{field: "my words"}).status_code in {303, 400}


@pytest.mark.parametrize("address", ["check", "sharing", "sent"])
def test_a_lost_session_is_said_plainly(phone: Phone, network: Network, address: str) -> None:
    assert "No report is open here" in phone.page(address)
    answer = phone.client.post(f"/en/report/{address}", data={"action": "send"})
    assert answer.status_code == 400


def test_a_session_of_60_idle_minutes_holds_nothing(app: Flask, ready: Phone, clock: Clock) -> None:
    clock.forward(minutes=61)
    assert "No report is open here" in ready.page("check")


def test_a_start_page_says_only_that_a_report_is_open(ready: Phone, db: Session) -> None:
    code = code_on(ready.page("check"))
    page = ready.client.get("/en/").get_data(as_text=True)
    assert "A report is open on this phone" in page
    assert "first words" not in page
    assert code[:8] not in re.sub(r"<[^>]+>|\s", "", page)
    assert code not in re.sub(r"\s", "", page)  # nor within a tag
    token = csrf_of(page)
    answer = ready.client.post("/en/report/resume", data={"csrf_token": token, "action": "close"})
    assert answer.location == "/en/"
    assert _count(db, Draft) == 0
    assert "Use this safely" in ready.client.get("/en/").get_data(as_text=True)


def test_after_send_a_step_changes_nothing_and_offers_what_she_typed(
    ready: Phone, db: Session
) -> None:
    page = ready.page("story")
    ready.press("check", "send")
    assert ready.client.get("/en/report/story").location == "/en/report/sent"
    answer = ready.post("story", page, story="one more thing")
    assert "one more thing" in answer.get_data(as_text=True)
    assert "Add this to your report" in answer.get_data(as_text=True)
    assert _count(db, Draft) == 0


def test_the_code_is_never_shown_after_i_have_it(ready: Phone) -> None:
    code = code_on(ready.page("check"))
    ready.press("check", "send")
    ready.press("sent", "kept")
    for address in ("/en/report/sent", "/en/report/story", "/en/report/check", "/en/", "/en/case"):
        page = ready.client.get(address, follow_redirects=True).get_data(as_text=True)
        assert code[:8] not in page.replace("</span><span>", "").replace(" ", "")
    kept = ready.page("sent")
    assert kept.index('class="button main"') < kept.index('value="another"')


def test_another_report_has_another_code_and_cookie(ready: Phone) -> None:
    code = code_on(ready.page("check"))
    cookie = ready.client.get_cookie("s") or ready.client.get_cookie("__Host-s")
    ready.press("check", "send")
    ready.press("sent", "another")  # before she has the code: it stays
    assert code_on(ready.page("sent")) == code
    ready.press("sent", "kept")
    assert ready.press("sent", "another").location == "/en/report/problem"
    renewed = ready.client.get_cookie("s") or ready.client.get_cookie("__Host-s")
    assert cookie is not None
    assert renewed is not None
    assert cookie.value != renewed.value
    ready.press("story", story="second report")
    assert code_on(ready.page("check")) != code


@pytest.mark.parametrize(
    "header",
    [("Sec-Purpose", "prefetch;prerender"), ("Purpose", "prefetch"), ("X-Moz", "prefetch")],
)
def test_a_prefetch_of_leave_ends_nothing(ready: Phone, header: tuple[str, str]) -> None:
    ready.client.get("/leave", headers=[header])
    ready.client.head("/leave")
    assert "first words" in ready.page("check")


def test_leaving_ends_the_session_and_goes_to_a_neutral_page(ready: Phone, db: Session) -> None:
    answer = ready.client.get("/leave?in=fil")
    assert answer.status_code == 303
    assert answer.location.startswith("https://www.pagasa.dost.gov.ph")
    assert "storage" in answer.headers["Clear-Site-Data"]
    assert answer.headers["Cache-Control"].find("no-store") >= 0
    assert "No report is open here" in ready.page("check")
    assert _count(db, Draft) == 0


@pytest.mark.parametrize(
    ("wished", "first"),
    [("zh-HK,zh;q=0.9", "zh-Hant"), ("in-ID", "id"), ("tl-PH", "fil"), ("yue-HK", "zh-Hant")],
)
def test_the_language_page_suggests_and_never_jumps(
    phone: Phone, problems: None, languages: object, wished: str, first: str
) -> None:
    answer = phone.client.get("/", headers={"Accept-Language": wished})
    assert answer.status_code == 200
    page = answer.get_data(as_text=True)
    assert f'href="/{first}/"' in page[: page.index("<hr>")]


@pytest.mark.parametrize("wished", ["id;q=abc", "*", ";;;", "x" * 8000, "", "xx-YY"])
def test_an_odd_wish_still_gives_every_language(phone: Phone, problems: None, wished: str) -> None:
    answer = phone.client.get("/", headers={"Accept-Language": wished})
    assert answer.status_code == 200
    assert 'href="/en/"' in answer.get_data(as_text=True)


def test_a_consulate_is_never_offered_for_a_complaint_about_one(
    phone: Phone, network: Network, db: Session
) -> None:
    office = make_organization(db, name="Consulate Desk", kind="consulate")
    make_member(db, office)
    make_version(db, NOW)
    db.commit()
    phone.press("problem", issues=["WAG01"])
    phone.press("place", country="HK", respondent_kind=[RespondentKind.CONSULATE])
    assert "Consulate Desk" not in phone.page("sharing")


def test_stopping_twice_is_one_copy_under_the_same_code(
    phone: Phone, network: Network, db: Session
) -> None:
    first = code_on(phone.press("story", "stop", story="a").get_data(as_text=True))
    second = code_on(phone.press("story", "stop", story="b").get_data(as_text=True))
    assert first == second
    assert _count(db, StoppedDraft) == 1


def test_a_change_from_the_last_page_leads_back_to_it(ready: Phone) -> None:
    assert "/en/report/story?change=1" in ready.page("check")
    page = ready.page("story", "?change=1")
    fields = {"csrf_token": csrf_of(page), "story": "changed", "revision": "1"}
    answer = ready.client.post("/en/report/story?change=1", data=fields)
    assert answer.location == "/en/report/check"
    assert "changed" in ready.page("check")


def test_an_answer_not_offered_is_asked_again_and_the_rest_kept(
    phone: Phone, network: Network
) -> None:
    answer = phone.press("place", country="XX", other_place="by the sea", sector="\x00")
    assert answer.status_code == 400
    assert "by the sea" in answer.get_data(as_text=True)


def test_steps_out_of_order_and_unknown_ones_never_fail(phone: Phone, network: Network) -> None:
    for step in ("check", "sent", "nothing", "sharing?part=country", "problem?part=codes"):
        assert phone.client.get(f"/en/report/{step}", follow_redirects=True).status_code == 200


@pytest.mark.parametrize("revision", ["9" * 5000, "٩" * 12, "-1", "1.5", ""])
def test_an_odd_revision_is_no_fault_of_ours(ready: Phone, revision: str) -> None:
    for step, action in (("story", "continue"), ("check", "send")):
        page = ready.page(step)
        assert ready.post(step, page, action, story="w", revision=revision).status_code == 303


def test_nothing_of_an_address_comes_back_in_a_page_that_shows_the_code(ready: Phone) -> None:
    page = ready.page("check", "?part=x1x2x3&change=x4x5x6&y7y8y9=y0y1y2")

    assert not [word for word in ("x1x2x3", "x4x5x6", "y7y8y9", "y0y1y2") if word in page]


def test_answers_that_ended_with_an_idle_session_are_missed_aloud(
    phone: Phone, network: Network, clock: Clock, db: Session
) -> None:
    """Else a report of danger would go out as any other, and she would not know."""
    phone.press("problem", issues=["SAF"])
    phone.press("problem", query="?part=codes", issues=["SAF"], danger_now="yes")
    tab = phone.page("story")
    clock.forward(minutes=61)

    answer = phone.post("story", tab, story="He locks the door.")

    assert answer.status_code == 400
    shown = answer.get_data(as_text=True)
    assert "does not hold your earlier answers" in shown
    assert "He locks the door." in shown
    again = phone.post("story", shown, story="He locks the door.")
    assert (again.status_code, again.location) == (303, "/en/report/place")


@pytest.mark.parametrize(
    ("step", "answers"),
    [("place", {"country": "HK"}), ("contact", {"channel": "none"}), ("sharing", {})],
)
def test_each_later_step_says_that_the_earlier_answers_are_gone(
    phone: Phone, network: Network, clock: Clock, step: str, answers: dict[str, str]
) -> None:
    phone.press("problem", issues=["WAG01"])
    phone.press("story", story="first words")
    tab = phone.page(step)
    clock.forward(minutes=75)

    for shown in (phone.post(step, tab, **answers), phone.client.get(f"/en/report/{step}")):
        said = shown.get_data(as_text=True)
        assert "does not hold your earlier answers" in said or "No report is open here" in said
        assert shown.status_code == (400 if shown.request.method == "POST" else 200)


def test_a_part_that_a_step_does_not_have_is_the_plain_step(phone: Phone, network: Network) -> None:
    phone.press("problem", issues=["WAG01"])
    for step in Step:
        for part in ("codes", "country", "all", "nothing", "\x00"):
            page = phone.client.get(f"/en/report/{step}", query_string={"part": part})
            assert page.status_code == 200
            for action in ("continue", "short", "skip", "stop"):
                sent = {"csrf_token": csrf_of(page.text), "part": part, "action": action}
                answer = phone.client.post(f"/en/report/{step}", data=sent)
                assert answer.status_code < 500, (step, part, action)
                assert "nothing" not in answer.headers.get("Location", "")


def test_a_language_that_is_not_offered_leads_nowhere(phone: Phone, network: Network) -> None:
    phone.press("problem", issues=["WAG01"])

    answer = phone.press("story", story="words", language="ar")

    assert answer.location == "/en/report/place"


def test_a_draft_lives_as_long_as_the_session_that_opens_it(
    phone: Phone, network: Network, clock: Clock, db: Session
) -> None:
    """Its hour is cut, and she may turn pages for long: it is not forgotten under her hands."""
    clock.time = clock.time.replace(minute=59)
    phone.press("problem", issues=["WAG01"])
    phone.press("story", story="No wages since May.")
    for _ in range(4):
        clock.forward(minutes=31)
        page = phone.page("place")
        forget(db, now=clock.time, keep_nobody_months=12)
        db.commit()

    assert phone.post("place", page, country="HK").status_code == 303
    assert "No wages since May." in phone.page("check")
    clock.forward(minutes=121)
    assert forget(db, now=clock.time, keep_nobody_months=12)["drafts"] == 1
    db.rollback()


def test_a_typed_code_puts_no_other_report_away(
    phone: Phone, second_phone: Phone, network: Network
) -> None:
    second_phone.press("problem", issues=["WAG01"])
    stopped = code_on(second_phone.press("story", "stop", story="other").get_data(as_text=True))
    phone.press("problem", issues=["WAG01"])
    phone.press("story", story="first words")
    page = phone.client.get("/en/case").text

    answer = phone.client.post("/en/case", data={"csrf_token": csrf_of(page), "code": stopped})

    assert answer.location == "/en/"
    assert "A report is open on this phone" in phone.client.get("/en/").text
    assert "first words" in phone.page("check")
    phone.client.post("/en/report/resume", data={"csrf_token": csrf_of(page), "action": "close"})
    page = phone.client.get("/en/case").text
    phone.client.post("/en/case", data={"csrf_token": csrf_of(page), "code": stopped})
    assert "other" in phone.page("check")


def test_send_again_leads_to_the_code_as_the_first_did(ready: Phone, db: Session) -> None:
    """A browser shows the answer to the second of two taps."""
    check = ready.page("check")
    code = code_on(check)
    ready.post("check", check, "send")

    again = ready.post("check", check, "send")

    assert (again.status_code, again.location) == (303, "/en/report/sent")
    assert code_on(ready.page("sent")) == code
    assert _count(db, Case) == 1


def test_a_draft_stays_while_another_report_is_opened_by_its_code(
    phone: Phone, second_phone: Phone, network: Network, clock: Clock, db: Session
) -> None:
    code = second_phone.send()
    clock.time = clock.time.replace(minute=59)
    phone.press("problem", issues=["WAG01"])
    phone.press("story", story="No wages since May.")
    page = phone.client.get("/en/case").text
    clock.forward(minutes=31)
    opened = phone.client.post("/en/case", data={"csrf_token": csrf_of(page), "code": code})
    assert opened.location == "/en/case"
    clock.forward(minutes=31)

    assert forget(db, now=clock.time, keep_nobody_months=12)["drafts"] == 0
    db.commit()
    assert "No wages since May." in phone.page("check")
