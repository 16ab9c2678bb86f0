"""A worker who looks by herself sees how to reach what a file brought, and what may not be seen
she does not."""

import random
import re
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from grievance.casework.directory.contacts import Said, add_contact
from grievance.casework.hsds.reaching import MOST_NUMBERS
from grievance.rules.terms import ContactKind, Visibility
from grievance.store.directory import Organization
from grievance.store.events import OPERATOR
from tests.factories import NOW
from tests.journeys.scale import weighing
from tests.support.hsds_files import A, B, C, folder, numbers, take

pytestmark = pytest.mark.usefixtures("hsds_commands")
D, E, F = (str(UUID(int=number)) for number in (4, 5, 6))
HELP = {
    "organizations": f"id,name,description,website\n{A},Alpha,Helps,https://alpha.example\n",
    "services": f"id,organization_id,name,status,assured_date\n{B},{A},Advice,active,2026-05-02\n",
    "phones": f"id,organization_id,number,type\n{C},{A},+852 2111 1111,voice\n",
    "schedules": "id,service_id,freq,byday,opens_at,closes_at,timezone\n"
    f'{D},{B},WEEKLY,"MO,TU,WE,TH,FR",09:00,17:00,8\n',
}
MOST = 14_000
Page = Callable[..., str]


@pytest.fixture
def page(app: Flask, tmp_path: Path) -> Page:
    """What the page of Hong Kong says once these files came, laid over ``HELP``."""

    def read(lang: str = "en", **files: str) -> str:
        result = take(folder(tmp_path, **{**HELP, **files}), "--country", "HK")
        assert numbers(result)["left out"] == 0, result.output
        return " ".join(app.test_client().get(f"/{lang}/organizations?country=HK").text.split())

    return read


def test_it_tells_number_page_hours_when_last_confirmed_and_where_it_is_from(page: Page) -> None:
    told = page()

    assert '<a class="ltr" href="tel:+85221111111">+852 2111 1111</a>' in told
    assert "https://alpha.example" in told
    assert 'Monday–Friday <span class="ltr">09:00-17:00</span> (Hong Kong time)' in told
    assert "Last confirmed on 2 May 2026." in told
    assert f"From: <bdi>county</bdi>, {NOW.day} November 2026" in told


def test_it_says_so_where_nobody_told_when_it_was_confirmed(page: Page) -> None:
    told = page(services=f"id,organization_id,name,status\n{B},{A},Advice,active\n")

    assert "Nobody told us if this is still right." in told.partition("Alpha")[2]
    assert "Last confirmed" not in told.partition("Alpha")[2]


def test_a_day_that_has_not_come_confirms_nothing(page: Page) -> None:
    row = f"{B},{A},Advice,active,2030-01-01"
    told = page(services=f"id,organization_id,name,status,assured_date\n{row}\n")

    assert "Last confirmed" not in told.partition("Alpha")[2]


def test_numbers_of_services_and_places_are_told_each_once_and_only_so_many(page: Page) -> None:
    told = page(
        locations=f"id,organization_id,location_type\n{E},{A},physical\n",
        phones="id,organization_id,service_id,location_id,number,type\n"
        f"{C},{A},,,+852 2111 1111,voice\n"
        f"{UUID(int=11)},,{B},,(852) 2222-2222,text\n"
        f"{UUID(int=12)},,,{E},844-RIGHTS-9,\n"
        f"{UUID(int=13)},,{B},,+85221111111,voice\n"
        f"{UUID(int=14)},,{B},,+852 2999 9999,fax\n",
    )

    assert 'href="tel:85222222222">(852) 2222-2222<' in told
    assert "<bdi>844-RIGHTS-9</bdi>" in told
    assert told.count("+852 2111 1111") == told.count("tel:+85221111111") == 1
    assert "+85221111111<" not in told
    assert "+852 2999 9999" not in told
    assert told.count("Phone:") == MOST_NUMBERS


def test_nothing_of_a_person_and_nothing_that_is_not_for_everybody_is_told(page: Page) -> None:
    told = page(
        contacts=f"id,organization_id,name,email\n{E},{A},Ms Chan,chan@alpha.example\n",
        locations=f"id,organization_id,location_type,visibility\n{F},{A},physical,network\n",
        phones="id,organization_id,contact_id,location_id,number,visibility\n"
        f"{C},{A},,,+852 2111 1111,Public\n"
        f"{UUID(int=11)},{A},,,+852 2222 2222,coordinator\n"
        f"{UUID(int=12)},,{E},,+852 2333 3333,\n"
        f"{UUID(int=13)},{A},{E},,+852 2444 4444,\n"
        f"{UUID(int=14)},{A},,{F},+852 2555 5555,\n",
    )

    assert "2111 1111" in told
    for hidden in ("2222 2222", "2333 3333", "2444 4444", "2555 5555", "Ms Chan", "chan@alpha"):
        assert hidden not in told, hidden


