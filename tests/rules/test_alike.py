"""How like two respondents are: a table of names in our scripts, and what holds for every name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grievance.rules.alike import PERHAPS, Alike, Likeness, alike, names_alike
from grievance.rules.respondents import Details, hashed_forms, merged, normal_number
from grievance.rules.terms import RespondentKind

pytestmark = pytest.mark.plain
SAME, NEARLY, MAYBE, NOT = Likeness.SAME_NAME, Likeness.NEARLY, Likeness.PERHAPS, None

TABLE = [
    # Latin
    ("Golden Star Employment Agency Ltd", "GOLDEN STAR EMPLOYMENT", SAME),
    ("Golden Star", "Golden Stars Agency", NEARLY),
    ("Al-Noor Manpower", "Alnoor Recruitment", SAME),
    ("Chan Tai Man", "Tai Man Chan", SAME),
    ("Chan Siu Ming", "Chan Sui Ming", NEARLY),
    ("Chan Tai Man", "Chan Tai Wan", NEARLY),  # two people: therefore nothing is merged by itself
    ("Nguyễn Văn An", "Nguyen Van An", SAME),
    ("PT Maju Jaya", "Maju Jaya Abadi", MAYBE),
    ("Mrs Wong", "Wong", MAYBE),
    ("Golden Star", "Silver Moon", NOT),
    ("Hope Agency", "Pope Agency", NOT),
    # Chinese
    ("金星僱傭中心", "金星雇佣中心有限公司", SAME),
    ("陳大文", "陈大文", SAME),
    ("陳大文先生", "陳大文", MAYBE),
    ("陳大文", "陳大明", NOT),
    ("王先生", "李先生", NOT),
    # Thai
    ("บริษัท สยามจัดหางาน จำกัด", "สยามจัดหางาน", SAME),
    ("สยามจัดหางาน", "สยามจัดหางาณ", NEARLY),
    ("กรุงเทพ", "กรุงไทย", NOT),
    # Khmer
    ("ក្រុមហ៊ុន ភ្នំពេញ មេនផៅវើ", "ភ្នំពេញ មេនផៅវើ", SAME),
    ("ភ្នំពេញមេនផៅវើ", "ភ្នំពេញមែនផៅវើ", NEARLY),
    # Bengali, Devanagari
    ("আলিফ ট্রাভেলস", "আলীফ ট্রাভেলস", NEARLY),
    ("মেসার্স আলিফ ট্রাভেলস", "আলিফ ট্রাভেলস", MAYBE),
    ("আলিফ", "আলম", NOT),
    ("हिमालय म्यानपावर", "हिमालयन म्यानपावर", NEARLY),
    # Tamil, Sinhala
    ("அன்பு வேலைவாய்ப்பு", "அன்பு வேலை வாய்ப்பு", SAME),
    ("සමන් එන්ටර්ප්\u200dරයිසස්", "සමන් එන්ටර්ප්රයිසස්", SAME),
    # Burmese
    ("ရွှေမြန်မာ ကုမ္ပဏီ", "ရွှေမြန်မာ", SAME),
    ("ရွှေမြန်မာအေဂျင်စီ", "ရွှေမြန်မာအေဂျင်စိ", NEARLY),
    ("ကမ္ဘာ", "ကမ်း", NOT),
    # Arabic
    ("مكتب النور للاستقدام", "النور للاستقدام", SAME),
    ("شركة النور", "النـور", SAME),
]


@pytest.mark.parametrize(("one", "other", "why"), TABLE)
def test_names_as_people_write_them(one: str, other: str, why: Likeness | None) -> None:
    found = names_alike(one, other)

    assert (found.why if found else None) == why


NAMES = st.one_of(
    st.text(max_size=30), st.sampled_from([name for row in TABLE for name in row[:2]])
)


@given(NAMES, NAMES)
def test_it_is_the_same_whichever_comes_first(one: str, other: str) -> None:
    first, second = names_alike(one, other), names_alike(other, one)

    assert (first and first.rank) == (second and second.rank)


@given(NAMES)
def test_a_name_is_like_itself_or_there_is_nothing_to_see(name: str) -> None:
    found = names_alike(name, name)

    assert found is None or found.why == Likeness.SAME_NAME


@given(st.sampled_from(TABLE), st.sampled_from([str.upper, str.lower, str.title]))
def test_case_and_blanks_change_nothing(row: tuple[str, str, Likeness | None], how: object) -> None:
    one, other, why = row

    found = names_alike(f"  {how(one)} ", other)  # type: ignore[operator]

    assert (found.why if found else None) == why


@given(NAMES, NAMES)
def test_what_is_shown_is_at_least_somewhat_alike_or_one_inside_the_other(
    one: str, other: str
) -> None:
    found = names_alike(one, other)

    assert found is None or found.score > 0
    if found and found.why == Likeness.NEARLY:
        assert found.score >= PERHAPS


AGENCY = RespondentKind.AGENCY_ORIGIN


def test_a_licence_number_is_the_strongest_sign() -> None:
    one = Details(AGENCY, ("Golden Star",), licences=("EA-5567/2024",))
    other = Details(AGENCY, ("Silver Moon",), licences=("ea 5567 2024",))

    assert alike(one, other) == Alike(Likeness.SAME_NUMBER, 100.0, "EA-5567/2024", "ea 5567 2024")


def test_short_numbers_mean_nothing() -> None:
    one, other = (Details(AGENCY, (name,), licences=("12",)) for name in ("Golden Star", "Moon"))

    assert alike(one, other) is None


@given(st.text(alphabet="0123456789ABC -/.", max_size=12))
def test_a_number_is_read_however_it_is_spaced(number: str) -> None:
    assert normal_number(f" {number.lower()}-") == normal_number(number)
    assert normal_number("१२३४") == normal_number("１２３４") == "1234"


PEOPLE = [
    RespondentKind.HOUSEHOLD_MEMBER, RespondentKind.OTHER_WORKER, RespondentKind.UNKNOWN,
]  # fmt: skip


@given(st.sampled_from(PEOPLE), st.booleans(), st.lists(st.text(min_size=1), min_size=1))
def test_a_person_has_nothing_that_is_hashed(
    kind: RespondentKind, company: bool, names: list[str]
) -> None:
    details = Details(kind, tuple(names), licences=("A1234567",), company=company)

    assert hashed_forms(details) == frozenset()


def test_an_employer_is_hashed_only_where_a_person_says_it_is_a_company() -> None:
    one = Details(RespondentKind.EMPLOYER, ("Chan Tai Man",))

    assert hashed_forms(one) == frozenset()
    assert hashed_forms(Details(one.kind, one.names, company=True))


def test_several_records_read_as_one_keep_every_name_once() -> None:
    one = Details(AGENCY, ("A", "B"), ("C",), ("1",))
    other = Details(RespondentKind.EMPLOYER, ("B", "D"), ("C",), ("2",), company=True)

    assert merged([one, other]) == Details(AGENCY, ("A", "B", "D"), ("C",), ("1", "2"), True)
