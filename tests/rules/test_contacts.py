"""How a contact is written, who reads it, and that nothing tells where a shelter is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grievance.rules.contacts import (
    NUMBERS,
    ContactWrong,
    houses,
    may_read,
    read_contact,
    refused_for_shelter,
)
from grievance.rules.terms import ContactKind, Visibility

K, W = ContactKind, ContactWrong


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        (K.PHONE, " +852 9123-4567 ", "+852 9123 4567"),
        (K.PHONE, "00852 (91) 23.45.67", "+852 91 23 45 67"),
        (K.WHATSAPP, "＋８５２９１２３４５６７", "+85291234567"),
        (K.VIBER, "+٩٧١ ٥٠ ١٢٣ ٤٥٦٧", "+971 50 123 4567"),
        (K.PHONE, "9123 4567", W.PHONE),
        (K.PHONE, "+0123456789", W.PHONE),
        (K.PHONE, "+852 91", W.PHONE),
        (K.PHONE, "+852 9123 4567 89012345", W.PHONE),
        (K.PHONE, "call Ana", W.PHONE),
        (K.PHONE, "", W.PHONE),
        (K.EMAIL, "desk@example.org", "desk@example.org"),
        (K.EMAIL, "desk at example", W.EMAIL),
        (K.EMAIL, "", W.WORDS),
        (K.WEB, "https://example.org/help?a=1", "https://example.org/help?a=1"),
        (K.WEB, "http://example.org", W.WEB),
        (K.WEB, "javascript:alert(1)", W.WEB),
        (K.WEB, "https://desk:word@example.org", W.WEB),
        (K.WEB, "https://localhost", W.WEB),
        (K.WEB, "https://[::1", W.WEB),
        (K.WEB, "https://example.org:99999", W.WEB),
        (K.WEB, "https://example.org/a b", W.WEB),
        (K.WEB, "https://example.org\\@evil.org", W.WEB),
        (K.MESSENGER, "sampaguita.desk", "sampaguita.desk"),
        (K.MESSENGER, "https://m.me/desk", "https://m.me/desk"),
        (K.MESSENGER, "http://m.me/desk", W.NAME),
        (K.LINE, "two words", W.NAME),
        (K.IN_PERSON, "in Central, we tell you the place", "in Central, we tell you the place"),
        (K.IN_PERSON, "x" * 201, W.WORDS),
        (K.IN_PERSON, "a\u202eb", W.WORDS),
    ],
)
def test_a_contact_is_kept_as_one_would_dial_it_or_is_refused(
    kind: ContactKind, typed: str, kept: str
) -> None:
    assert read_contact(kind, typed) == kept


@given(st.sampled_from(sorted(ContactKind)), st.text(max_size=60))
def test_any_text_gives_a_value_or_a_reason_and_a_kept_value_stays(
    kind: ContactKind, typed: str
) -> None:
    kept = read_contact(kind, typed)

    assert isinstance(kept, ContactWrong) or read_contact(kind, kept) == kept


@pytest.mark.parametrize("kind", sorted(ContactKind))
@pytest.mark.parametrize("visibility", sorted(Visibility))
def test_a_shelter_gives_no_place_and_in_public_numbers_and_chat_alone(
    kind: ContactKind, visibility: Visibility
) -> None:
    refused = refused_for_shelter(kind, visibility, shelter=True, houses=True)

    chat = kind in NUMBERS | {K.MESSENGER, K.LINE}
    allowed = chat or (visibility != Visibility.PUBLIC and kind != K.IN_PERSON)
    assert (refused is None) == allowed


def test_one_bed_service_among_others_hides_the_place_alone() -> None:
    assert houses("service_ngo", ["WCL", "SHE"])
    assert not houses("service_ngo", ["WCL"])
    for kind in ContactKind:
        refused = refused_for_shelter(kind, Visibility.PUBLIC, shelter=False, houses=True)
        assert (refused is not None) == (kind == K.IN_PERSON)


@pytest.mark.parametrize(
    ("visibility", "stranger", "partner", "charge"),
    [("public", True, True, True), ("network", False, True, True),
     ("coordinator", False, False, True)],
)  # fmt: skip
def test_who_reads_what(visibility: str, stranger: bool, partner: bool, charge: bool) -> None:
    assert may_read(visibility, of_partner=False, in_charge=False) == stranger
    assert may_read(visibility, of_partner=True, in_charge=False) == partner
    assert may_read(visibility, of_partner=False, in_charge=True) == charge