def test_no_address_is_told_and_of_a_shelter_a_plain_number_alone(page: Page) -> None:
    told = page(
        organizations=f"id,name,description,website\n{A},Alpha,Helps,https://alpha.example\n"
        f"{E},Dawn Shelter,,https://dawn.example/find-us\n",
        services=f"id,organization_id,name,status,url\n{B},{A},Advice,active,\n"
        f"{F},{E},Beds,active,https://dawn.example/door\n",
        locations=f"id,organization_id,location_type\n{UUID(int=21)},{A},physical\n",
        addresses="id,location_id,address_1,city,state_province,postal_code,country,address_type\n"
        f"{UUID(int=22)},{UUID(int=21)},1 Long Street,Kowloon,-,-,HK,physical\n",
        phones="id,organization_id,number,visibility\n"
        f"{C},{E},+852 2777 7777,\n{UUID(int=23)},{E},ring at 5 Dark Lane,\n"
        f"{UUID(int=24)},{E},+852 2888 8888,network\n{UUID(int=25)},{E},+852 2888 0000,private\n",
        schedules=f"id,service_id,description\n{D},{F},Open at 5 Dark Lane\n",
    )

    assert "+852 2777 7777" in told
    for hidden in ("Long Street", "Kowloon", "Dark Lane", "find-us", "e/door", "+852 2888"):
        assert hidden not in told, hidden


def test_services_with_other_hours_are_named_and_words_stand_where_no_week_does(page: Page) -> None:
    two = page(
        services=f"id,organization_id,name,status\n{B},{A},Advice,active\n{E},{A},Clinic,active\n",
        schedules="id,service_id,freq,byday,opens_at,closes_at\n"
        f'{D},{B},WEEKLY,"SA,SU",09:00,17:00\n{F},{E},WEEKLY,TU,18:00-05:00,20:00-05:00\n',
    )
    words = page(schedules=f"id,service_id,description\n{D},{B},Sundays after church\n")

    assert '<bdi>Advice</bdi>: Saturday, Sunday <span class="ltr">09:00-17:00</span>' in two
    assert '<bdi>Clinic</bdi>: Tuesday <span class="ltr">18:00-20:00</span> (UTC-5)' in two
    assert "Opening hours: <bdi>Sundays after church</bdi>" in words


@pytest.mark.parametrize(
    ("written", "dialled"),
    [
        ("(852) 2111-1111", "85221111111"), ("+62 (21) 555.1234", "+62215551234"), ("112", "112"),
        ("911/112", None), ("2722 1234/5", None), ("555-1234 / 555-9876", None),
        ("555-1234 - 555-9876", None), ("5551234 5559876", None), ("+44 (0)20 7946 0000", None),
        ("844-RIGHTS-9", None), ("12", None), ("0812 3456 78901", "0812345678901"),
    ],
)  # fmt: skip
def test_one_number_is_a_link_and_what_may_be_two_is_only_read(
    page: Page, written: str, dialled: str | None
) -> None:
    told = page(phones=f"id,organization_id,number\n{C},{A},{written}\n")

    assert re.findall(r'href="tel:([^"]+)"', told) == ([dialled] if dialled else [])
    assert f">{written}</" in told


def test_hours_that_differ_from_place_to_place_are_not_told_as_one_week(page: Page) -> None:
    places = {
        "locations": f"id,organization_id,location_type\n{UUID(int=31)},{A},physical\n"
        f"{UUID(int=32)},{A},physical\n",
        "service_at_locations": f"id,service_id,location_id\n{E},{B},{UUID(int=31)}\n"
        f"{F},{B},{UUID(int=32)}\n",
    }
    head = "id,service_at_location_id,freq,byday,opens_at,closes_at\n"
    first, second = f"{D},{E},WEEKLY,MO,09:00,12:00\n", f"{UUID(int=33)},{F},WEEKLY,MO,"
    differ = page(**places, schedules=f"{head}{first}{second}10:00,18:00\n")
    same = page(**places, schedules=f"{head}{first}{second}09:00,12:00\n")

    assert "Opening hours" not in differ.partition("Alpha")[2]
    assert 'Monday <span class="ltr">09:00-12:00</span>' in same


