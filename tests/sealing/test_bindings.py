"""Bindings: no two places give the same bytes."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grievance.sealing import bindings

pytestmark = pytest.mark.plain
words = st.text(max_size=12)
epochs = st.integers(0, 2**32 - 1)
documents = st.tuples(st.uuids(), st.uuids(), words, epochs)
grants = st.tuples(words, st.uuids(), epochs, words, st.binary(max_size=16), epochs)
ONE = UUID(int=1)


def _grant(place: tuple[str, UUID, int, str, bytes, int]) -> bytes:
    kind, case_id, epoch, holder, holder_id, version = place
    return bindings.grant_info(
        kind=kind,
        case_id=case_id,
        epoch=epoch,
        holder=holder,
        holder_id=holder_id,
        key_version=version,
    )


@given(one=st.lists(st.binary(max_size=6)), other=st.lists(st.binary(max_size=6)))
def test_parts_give_the_same_bytes_only_when_they_are_the_same(
    one: list[bytes], other: list[bytes]
) -> None:
    assert (bindings.canonical(*one) == bindings.canonical(*other)) == (one == other)


@given(one=documents, other=documents)
def test_two_documents_never_share_a_binding(
    one: tuple[UUID, UUID, str, int], other: tuple[UUID, UUID, str, int]
) -> None:
    same = bindings.document_binding(*one) == bindings.document_binding(*other)

    assert same == (one == other)


@given(one=grants, other=grants)
def test_two_grants_never_share_a_binding(
    one: tuple[str, UUID, int, str, bytes, int], other: tuple[str, UUID, int, str, bytes, int]
) -> None:
    assert (_grant(one) == _grant(other)) == (one == other)


def test_places_of_different_sorts_differ_although_their_ids_are_alike() -> None:
    places = [
        bindings.document_binding(ONE, ONE, "answers", 0),
        bindings.document_binding(ONE, ONE, "message", 0),
        _grant(("content", ONE, 0, "worker", ONE.bytes, 0)),
        _grant(("content", ONE, 0, "organization", ONE.bytes, 0)),
        bindings.organization_key_info(ONE, 1, ONE),
        bindings.organization_key_info(ONE, 2, ONE),
        bindings.user_binding(ONE, "password"),
        bindings.user_binding(ONE, "recovery"),
        bindings.session_binding(ONE.bytes, "worker"),
        bindings.session_binding(ONE.bytes, "staff"),
        bindings.draft_binding(ONE, "session"),
        bindings.draft_binding(ONE, "code"),
    ]

    assert len(set(places)) == len(places)


def test_the_format_number_stands_first() -> None:
    assert bindings.canonical("anything")[0] == bindings.FORMAT
