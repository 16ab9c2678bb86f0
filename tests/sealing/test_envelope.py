"""Envelopes: they open with their key in their place, and in no other way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grievance.sealing import (
    CannotOpen,
    KeyPair,
    Sealed,
    new_content_key,
    open_copy,
    open_document,
    open_key,
    seal_copy,
    seal_document,
    seal_key,
)

pytestmark = pytest.mark.plain
KEY, OTHER_KEY = new_content_key(), new_content_key()
PAIR, OTHER_PAIR = KeyPair.generate(), KeyPair.generate()
places = st.binary(max_size=60)


@given(plain=st.binary(max_size=2000), place=places)
def test_a_document_opens_in_its_place(plain: bytes, place: bytes) -> None:
    assert open_document(KEY, seal_document(KEY, plain, place), place) == plain


@given(plain=st.binary(max_size=100), place=places, elsewhere=places)
def test_a_document_moved_to_another_place_does_not_open(
    plain: bytes, place: bytes, elsewhere: bytes
) -> None:
    sealed = seal_document(KEY, plain, place)
    if place != elsewhere:
        with pytest.raises(CannotOpen):
            open_document(KEY, sealed, elsewhere)


@given(plain=st.binary(max_size=100), where=st.integers(min_value=0), bit=st.integers(0, 7))
def test_a_document_with_one_changed_bit_does_not_open(plain: bytes, where: int, bit: int) -> None:
    changed = bytearray(seal_document(KEY, plain, b"place"))
    changed[where % len(changed)] ^= 1 << bit

    with pytest.raises(CannotOpen):
        open_document(KEY, Sealed(bytes(changed)), b"place")


def test_a_document_does_not_open_with_another_key() -> None:
    with pytest.raises(CannotOpen):
        open_document(OTHER_KEY, seal_document(KEY, b"words", b"place"), b"place")


@pytest.mark.parametrize("cut", [0, 1, 5, 13, 28])
def test_a_document_cut_short_does_not_open(cut: int) -> None:
    sealed = seal_document(KEY, b"words", b"place")

    with pytest.raises(CannotOpen):
        open_document(KEY, Sealed(sealed[:cut]), b"place")


def test_the_same_words_never_give_the_same_envelope() -> None:
    assert seal_document(KEY, b"words", b"place") != seal_document(KEY, b"words", b"place")


@given(key=st.binary(min_size=32, max_size=32), place=places)
def test_a_key_opens_for_its_holder(key: bytes, place: bytes) -> None:
    assert open_key(PAIR.private, seal_key(PAIR.public, key, place), place) == key


@pytest.mark.parametrize("size", [0, 31, 33, 2000])
def test_words_do_not_go_where_a_key_goes(size: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        seal_key(PAIR.public, b"w" * size, b"place")


@given(plain=st.binary(max_size=2000), place=places)
def test_a_copy_opens_for_its_holder(plain: bytes, place: bytes) -> None:
    assert open_copy(PAIR.private, seal_copy(PAIR.public, plain, place), place) == plain


@given(place=places, elsewhere=places)
def test_a_copy_opens_for_nobody_else_and_nowhere_else(place: bytes, elsewhere: bytes) -> None:
    sealed = seal_copy(PAIR.public, b"words", place)
    with pytest.raises(CannotOpen):
        open_copy(OTHER_PAIR.private, sealed, place)
    if place != elsewhere:
        with pytest.raises(CannotOpen):
            open_copy(PAIR.private, sealed, elsewhere)


@given(place=places, elsewhere=places)
def test_a_key_moved_to_another_place_does_not_open(place: bytes, elsewhere: bytes) -> None:
    sealed = seal_key(PAIR.public, KEY, place)
    if place != elsewhere:
        with pytest.raises(CannotOpen):
            open_key(PAIR.private, sealed, elsewhere)


@given(where=st.integers(min_value=0), bit=st.integers(0, 7))
def test_a_sealed_key_with_one_changed_bit_does_not_open(where: int, bit: int) -> None:
    changed = bytearray(seal_key(PAIR.public, KEY, b"place"))
    changed[where % len(changed)] ^= 1 << bit

    with pytest.raises(CannotOpen):
        open_key(PAIR.private, Sealed(bytes(changed)), b"place")


def test_a_key_does_not_open_for_another_holder() -> None:
    with pytest.raises(CannotOpen):
        open_key(OTHER_PAIR.private, seal_key(PAIR.public, KEY, b"place"), b"place")


def test_an_envelope_of_one_kind_is_not_one_of_the_other() -> None:
    with pytest.raises(CannotOpen):
        open_document(KEY, seal_key(PAIR.public, KEY, b"place"), b"place")
    with pytest.raises(CannotOpen):
        open_key(PAIR.private, seal_document(KEY, b"words", b"place"), b"place")
    with pytest.raises(CannotOpen):
        open_key(PAIR.private, seal_copy(PAIR.public, KEY, b"place"), b"place")
    with pytest.raises(CannotOpen):
        open_copy(PAIR.private, seal_key(PAIR.public, KEY, b"place"), b"place")


@pytest.mark.parametrize("cut", [0, 1, 20, 40])
def test_a_sealed_key_cut_short_does_not_open(cut: int) -> None:
    with pytest.raises(CannotOpen):
        open_key(PAIR.private, Sealed(seal_key(PAIR.public, KEY, b"p")[:cut]), b"p")
