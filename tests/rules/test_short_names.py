"""A body is found by the short form of its Chinese or Korean name; a firm beside it is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grievance.rules.matching import Match, NameIndex
from grievance.rules.short_names import HELPING
from grievance.rules.towns import TOWNS

pytestmark = pytest.mark.plain

NAMES = [
    ("bethune", "白恩逢之家移民婦女庇護所"),
    ("harmony", "和諧之家移民婦女庇護所"),
    ("serve", "桃園市群眾服務協會"),
    ("caritas", "香港明愛亞洲移居人士社會服務計劃"),
    ("help", "家傭匡扶會"),
    ("hope", "希望職工中心"),
    ("new", "新事社會服務中心"),
    ("labour", "台灣國際勞工協會"),
    ("parish", "天主教會新竹教區越南外勞配偶辦公室"),
    ("hanmaeum", "한마음 이주민센터"),
    ("nanum", "안산 이주민센터 나눔터"),
    ("house", "외국인노동자의집 성남"),
    ("japan", "外国人労働者救援センター ひまわり"),
    ("thai", "สมาคมเพื่อนไทย"),
]
INDEX = NameIndex.build(NAMES)
HELPS = sorted(word for word in HELPING if word[0] < "\ua000")
PLACES = sorted(town for town in TOWNS if town[0] < "\ua000")


@pytest.mark.parametrize(
    ("typed", "who"),
    [
        ("白恩逢庇護所", "bethune"),
        ("白恩逢女庇護所", "bethune"),
        ("白恩逢移民婦女之家", "bethune"),
        ("香港白恩逢的社工", "bethune"),
        ("和諧庇護所", "harmony"),
        ("和谐庇护所", "harmony"),
        ("和諧婦女中心", "harmony"),
        ("桃園群眾協會", "serve"),
        ("群眾協會", "serve"),
        ("中壢群眾協會", "serve"),
        ("群眾會", "serve"),
        ("明愛社會服務", "caritas"),
        ("明愛移居服務", "caritas"),
        ("九龍明愛中心", "caritas"),
        ("匡扶協會", "help"),
        ("新事社服", "new"),
        ("台北新事", "new"),
        ("希望庇護所", "hope"),
        ("한마음센터", "hanmaeum"),
        ("한마음 쉼터", "hanmaeum"),
        ("서울 한마음센터 상담소", "hanmaeum"),
        ("안산나눔터", "nanum"),
        ("나눔터 쉼터", "nanum"),
        ("Bethune 白恩逢庇護所 Kowloon", "bethune"),
    ],
)
def test_what_is_left_of_a_name_is_enough(typed: str, who: str) -> None:
    assert INDEX.match(typed).all == {who}


@pytest.mark.parametrize(
    "typed",
    [
        "桃園公司", "桃園人力", "桃園電子廠", "桃園市政府", "台中工廠", "新竹科學園區",
        "高雄漁業公司", "希望人力", "新希望公司", "新事業公司", "和諧號列車", "和諧製衣廠",
        "群力電子", "大眾服務協會", "國際人力", "外籍家庭看護公司", "移民顧問公司", "業主委員會",
        "基督教醫院", "天主教學校", "香港婦女協會", "勞工處", "台北庇護中心", "白先生", "陳美玲",
        "會", "労働者センター", "東京工場", "한국전자", "안산공장", "안산시청", "성남공장",
        "한마디식당", "마음센터", "외국인센터", "노동자센터", "다문화센터", "김민수", "โรงงานไทย",
        "เพือง", "ひまわらない",
    ],
)  # fmt: skip
def test_a_place_a_word_of_the_field_or_half_a_word_is_nobody(typed: str) -> None:
    assert INDEX.match(typed) == Match()


@given(
    st.lists(st.sampled_from("鑫焱淼犇羴蕙橘梧榕樺"), min_size=3, max_size=5, unique=True),
    st.sampled_from(PLACES),
    st.lists(st.sampled_from(HELPS), min_size=2, max_size=4),
)
def test_any_name_is_found_under_other_words_of_the_field(
    own: list[str], place: str, helping: list[str]
) -> None:
    body, (first, *others) = "".join(own), helping
    index = NameIndex.build([("a", f"{place}{body}{first}"), ("b", f"{place}珊瑚{first}")])

    assert index.match(body[:3] + "".join(others)).all == {"a"}
    assert index.match(body[:2] + "".join(others)).all == {"a"}
    assert index.match(body[-3:] + "".join(others)).all == {"a"}


@given(st.sampled_from(PLACES), st.lists(st.sampled_from(HELPS), min_size=1, max_size=3))
def test_places_and_words_of_the_field_alone_point_to_no_name_of_its_own(
    place: str, helping: list[str]
) -> None:
    index = NameIndex.build([("a", "珊瑚樹木"), ("b", "九龍珊瑚木棉庇護所")])

    assert index.match(place + "".join(helping)) == Match()


def test_signs_in_the_names_of_many_mean_nobody() -> None:
    """What stands before them is no place: they open none of these names."""
    many = [(one, f"{one}新希望之家") for one in ("珊瑚", "木棉", "紫荊", "海棠")]
    index = NameIndex.build(many)

    assert index.match("新希望庇護所") == Match()
    assert index.match("木棉庇護所").all == {"木棉"}


def test_bodies_of_many_towns_with_one_name_are_all_meant() -> None:
    towns = ("桃園", "台中", "高雄", "新竹")
    index = NameIndex.build([(town, f"{town}珊瑚服務協會") for town in towns])

    assert index.match("珊瑚協會").all == set(towns)


def test_a_town_that_opens_the_names_of_many_makes_them_no_family() -> None:
    many = [(one, f"桃園{one}新希望之家") for one in ("珊瑚", "木棉", "紫荊", "海棠")]

    assert NameIndex.build(many).match("新希望庇護所") == Match()
