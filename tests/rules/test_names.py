"""Names of one body are found in every spelling; a place or a common word names nobody."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grievance.rules import common_words, names, short_names, towns
from grievance.rules.matching import Match, NameIndex
from grievance.rules.names import normal_name

pytestmark = pytest.mark.plain

NAMES = NameIndex.build(
    [
        ("consulate", "Konsulat Jenderal Republik Indonesia"),
        ("caritas", "香港明愛僱傭中心有限公司"),
        ("desk", "Sampaguita Desk"),
        ("sri", "Sri Manpower Agency Ltd"),
        ("empty", "Agency Ltd"),
        ("viet", "Đoàn Kết"),
        ("dragon", "龍發僱傭中心"),
    ]
)


@pytest.mark.parametrize(
    ("typed", "who"),
    [
        ("KONSULAT JENDRAL republik indonesia", "consulate"),
        ("香港明爱雇佣中心", "caritas"),
        ("明愛", "caritas"),
        ("僱傭明愛", "caritas"),
        ("sampagita desk", "desk"),
        ("SAMPAGUITA DESK Co., Ltd.", "desk"),
        ("Ѕаmраguіtа Dеsk", "desk"),
        ("sri", "sri"),
        ("Konsulat Republik Indonesia", "consulate"),
        ("doan ket", "viet"),
        ("\uf9c4發", "dragon"),  # a compatibility ideograph
    ],
)
def test_one_body_is_found_in_other_spellings(typed: str, who: str) -> None:
    assert who in NAMES.match(typed).all


@pytest.mark.parametrize("typed", ["", "agency", "\u3164", "\u200b", "Ltd.", "Waling"])
def test_what_names_nobody_matches_nobody(typed: str) -> None:
    assert NAMES.match(typed) == Match()


@pytest.mark.parametrize("name", ["ज्योति सेवा", "ខ្មែរ", "မြန်မာ", "තමිල්"])
def test_vowel_signs_survive(name: str) -> None:
    assert normal_name(name) == name.casefold()


@given(st.text(max_size=60))
@example("0\x80\u0eb1")
@example("w\U0008beba\u0340")
@example("\u0111\u1de1")
@example("\u1106\u23ef\u116b")
def test_any_name_has_a_normal_form_that_stays(name: str) -> None:
    assert normal_name(normal_name(name)) == normal_name(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Sampa\u200bguita", "Sampaguita"),
        ("Sampa\u00adguita", "Sampaguita"),
        ("ශ්\u200dරී ලංකා", "ශ්රී ලංකා"),  # with and without the joiner
        ("明\ufe00愛\U000e0100", "明愛"),
        ("A.B.C. Agency", "ABC"),
        ("A. B. C.", "ABC"),
        ("O.W.W.A.", "owwa"),
        ("A.B.C. L.L.C.", "ABC LLC"),
        ("علی کریم", "علي كريم"),
        ("مؤسّسة الأَمَل", "موسسه الامل"),
        ("ΑΒΕ", "ABE"),
        ("Α.Β.Ε.", "ABE"),
        ("ΕΚΤΟΡ", "εκτορ"),
        ("Sampaguita Sp. z o.o.", "Sampaguita"),
        ("K.K. Sampaguita", "Sampaguita"),
        ("P.T. Sampaguita", "Sampaguita"),
        ("Sampaguita L.L.C.", "Sampaguita"),
        ("Sampaguita Pty Ltd", "Sampaguita"),
        ("ООО Ромашка", "Ромашка"),
        ("주식회사한빛", "한빛"),
        ("(주)한빛", "한빛"),
        ("บริษัทดอกไม้จำกัด (มหาชน)", "ดอกไม้"),
        ("شركة الأمل ذ.م.م", "الامل"),
        ("Công ty TNHH Hoa Sen", "Hoa Sen"),
        ("一般社団法人ひかり", "ひかり"),
        ("龍發人力資源有限公司", "龙发"),
    ],
)
def test_two_spellings_have_one_normal_form(one: str, other: str) -> None:
    assert normal_name(one) == normal_name(other) != ""


def test_every_word_taken_off_stands_in_the_list_as_it_is_looked_for() -> None:
    for word in (
        *names._WORDS_OFF,
        *names._ENDINGS_OFF,
        *common_words._FIELD,
        *common_words._ORDINARY,
        *short_names.HELPING,
        *towns.TOWNS,
    ):
        assert names._folded(word) == word


TOWN = NameIndex.build(
    [
        ("refuge", "Rain Tree Refuge Hong Kong"),
        ("helpers", "Domestic Helpers Union Hong Kong"),
        ("zh", "香港雨樹之家"),
        ("riyadh", "Jasmine House Buraydah"),
        ("lotus-hk", "Lotus Hong Kong"),
        ("lotus-tw", "Lotus Taiwan"),
        ("lotus-jp", "Lotus Japan"),
        ("a", "Golden Bridge"),
        ("b", "Blue Bridge"),
        ("c", "Stone Bridge"),
        ("north", "Harbour North"),
        ("south", "Old Harbour"),
        ("east", "New Harbour"),
    ],
    families={"north": "harbour", "south": "harbour", "east": "harbour"},
    cities={"Buraydah"},
)


@pytest.mark.parametrize(
    "typed",
    [
        "Hong Kong", "Hong Kong Employment Agency", "HONG KONG AGENCY LTD", "香港", "香港僱傭中心",
        "هونغ كونغ", "ฮ่องกง", "Taiwan", "Domestic Helpers Agency", "Filipino Workers", "Buraydah",
        "Bridge", "The Bridge Agency", "Hong Kong Bridge", "Hong Kong Domestic Worker Centre",
    ],
)  # fmt: skip
def test_a_place_or_a_word_of_many_names_is_nobody(typed: str) -> None:
    assert TOWN.match(typed) == Match()


@pytest.mark.parametrize(
    ("typed", "who"),
    [
        ("Rain Tree", {"refuge"}),
        ("Rain Tree Agency Hong Kong", {"refuge"}),
        ("雨樹", {"zh"}),
        ("Domestic Helpers Union Hong Kong", {"helpers"}),
        ("Domestic Helper Union, Hong Kong", {"helpers"}),
        ("Lotus", {"lotus-hk", "lotus-tw", "lotus-jp"}),  # one opening word: it is theirs
        ("Harbour", {"north", "south", "east"}),  # one family
        ("Golden Bridge", {"a"}),
        ("Jasmine House", {"riyadh"}),
    ],
)
def test_a_part_that_points_to_somebody_still_counts(typed: str, who: set[str]) -> None:
    assert who <= TOWN.match(typed).all


def test_names_alike_only_by_their_place_are_two_bodies() -> None:
    index = NameIndex.build([("a", "Hong Kong Domestic Workers Onyx")])

    assert index.match("Hong Kong Domestic Workers Ruby") == Match()
    assert index.match("Hong Kong Domestic Workers Onix").all == {"a"}


def test_a_town_in_its_own_script_is_a_place() -> None:
    index = NameIndex.build([("a", "桃園市群眾服務協會"), ("b", "안산 나눔터")])

    for typed in ("桃園公司", "桃園市", "桃園縣政府", "안산", "안산시"):
        assert index.match(typed) == Match()
    assert index.match("群眾公司").all == {"a"}
    assert index.match("나눔터").all == {"b"}
