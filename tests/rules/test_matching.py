"""A body that a complaint may be about is found by any distinctive word, also with a slip."""

from importlib.resources import files

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from grievance.rules.common_words import distinctive, place_forms
from grievance.rules.matching import NameIndex
from grievance.rules.names import normal_name

pytestmark = pytest.mark.plain

SEED = files("grievance") / "store" / "seed" / "listings.yaml"
LISTED = yaml.load(SEED.read_text("utf-8"), yaml.BaseLoader)["organizations"]  # noqa: S506
NAMES = [
    (body["id"], name)
    for body in LISTED
    for name in (body["name"], *body.get("names", {}).values(), *body.get("aliases", []))
] + [
    ("sampaguita", "Demo Sampaguita Desk"),
    ("noor", "Al-Noor Workers Centre"),
    ("noor", "مركز النور للعمال"),
    ("golden", "Golden Star Employment Agency Ltd"),
    ("golden", "金星僱傭中心有限公司"),
    ("bethune", "白恩逢之家移民婦女庇護所"),
    ("khmer", "សមាគមផ្កាយមាស"),
    ("brackets", "Hong Kong Union (Weavers)"),
    ("reading", "Taoyuan Reading Circle"),
]
CITIES = {
    area["city"]
    for body in LISTED
    for service in body.get("services", [])
    for area in service["areas"]
    if "city" in area
} | {"Taoyuan"}
INDEX = NameIndex.build(NAMES, cities=CITIES)


@pytest.mark.parametrize(
    ("typed", "who"),
    [
        ("Bethun House", {"bethune"}),
        ("Bethune Shelter", {"bethune"}),
        ("Bethune hostel", {"bethune"}),
        ("BethunHouse", {"bethune"}),
        ("白恩逢之家 灣仔", {"bethune"}),
        ("Sampagita", {"sampaguita"}),
        ("Sampagita desk", {"sampaguita"}),
        ("Sampaguitta Migrant", {"sampaguita"}),
        ("Sampaguita Desk HK office", {"sampaguita"}),
        ("Asosiasi ATKI", {"atki-hk", "atki-taiwan"}),
        ("ATKI office Causeway Bay", {"atki-hk", "atki-taiwan"}),
        ("ATKIHK", {"atki-hk"}),
        ("Alnoor", {"noor"}),
        ("Al Nour", {"noor"}),
        ("النور", {"noor"}),
        ("نور", {"noor"}),
        ("Justice w/o Borders", {"jwb"}),
        ("Golden Stars", {"golden"}),
        ("Goldn Star agency", {"golden"}),
        ("GoldenStar", {"golden"}),
        ("Golden Star Maid Service Wanchai", {"golden"}),
        ("金星雇佣", {"golden"}),
        ("สมาคมเพื่อนไทย", {"friends-of-thai"}),
        ("เพื่อน", {"friends-of-thai"}),
        ("សមាគមផ្កាយមា", {"khmer"}),
        ("ផ្កាយមាស", {"khmer"}),
        ("the Mission", {"mfmw", "apmm"}),
        ("Human Rights Kuwait", {"kshr"}),
        ("Kuwait Society for Human Rits", {"kshr"}),
        ("Workers House Centr", {"workers-house-jo"}),
        ("Migrant eInternational", {"migrante-international"}),
        ("IMAU-SA", {"ima-usa"}),
        ("United Filipinos", {"unifil"}),
        ("Association of Indonesian Migrant Workers", {"atki-hk"}),
        ("Federation of Asian Domestic Worker Unions", {"fadwu"}),
        ("Action Center, International Seafarers', Philippines", {"isac-ph"}),
        ("VietnameseMigrantWorkersandBridesOffice", {"vmwbo"}),
        ("Coalition of Indonesian Migrant Workers Organizations", {"kotkiho"}),
        ("asosiasi tenaga kerja indonesia", {"atki-hk"}),
        ("Indonesian Migrant Workrs Union HK", {"imwu-hk", "imwu-macau"}),
        ("MFMW", {"mfmw"}),
        ("M.F.M.W. in Kowloon", {"mfmw"}),
        ("M M W", {"mfmw"}),
        ("the VODW", {"vodw"}),
        ("ISAC", {"isac-ph"}),
        ("HWC Taoyuan", {"hope-workers-center"}),
        ("caritashongkong", {"caritas-hk-amwsp"}),
        ("bethunehousehongkong", {"bethune"}),
        ("Bethune2024", {"bethune"}),
        ("bethunenya", {"bethune"}),
        ("Intl Migrants Alliance", {"ima"}),
    ],
)
def test_a_distinctive_word_is_enough(typed: str, who: set[str]) -> None:
    assert who <= INDEX.match(typed).all


@pytest.mark.parametrize(
    "typed",
    [
        "Hong Kong", "Hong Kong Union", "agency", "employer Mr Chan", "Family Wong",
        "keluarga Wong", "Mrs Wong Mei", "Indonesian Consulate", "Migrant workers office",
        "Domestic Workers Union", "Taoyuan", "Labour Commission", "United Kingdom",
        "United Arab Emirates", "Indonesian workers", "Bethany House", "general manager",
        "Al Falah Recruitment", "香港中介", "وزارة العمل", "مركز العمال", "Rights",
        "Manila office of the Philippines", "R", "Domestic Workers",
        "missionary", "enrichment", "Bethunia", "sa bahay ng amo", "the secretariat",
        "help@agency.org",
    ],
)  # fmt: skip
def test_common_words_and_others_names_shut_nobody_out(typed: str) -> None:
    bodies = {
        "mfmw",
        "apmm",
        "bethune",
        "noor",
        "workers-house-jo",
        "kabarbumi",
        "reading",
        "unifil",
    }

    found = INDEX.match(typed).all

    assert not found & bodies
    assert len(found) <= 1


