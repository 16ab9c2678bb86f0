"""Who counts as one source of wrong tries, and that a slowed worker keeps what she typed."""

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from grievance.app import create_app
from grievance.casework.directory.listing import load_reference
from grievance.config import Settings
from grievance.store.engine import Database
from grievance.web import limits
from tests.conftest import Clock
from tests.journeys.worker import token_of


@pytest.fixture(autouse=True)
def lists(db: Session, clock: Clock) -> None:
    """The taxonomy, and no tries counted."""
    load_reference(db, clock())
    db.commit()
    limits.forget_all()


def tries(app: Flask, addresses: list[str], header: str = "") -> list[int]:
    """The status of one wrong code from each address."""
    client = app.test_client()
    token = token_of(client.get("/en/case").text)
    found = []
    for address in addresses:
        around = {header: address} if header else {"REMOTE_ADDR": address}
        answer = client.post(
            "/en/case", data={"code": "1234", "csrf_token": token}, environ_overrides=around
        )
        found.append(answer.status_code)
    return found


SAME = [
    [f"2001:db8:1:2:{n:x}::1" for n in range(11)],  # one home's or phone's own 64 bits
    ["192.0.2.1", "::ffff:192.0.2.1"] * 5 + ["::FFFF:C000:201"],
    [f"192.0.2.1:{4000 + n}" for n in range(11)],  # a proxy that writes ports
    [f"[2001:db8::{n:x}]:443" for n in range(11)],
    ["fe80::1%eth0", "fe80::1%eth1"] * 6,
    ["unknown"] * 11,
    ["["] * 11,
    [""] * 11,
]
OTHERS = [
    [f"2001:db8:1:{n:x}::1" for n in range(11)],
    [f"192.0.2.{n}" for n in range(11)],
    [f"::ffff:192.0.2.{n}" for n in range(11)],
]


@pytest.mark.parametrize("addresses", SAME, ids=lambda a: a[-1])
def test_addresses_of_one_network_are_one_source(app: Flask, addresses: list[str]) -> None:
    assert tries(app, addresses)[10] == 429


@pytest.mark.parametrize("addresses", OTHERS, ids=lambda a: a[-1])
def test_other_networks_are_other_sources(app: Flask, addresses: list[str]) -> None:
    assert tries(app, addresses) == [400] * 11


@pytest.mark.parametrize(
    ("proxies", "forwarded", "last"),
    [
        (0, [f"192.0.2.{n}" for n in range(11)], 429),  # what a stranger writes counts for nothing
        (1, [f"192.0.2.{n}" for n in range(11)], 400),
        (1, [f"192.0.2.{n}, 198.51.100.7" for n in range(11)], 429),  # only the proxy's own entry
        (2, [f"192.0.2.{n}, 198.51.100.7" for n in range(11)], 400),
    ],
)
def test_a_forwarded_address_counts_as_the_setting_says(
    settings: Settings, database: Database, proxies: int, forwarded: list[str], last: int
) -> None:
    app = create_app(replace(settings, trusted_proxies=proxies))

    assert tries(app, forwarded, "HTTP_X_FORWARDED_FOR")[10] == last
    app.extensions["grievance"].database.close()


def test_memory_stays_bounded_and_looking_makes_no_entry(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "_MOST_SOURCES", 5)
    held = limits._tries.wrong
    with app.test_request_context(environ_overrides={"REMOTE_ADDR": "192.0.2.200"}):
        limits.check(limits.CODES)

    assert len(held) == 0
    tries(app, [f"192.0.2.{n}" for n in range(9)])
    assert len(held) == 5
    with app.test_request_context(environ_overrides={"REMOTE_ADDR": "192.0.2.8"}):
        for _ in range(50):
            limits.count_wrong(limits.CODES)  # many at once passed the check together
    assert max(len(times) for times in held.values()) == 10


def test_after_ten_wrong_codes_a_source_waits_half_a_minute(app: Flask, clock: Clock) -> None:
    """A hostel is one source: somebody there must not shut the others out."""
    assert tries(app, ["192.0.2.1"] * 11)[-1] == 429
    clock.forward(seconds=29)
    assert tries(app, ["192.0.2.1"]) == [429]
    clock.forward(seconds=2)
    assert tries(app, ["192.0.2.1"] * 2) == [400, 429]


@pytest.mark.parametrize(("lang", "words"), [("en", "Too many tries"), ("id", "Terlalu banyak")])
def test_a_slowed_worker_keeps_what_she_typed_and_reads_why_in_her_language(
    app: Flask, client: FlaskClient, lang: str, words: str
) -> None:
    tries(app, ["127.0.0.1"] * 10)
    token = token_of(client.get(f"/{lang}/case").text)

    answer = client.post(
        f"/{lang}/case",
        data={"code": "1234 5678", "message": "Kanaryo\nand more", "csrf_token": token},
    )

    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 600
    assert "Kanaryo\nand more</textarea>" in answer.text
    assert words in answer.text
    assert "1234 5678" not in answer.text  # a typed code is never shown again
    assert f'lang="{lang}"' in answer.text
