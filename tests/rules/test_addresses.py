"""What is a street address beyond doubt, and what only looks a little like one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grievance.rules.addresses import tells_a_street

pytestmark = pytest.mark.plain


@pytest.mark.parametrize(
    "text",
    [
        "Come to 12 Nathan Road, Kowloon", "No. 5 St. Mary's Street", "221b Baker Street",
        "Flat 3B, 12/F Lucky Building", "Unit 4, 3rd floor", "88 Queen's Rd. East",
        "Jl. Sudirman No. 5, Jakarta", "Jalan Ampang 12", "Calle Mayor 12", "Rue de la Paix 4",
        "九龍彌敦道二十三號", "中山北路三段55巷1號", "大埔道１２號", "渋谷区神南1丁目5番",
        "서울 종로구 세종로 209", "ถนนสุขุมวิท 22", "We are open.\nAsk at 7 Garden Lane",
    ],
)  # fmt: skip
def test_a_street_with_its_number_is_an_address(text: str) -> None:
    assert tells_a_street(text)


@pytest.mark.parametrize(
    "text",
    [
        "Open 24 hours on the road to rights", "Founded in 2019. Street outreach each Sunday.",
        "Call 9123 4567", "In 2020 Domestic Workers Street campaign", "HK$ 4870 a month",
        "Room for 30 women", "A house for 12 women and children", "Nathan Road, Kowloon",
        "Help for 18 Filipino Workers close to home", "10 Beds. Close to the station",
        "via WhatsApp 24/7", "rua 8 de marco", "jalan keluar dalam 24 jam", "Soi Dog 24 people",
        "地道的服務第1號", "街頭外展 3個號碼", "第1號表格", "道路安全 24小時", "하루 24시간 길 2개",
        "로비 3명", "ถนนที่มีคนงาน 24 คน", "",
    ],
)  # fmt: skip
def test_what_only_looks_like_one_is_none(text: str) -> None:
    assert not tells_a_street(text)


@given(st.text(alphabet=st.characters(exclude_categories=["Nd", "Nl", "No"])))
def test_without_a_number_nothing_is_an_address(text: str) -> None:
    assert not tells_a_street(
        "".join(sign for sign in text if sign not in "一二三四五六七八九十百")
    )