@pytest.mark.parametrize(
    "beside", ["{} Hong Kong", "{}, Kowloon", "Ms Siti of {}", "{} leader Ana", "me to {} ok"]
)
def test_a_whole_name_is_found_beside_anything(beside: str) -> None:
    """Also where each of its words is a word of the field, as in "Migrant Workers Union"."""
    lost = [name for one, name in NAMES if one not in INDEX.match(beside.format(name)).all]

    assert lost == []


def test_initials_of_many_names_mean_nobody() -> None:
    unions = [(place, f"{place} Onyx Quartz Union") for place in ("Ash", "Aloe", "Acorn")]
    index = NameIndex.build([*unions, ("b", "Beryl Onyx Quartz Union")])

    assert index.match("AOQU").all == frozenset()
    assert index.match("BOQU").all == {"b"}


def test_three_letters_may_be_a_person() -> None:
    index = NameIndex.build([("a", "Ash Nut Alliance")])

    assert index.match("ANA").all == index.match("ANA Hong Kong").all == {"a"}
    assert index.match("Ana Reyes").all == frozenset()


def test_words_of_many_names_point_together_but_not_alone() -> None:
    index = NameIndex.build(
        [
            ("a", "Golden Bridge Mill"),
            ("b", "Bridge of Silver"),
            ("c", "Old Bridge Circle"),
            ("d", "Blue Silver Lodge"),
            ("e", "Red Silver Lodge"),
        ]
    )

    assert index.match("silver").all == frozenset()
    assert index.match("Bridge").all == {"b"}  # it opens with the word: so it is called
    assert index.match("Silver Bridge, Kowloon").all == {"b"}


@pytest.mark.parametrize(
    ("more", "typed", "who"),
    [
        ({"x": "Gabriela-Migrante Japan"}, "Migrante HK", {"migrante-macau", "unifil"}),
        ({"x": "Mercy Mission Kowloon"}, "Ms Ana of the Mission", {"mfmw", "apmm"}),
        ({"x": "Diocesan Caritas Seoul", "y": "Youth Caritas"}, "caritas hk", {"caritas-lb"}),
    ],
)
def test_a_body_more_takes_the_name_from_nobody(
    more: dict[str, str], typed: str, who: set[str]
) -> None:
    index = NameIndex.build([*NAMES, *more.items()], cities=CITIES)

    assert who <= index.match(typed).all


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Saint Paul Migrant Workers Centre", "st paul centre"),
        ("Salaam Centre", "salaam center kuwait"),
        ("Vista Migrants Network", "vista migrants HK"),
        ("Phoenix House", "Phoenix"),
        ("St. John's Migrant Desk", "st john's migrants"),
    ],
)
def test_a_part_of_a_places_name_is_no_place(name: str, typed: str) -> None:
    """Dar es Salaam, Boa Vista; nor is a town of a wide country that its time is called after."""
    assert NameIndex.build([("a", name)]).match(typed).all == {"a"}


def test_an_ordinary_word_points_only_where_it_is_all_there_is() -> None:
    index = NameIndex.build([("refuge", "The Refuge"), ("human", "Human Rights House Onyx")])

    assert index.match("Refuge Kowloon").all == {"refuge"}
    assert index.match("Human Resources").all == frozenset()
    assert index.match("Human").all == index.match("human rigths onyx").all == {"human"}


SLIPS = {
    "deleted": lambda name, at: name[:at] + name[at + 1 :],
    "doubled": lambda name, at: name[:at] + name[at] + name[at:],
    "swapped": lambda name, at: name[:at] + name[at + 1 : at + 2] + name[at] + name[at + 2 :],
    "another": lambda name, at: name[:at] + name[at - 1] + name[at + 1 :],
}


@settings(max_examples=150)
@given(st.data())
def test_any_name_with_one_slip_is_still_found(data: st.DataObject) -> None:
    long = [(one, name) for one, name in NAMES if len(normal_name(name).replace(" ", "")) >= 6]
    one, name = data.draw(st.sampled_from(long))
    at = data.draw(st.integers(0, len(name) - 1))

    for slip in SLIPS.values():
        assert one in INDEX.match(slip(name, at)).all


def test_each_distinctive_word_alone_finds_its_body() -> None:
    many = {"action", "rights", "spa"}  # the last is a legal form in Italian
    for one, name in NAMES:
        for word in set(distinctive(normal_name(name), place_forms(CITIES)).split()) - many:
            assert one in INDEX.match(word).all, word


@settings(max_examples=150)
@given(st.lists(st.text("bcdfgjkvwxz", min_size=5, max_size=9), min_size=1, max_size=4))
def test_an_unrelated_name_finds_few(words: list[str]) -> None:
    assert len(INDEX.match(" ".join(words)).all) <= 2
