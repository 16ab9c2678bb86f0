"""Why not there: the whole answer is the route's own; the open one tells nothing of her wishes."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from grievance.rules.conflicts import conflicts_of
from grievance.rules.explaining import Answer, why_not, why_not_openly
from grievance.rules.loads import group_loads
from grievance.rules.network import Directory
from grievance.rules.route import KEPT, Against, Exclusion, Facets, Load, Reason
from grievance.rules.routing import route
from grievance.rules.terms import RespondentKind
from tests.rules.directories import FACETS, TERMS, body, network, service
from tests.rules.test_routing_of_any import FACETS_OF_ANY, LOADS, WISHES, directories

pytestmark = pytest.mark.plain
NO_WISH: frozenset[str] = frozenset()


@settings(max_examples=80)
@given(directories(), FACETS_OF_ANY, LOADS, WISHES, WISHES)
def test_the_whole_answer_is_what_the_route_did(
    directory: Directory,
    facets: Facets,
    loads: dict[str, Load],
    ruled_out: frozenset[str],
    matched: frozenset[str],
) -> None:
    against, alike = Against(matched=matched), group_loads(loads, directory.partners)
    found = route(facets, ruled_out, against, directory, alike, TERMS)
    kept_away = dict(found.exclusions) | conflicts_of(facets, ruled_out, against, directory)

    for one in directory.bodies:
        told = why_not(one, facets, ruled_out, against, directory, alike, TERMS)

        if one in found.organizations:
            place = found.organizations.index(one)
            assert (told.answer, told.place) == (Answer.PROPOSED, place + 1)
            assert told.reasons == found.candidates[place].reasons
            assert told.first == (found.candidates[0] if place else None)
        elif one in kept_away:
            assert (told.answer, told.exclusion) == (Answer.KEPT_AWAY, kept_away[one])
        elif directory.bodies[one].partner:
            assert told.exclusion == Exclusion.OUTSIDE_AREA
        else:
            assert told.answer == Answer.NOT_A_PARTNER


@settings(max_examples=120)
@given(directories(), FACETS_OF_ANY, LOADS, WISHES, WISHES)
def test_the_open_answer_is_the_same_whatever_she_named_or_ruled_out(
    directory: Directory,
    facets: Facets,
    loads: dict[str, Load],
    ruled_out: frozenset[str],
    matched: frozenset[str],
) -> None:
    alike = group_loads(loads, directory.partners)
    wishes, none = Against(matched=matched), Against()
    with_hers = route(facets, ruled_out, wishes, directory, alike, TERMS)
    without = route(facets, NO_WISH, none, directory, alike, TERMS)

    said = {
        one: why_not_openly(
            one, facets, wishes, directory, alike, TERMS, fallback=with_hers.fallback
        )
        for one in directory.bodies
    }

    if with_hers.fallback == without.fallback:
        assert said == {
            one: why_not_openly(
                one, facets, none, directory, alike, TERMS, fallback=without.fallback
            )
            for one in directory.bodies
        }
    if with_hers.fallback:
        assert {one.answer for one in said.values()} <= {Answer.NETWORK, Answer.NOT_A_PARTNER}
    assert not any(told.place or told.first for told in said.values())


def test_who_is_ruled_out_is_told_as_who_stands_lower() -> None:
    directory = network(body("a"), body("b"), body("c", paused=True))
    loads = group_loads({}, directory.partners)

    def openly(one: str) -> object:
        return why_not_openly(
            one, FACETS, Against(matched=frozenset("b")), directory, loads, TERMS, fallback=False
        )

    about_b = Against(matched=frozenset({"b"}))
    whole = why_not("b", FACETS, NO_WISH, about_b, directory, loads, TERMS)
    assert whole.exclusion == Exclusion.RESPONDENT
    assert openly("a") == openly("b")
    assert openly("a") == replace(whole, answer=Answer.FITS, exclusion=None, reasons=(
        Reason.TAKES_PROBLEM, Reason.IN_COUNTRY,
    ))  # fmt: skip
    assert openly("c") == replace(whole, exclusion=Exclusion.PAUSED)
    assert openly("gone") == replace(whole, answer=Answer.UNKNOWN, exclusion=None)


def test_that_it_is_an_office_is_told_where_the_report_is_openly_about_offices() -> None:
    directory = network(body("office", kind="consulate", partner=False), body("a"))
    loads, about = group_loads({}, directory.partners), frozenset({RespondentKind.CONSULATE})

    told = why_not_openly("office", FACETS, Against(about), directory, loads, TERMS, fallback=False)

    assert told.exclusion == Exclusion.OFFICIAL_BODY


def test_behind_the_first_fifty_there_is_no_place() -> None:
    directory = network(*(body(f"p{n:02}", services=(service(),)) for n in range(KEPT + 5)))
    loads = group_loads({}, directory.partners)

    def place(one: str) -> int | None:
        return why_not(one, FACETS, NO_WISH, Against(), directory, loads, TERMS).place

    assert [place("p00"), place("p49"), place("p50")] == [1, 50, None]