def test_hours_that_begin_later_are_no_hours_yet_and_words_stand_beside_a_week(page: Page) -> None:
    head = "id,service_id,freq,byday,opens_at,closes_at,dtstart,description\n"
    later = page(schedules=f"{head}{D},{B},WEEKLY,MO,09:00,12:00,2027-06-01,\n")
    now = page(schedules=f"{head}{D},{B},WEEKLY,MO,09:00,12:00,2026-06-01,By appointment only\n")

    assert "Opening hours" not in later.partition("Alpha")[2]
    assert 'Monday <span class="ltr">09:00-12:00</span>' in now
    assert "<bdi>By appointment only</bdi>" in now
    assert now.partition("Alpha")[2].count("Opening hours") == 1


def test_ways_that_people_wrote_stand_alone(page: Page, db: Session) -> None:
    page()
    said = Said(ContactKind.PHONE, "+852 2345 6789", Visibility.PUBLIC)
    add_contact(db, UUID(A), said, actor=OPERATOR, now=NOW)
    body = db.get_one(Organization, UUID(A))
    body.calendar = {"zone": "Asia/Jakarta", "hours": {"sun": ["10:00-12:00"]}, "closed": []}
    body.confirmed_on = date(2026, 6, 1)
    db.commit()
    told = page(phones=HELP["phones"] + f"{E},{A},+852 2999 9999,voice\n")

    assert "+852 2345 6789" in told
    assert "+852 2111 1111" not in told
    assert 'Sunday <span class="ltr">10:00-12:00</span> (Jakarta time)' in told
    assert "Last confirmed on 1 June 2026." in told


def test_what_a_newer_file_lacks_is_told_no_more(page: Page) -> None:
    page(phones=HELP["phones"] + f"{E},{A},+852 2222 2222,voice\n")
    told = page(urls=f"id,organization_id,url\n{F},{A},https://alpha.example/more\n")

    assert "+852 2111 1111" in told
    assert "+852 2222 2222" not in told


@pytest.mark.parametrize("lang", ["en", "fil", "id", "zh-Hant"])
def test_a_page_of_listings_of_which_files_tell_all_stays_light(
    page: Page, app: Flask, lang: str
) -> None:
    chance = random.Random(7)  # noqa: S311 -- the same words each time

    def words(letters: int) -> str:
        return "".join(chr(chance.randrange(0x4E00, 0x9FA0)) for _ in range(letters))

    rows: dict[str, list[str]] = defaultdict(list)
    for number in range(100, 126):
        ids = [str(UUID(int=number * 100 + n)) for n in range(9)]
        rows["organizations"].append(f"{ids[0]},{words(40)},{words(2000)},https://{number}.example")
        for service in (1, 2):
            rows["services"].append(
                f"{ids[service]},{ids[0]},{words(30)},active,2026-05-0{service}"
            )
            hours = f"0{chance.randrange(10)}:30,1{chance.randrange(10)}:45,8"
            rows["schedules"].append(f'{ids[service + 2]},{ids[service]},WEEKLY,"MO,WE,FR",{hours}')
        for phone in (5, 6, 7):
            rows["phones"].append(f"{ids[phone]},{ids[0]},+852 {chance.randrange(10**8):08},voice")
            rows["languages"].append(f"{UUID(int=number * 100 + phone + 10)},{ids[phone]},fil")
            rows["languages"].append(f"{UUID(int=number * 100 + phone + 20)},{ids[phone]},id")
    heads = {name: HELP[name].splitlines()[0] for name in HELP} | {"languages": "id,phone_id,code"}
    files = {name: "\n".join([heads[name], *some, ""]) for name, some in rows.items()}
    with weighing(app) as scale:
        first = page(lang, **files)
        at = first.partition("from=")[2].partition('"')[0]
        rest = app.test_client().get(f"/{lang}/organizations?country=HK&from={at}").text

    shown = [one for told in (first, rest) for one in told.split("<strong><bdi>")[1:]]
    assert sum(one.count("<small>") == MOST_NUMBERS + 1 for one in shown) == 26
    assert len(shown) == 27  # with the network's root
    assert [one.size for one in scale.answers if one.size > MOST] == []
