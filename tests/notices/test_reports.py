"""Delivery reports come from strangers: any bytes are taken, nothing of them is believed."""

from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grievance.notices.marks import RANDOM_BYTES, is_ours, mark
from grievance.notices.reports import Report, read_report, split
from tests.factories import NOW

pytestmark = pytest.mark.plain
SECRET, HERS = b"s" * 32, "maria@example.org"
KINDS = (
    "multipart/report; boundary=x", "message/delivery-status", "message/rfc822",
    "text/rfc822-headers", "message/global", "multipart/mixed; boundary*=utf-9''x",
)  # fmt: skip
pieces = st.sampled_from([
    b"--x\r\n", b"--x--\n", b"\n\n", b"Final-Recipient: rfc822; a@b.c\n", b"Status: 5.1.1\n",
    b"Action: failed\n", b"Content-Transfer-Encoding: base64\n", b"To: =?utf-9?q?=ff?=\n",
    b"Message-ID: <\xff>\n", b"=\xff=\n", b"Content-Type: message/delivery-status\n",
    b"Content-Type: message/rfc822; charset=\xff\n", b"Subject: \xf0\x9f\n x\n", b"From x Mon 1\n",
]) | st.binary(max_size=30)  # fmt: skip


@st.composite
def mails(draw: st.DrawFn) -> bytes:
    kind = draw(st.sampled_from(KINDS))
    return f"Content-Type: {kind}\n\n".encode() + b"".join(draw(st.lists(pieces, max_size=25)))


@given(mails() | st.binary())
@example(b"Content-Type: multipart/mixed; boundary=a\n\n--a\n" * 2000)
@example(b"Content-Type: message/rfc822\n\n" * 5000)
@example(b"Status: 5.1.1\n" * 50_000)
def test_any_bytes_are_read_or_left_alone(raw: bytes) -> None:
    for one in split(raw):
        found = read_report(one)

        assert isinstance(found, Report)
        for returned in found.returned:
            assert returned.addresses
            assert all("@" in address for address in returned.addresses)


def test_several_mails_in_one_file_are_taken_apart() -> None:
    line = b"From MAILER-DAEMON Mon Nov 23 10:00:00 2026\r\n"

    assert split(line + b"A: 1\n\nFrom here on\n" + line + b"B: 2\n") == [
        b"A: 1\n\nFrom here on\n", b"B: 2\n",
    ]  # fmt: skip
    assert split(b"A: 1\n\nFrom here Mon on\n") == [b"A: 1\n\nFrom here Mon on\n"]
    assert split(b" \r\n") == []


@pytest.mark.parametrize(
    ("recipient", "status", "hard", "soft"),
    [
        ("rfc822;Maria@Example.org", "5.1.1", True, False),
        ("RFC822 ; <maria@example.org>", "5.2.1 (disabled)", True, False),
        ("utf-8; maria@example.org", "5.7.1", True, False),
        ("maria@example.org", "4.2.2", False, True),
    ],
)
def test_a_status_and_an_address_are_read_as_servers_write_them(
    recipient: str, status: str, hard: bool, soft: bool
) -> None:
    raw = (
        'Content-Type: multipart/report; boundary="x"\n\n--x\n'
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\n"
        f"Final-Recipient: {recipient}\nAction: FAILED\nStatus: {status}\n\n--x--\n"
    )
    [one] = read_report(raw.encode()).returned

    assert one.addresses == (HERS,)
    assert (one.hard, one.soft) == (hard, soft)


def test_a_quoted_mail_names_itself_and_its_reader() -> None:
    raw = (
        'Content-Type: multipart/report; boundary="x"\n\n--x\n'
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\n"
        "Final-Recipient: rfc822; a@b.c\nAction: failed\nStatus: 5.0.0\n"
        "\n--x\nContent-Type: message/rfc822\n\nTo: <A@b.c>\nMessage-ID: <1@x>\n\nHello\n--x--\n"
    )
    found = read_report(raw.encode())

    assert [one.addresses for one in found.returned] == [("a@b.c",)]
    assert (found.name, found.to) == ("<1@x>", "a@b.c")


def test_a_mail_of_ours_is_known_by_its_name_for_thirty_days() -> None:
    name = mark(SECRET, HERS, NOW, "example.org", lambda n: b"r" * n)

    assert is_ours(SECRET, name, HERS, NOW)
    assert is_ours(SECRET, f" {name} ", HERS, NOW + timedelta(days=30))
    assert not is_ours(SECRET, name, HERS, NOW + timedelta(days=31))
    assert not is_ours(SECRET, name, HERS, NOW - timedelta(days=1))
    assert not is_ours(SECRET, name, "rosa@example.org", NOW)
    assert not is_ours(b"t" * 32, name, HERS, NOW)
    assert HERS not in name


@given(st.text() | st.from_regex(r"<\d{8}\.[0-9a-f]{24}\.[0-9a-f]{32}@x>", fullmatch=True))
def test_nobody_guesses_a_name(name: str) -> None:
    assert not is_ours(SECRET, name, HERS, NOW)


def test_two_mails_of_a_day_have_two_names() -> None:
    names = {mark(SECRET, HERS, NOW, "x", lambda n, of=of: of * n) for of in (b"a", b"b")}

    assert len(names) == 2
    assert RANDOM_BYTES >= 12
