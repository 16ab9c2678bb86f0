"""Forms on paper: her consent by field, printed by who holds the case, never for some bodies."""

import json
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from grievance.casework.case import closing
from grievance.casework.case.working import NotAllowed
from grievance.casework.directory.version import make_version
from grievance.casework.referral import consenting, holding, paper, referring
from grievance.casework.referral.consenting import seal_hers
from grievance.casework.referral.paper import CannotPrint, FormThere, Sheet, Wanted
from grievance.casework.referral.paper_bodies import NeverOnPaper
from grievance.casework.referral.paper_consent import answer_paper, her_forms, take_back
from grievance.casework.referral.paper_contents import PaperWords, Said
from grievance.casework.report.answers import Answers
from grievance.casework.respondents import naming
from grievance.rules.terms import (
    ClosingKind,
    ConsentScope,
    ConsentVia,
    DocumentKind,
    OrganizationKind,
    Outcome,
    PaperField,
    PaperOutcome,
    PaperState,
    WhoAgrees,
)
from grievance.store.cases import Case
from grievance.store.directory import Organization
from grievance.store.documents import documents
from grievance.store.events import Event
from grievance.store.outbox import Notice
from grievance.store.paper import PaperForm
from tests.casework.test_respondents import agency, keeper, made
from tests.casework.world import World, accepted, refer
from tests.factories import NOW, make_organization

TODAY = NOW.date()
Held = tuple[Case, Organization]
WANTED = Wanted(
    listing_id=None, typed_body="Kanaryo Clinic", purpose="Please see her this week",
    answer_to="2345 6789", fields=frozenset(PaperField), consent=ConsentVia.VOICE, language="fil",
    spoken_on=TODAY, valid_until=TODAY + timedelta(days=30),
)  # fmt: skip
ASKED = replace(WANTED, consent=None, language=None, spoken_on=None)


@pytest.fixture
def held(world: World) -> Held:
    """A case that an organization accepted."""
    return accepted(world)


def make(world: World, held: Held, wanted: Wanted = WANTED) -> PaperForm:
    case, body = held
    form = paper.make_form(
        world.db, case, wanted, world.keys(case, body), today=TODAY, actor=world.actor(body),
        now=NOW,
    )  # fmt: skip
    world.db.flush()
    return form


def show(world: World, held: Held, form: PaperForm, today: date = TODAY) -> Sheet:
    case, body = held
    return paper.print_form(
        world.db, case, form, world.keys(case, body), today=today, actor=world.actor(body), now=NOW
    )


def answer(
    world: World, held: Held, form: PaperForm, said: list[PaperField] | None, today: date = TODAY
) -> None:
    case, _ = held
    answer_paper(
        world.db, case, form, said, world.her(case), language="en", today=today, now=NOW
    )  # fmt: skip
    world.db.flush()


def state(world: World, held: Held) -> PaperState:
    [one] = her_forms(world.db, held[0], world.her(held[0]), TODAY)
    return one.state


def verbs(world: World) -> list[str]:
    query = select(Event.verb).where(Event.verb.like("paper%")).order_by(Event.at, Event.verb)
    return list(world.db.scalars(query))


def test_her_recorded_word_makes_a_form_that_prints_what_the_case_holds(
    world: World, held: Held
) -> None:
    form = make(world, held)

    sheet = show(world, held, form)

    assert sheet.sealed.body == "Kanaryo Clinic"
    assert sheet.contents[PaperField.STORY] == ("Kanaryo",)
    assert sheet.contents[PaperField.PLACE] == ("HK", "", "")
    assert (form.via, form.spoken_on, form.language) == ("voice", TODAY, "fil")
    assert form.number.removeprefix("P") != held[0].number


def test_whom_it_is_for_and_what_for_lie_in_no_row_and_no_event(world: World, held: Held) -> None:
    form = make(world, held)
    show(world, held, form)
    world.db.flush()
    row = {c.name: getattr(form, c.name) for c in PaperForm.__table__.columns}
    events = [e.details for e in world.db.scalars(select(Event).where(Event.verb.like("paper%")))]
    [document] = documents(world.db, held[0].id, DocumentKind.PAPER)

    for never in ("Kanaryo", "Clinic", "see her", "2345 6789", "story", "violence"):
        assert never not in f"{row} {events}"
        assert never.encode() not in document.sealed
    assert "place" in form.fields


def test_the_sealed_part_is_as_long_whatever_was_ticked(world: World, held: Held) -> None:
    few = make(world, held, replace(WANTED, fields=frozenset({PaperField.PLACE})))
    every = make(world, held, replace(WANTED, typed_body="Another Clinic"))
    first, second = (
        next(d for d in documents(world.db, held[0].id) if d.id == form.document_id)
        for form in (few, every)
    )

    assert len(first.sealed) == len(second.sealed)


def test_a_question_prints_nothing_before_her_yes(world: World, held: Held) -> None:
    form = make(world, held, ASKED)

    with pytest.raises(CannotPrint):
        show(world, held, form)

    assert state(world, held) == PaperState.ASKED
    assert verbs(world) == ["paper_asked"]


def test_her_yes_to_all_prints_all_that_was_asked(world: World, held: Held) -> None:
    form = make(world, held, ASKED)
    asked = her_forms(world.db, held[0], world.her(held[0]), TODAY)[0].sealed.fields

    answer(world, held, form, None)

    assert set(show(world, held, form).contents) == asked
    assert form.language == "en"
    assert form.answered_at == NOW.replace(minute=0)
    mails = world.db.scalars(select(Notice).where(Notice.organization_id == held[1].id)).all()
    assert {one.made_at for one in mails} == {NOW.replace(minute=0)}


def test_her_yes_to_a_part_prints_that_part_and_keeps_nothing_of_the_rest(
    world: World, held: Held
) -> None:
    form = make(world, held, ASKED)
    [before] = documents(world.db, held[0].id, DocumentKind.PAPER)

    answer(world, held, form, [PaperField.PLACE, PaperField.SAFE_WORD])  # no safe word was asked

    assert set(show(world, held, form).contents) == {PaperField.PLACE}
    assert form.fields == ["place"]
    [after] = documents(world.db, held[0].id, DocumentKind.PAPER)
    assert after.id != before.id


@pytest.mark.parametrize("said", [[], [PaperField.SAFE_WORD]])
def test_a_no_prints_nothing_also_later(world: World, held: Held, said: list[PaperField]) -> None:
    form = make(world, held, ASKED)
    answer(world, held, form, said)
    answer(world, held, form, None)  # from an older page

    with pytest.raises(CannotPrint):
        show(world, held, form)

    assert state(world, held) == PaperState.REFUSED


def test_what_she_took_back_is_printed_no_more_and_twice_is_once(world: World, held: Held) -> None:
    form = make(world, held)
    show(world, held, form)
    take_back(world.db, held[0], form, now=NOW)
    take_back(world.db, held[0], form, now=NOW)
    world.db.flush()

    with pytest.raises(CannotPrint):
        show(world, held, form)

    assert verbs(world).count("paper_taken_back") == 1
    assert form.taken_back_at == NOW.replace(minute=0)


def test_a_no_from_an_older_page_takes_back_her_yes(world: World, held: Held) -> None:
    form = make(world, held, ASKED)
    answer(world, held, form, None)
    answer(world, held, form, [])

    assert state(world, held) == PaperState.TAKEN_BACK


def test_after_its_last_day_it_is_printed_no_more(world: World, held: Held) -> None:
    form = make(world, held)
    assert show(world, held, form, WANTED.valid_until)

    with pytest.raises(CannotPrint):
        show(world, held, form, WANTED.valid_until + timedelta(days=1))


def test_a_yes_after_the_last_day_changes_nothing(world: World, held: Held) -> None:
    form = make(world, held, ASKED)
    answer(world, held, form, None, today=WANTED.valid_until + timedelta(days=1))

    assert form.agreed is None


@pytest.mark.parametrize("how", ["withdrawn", "given back", "handed on"])
def test_who_lost_the_case_prints_nothing_and_asks_nothing(
    world: World, held: Held, how: str
) -> None:
    case, body = held
    form, question = make(world, held), make(world, held, replace(ASKED, typed_body="Another"))
    if how == "withdrawn":
        consenting.withdraw(world.db, case, body.id, world.her(case), NOW)
    elif how == "given back":
        opened = world.keys(case, body)
        holding.give_back(world.db, case, "full", opened, world.desk(body), world.actor(body), NOW)
    else:
        other = world.bodies[1]
        refer(world, case, body, other)
        referring.accept(world.db, case, other.id, world.actor(other), NOW)
    world.db.flush()
    answer(world, held, question, None)

    with pytest.raises(CannotPrint):
        show(world, held, form)
    with pytest.raises(CannotPrint):
        show(world, held, question)
    assert {one.state for one in her_forms(world.db, case, world.her(case), TODAY)} == {
        PaperState.ENDED
    }


def test_the_next_holder_knows_of_a_form_and_cannot_print_or_answer_it(
    world: World, held: Held
) -> None:
    case, body = held
    form = make(world, held)
    other = world.bodies[1]
    refer(world, case, body, other)
    referring.accept(world.db, case, other.id, world.actor(other), NOW)
    world.db.flush()
    form.ended_at = None  # as if it had not been ended

    with pytest.raises(CannotPrint):
        show(world, (case, other), form)
    with pytest.raises(NotAllowed):
        reply(world, (case, other), form)

    assert paper.sealed_part(world.db, form, world.keys(case, other)) is not None


def test_how_soon_stays_as_she_read_it_and_goes_where_she_left_it_out(
    world: World, held: Held
) -> None:
    both = frozenset({PaperField.PRIORITY, PaperField.PLACE})
    kept = make(world, held, replace(ASKED, fields=both))
    left = make(world, held, replace(ASKED, fields=both, typed_body="Bughaw"))
    held[0].urgency = "U0"

    answer(world, held, kept, None)
    answer(world, held, left, [PaperField.PLACE])

    assert show(world, held, kept).contents[PaperField.PRIORITY] == ("normal",)
    assert show(world, held, left).sealed.said.priority == ""
    assert kept.fields == ["priority", "place"]


@pytest.mark.parametrize("days", [-1, 31])
def test_no_form_expects_an_answer_before_it_is_made_or_after_its_end(
    world: World, held: Held, days: int
) -> None:
    with pytest.raises(NotAllowed):
        make(world, held, replace(WANTED, answer_by=TODAY + timedelta(days=days)))


def test_what_was_done_goes_with_her_no_to_it_and_the_day_for_an_answer_stays(
    world: World, held: Held
) -> None:
    more = {"interpreter": "yes", "done": "Bughaw", "answer_by": TODAY}
    form = make(world, held, replace(ASKED, **more))

    answer(world, held, form, [PaperField.PLACE])

    sheet = show(world, held, form)
    assert sheet.sealed.said == Said(answer_by=str(TODAY))
    assert "done" not in form.fields


@pytest.mark.parametrize("who", [WhoAgrees.CAREGIVER, WhoAgrees.OTHER])
def test_nobody_agrees_for_a_grown_up_who_wrote_herself(
    world: World, held: Held, who: WhoAgrees
) -> None:
    with pytest.raises(NotAllowed):
        make(world, held, replace(WANTED, agreed_by=who))


def test_who_agreed_for_a_minor_lies_sealed_and_where_she_is_asked_nobody_else_did(
    world: World,
) -> None:
    held = about(world, age_band="under 18")
    form = make(world, held, replace(WANTED, agreed_by=WhoAgrees.CAREGIVER))
    asked = make(world, held, replace(ASKED, agreed_by=WhoAgrees.OTHER, typed_body="Bughaw"))
    answer(world, held, asked, None)

    assert show(world, held, form).sealed.said.agreed_by == "caregiver"
    assert show(world, held, asked).sealed.said.agreed_by == ""


def test_needs_are_those_of_plain_problems_also_where_she_agreed_to_everything(
    world: World,
) -> None:
    both = about(world, issues=["WAG01", "HEA01", "SAF02", "IMM02"])
    private = about(world, issues=["HEA01"])

    assert show(world, both, make(world, both)).contents[PaperField.NEEDS] == ("WCL",)
    assert PaperField.NEEDS not in show(world, private, make(world, private)).contents


def test_a_form_of_an_older_release_is_read_and_says_no_more_than_it_did() -> None:
    words = {"body": "Bughaw", "purpose": "See her", "answer_to": "2", "fields": {"place": 1}}

    read = PaperWords.from_json(words)

    assert read == PaperWords("Bughaw", "See her", "2", frozenset({PaperField.PLACE}))


def reply(world: World, held: Held, form: PaperForm, text: str = "She may come on Monday") -> None:
    case, body = held
    paper.answer_form(
        world.db, case, form, PaperOutcome.WILL_HELP, text, world.keys(case, body),
        actor=world.actor(body), now=NOW,
    )  # fmt: skip
    world.db.flush()


def test_an_answer_is_kept_sealed_and_its_code_shows(world: World, held: Held) -> None:
    form = make(world, held)
    reply(world, held, form)
    [document] = documents(world.db, held[0].id, DocumentKind.PAPER_ANSWER)

    assert form.outcome == PaperOutcome.WILL_HELP
    assert b"Monday" not in document.sealed
    answers = paper.paper_answers(world.db, held[0], world.keys(*held))
    assert answers == {form.id: ["She may come on Monday"]}


def test_an_answer_may_come_after_she_took_it_back_but_not_without_her_yes(
    world: World, held: Held
) -> None:
    form, question = make(world, held), make(world, held, replace(ASKED, typed_body="Another"))
    take_back(world.db, held[0], form, now=NOW)
    reply(world, held, form)

    with pytest.raises(NotAllowed):
        reply(world, held, question)

    assert form.outcome == PaperOutcome.WILL_HELP


def test_the_desk_ends_a_form_once(world: World, held: Held) -> None:
    form = make(world, held, ASKED)
    case, body = held
    paper.end_form(world.db, case, form, actor=world.actor(body), now=NOW)
    answer(world, held, form, None)

    with pytest.raises(NotAllowed):
        paper.end_form(world.db, case, form, actor=world.actor(body), now=NOW)

    assert form.agreed is None


@pytest.mark.parametrize("first", [WANTED, ASKED])
def test_a_second_form_for_the_same_body_waits_until_the_first_is_over(
    world: World, held: Held, first: Wanted
) -> None:
    form = make(world, held, first)

    with pytest.raises(FormThere):
        make(world, held, replace(WANTED, typed_body=" kanaryo CLINIC "))

    paper.end_form(world.db, held[0], form, actor=world.actor(held[1]), now=NOW)
    assert make(world, held)


@pytest.mark.parametrize(
    "name", ["Consulate General", "Immigration Department", "Sunshine Employment Agency", "勞工處"]
)
@pytest.mark.parametrize("wanted", [WANTED, ASKED])
def test_no_form_is_made_for_officials_and_agencies_also_not_to_ask_her(
    world: World, held: Held, wanted: Wanted, name: str
) -> None:
    with pytest.raises(NeverOnPaper):
        make(world, held, replace(wanted, typed_body=name))


@pytest.mark.parametrize("kind", list(OrganizationKind))
def test_a_listing_gets_one_unless_it_is_official_or_an_agency(
    world: World, held: Held, kind: OrganizationKind
) -> None:
    listing = make_organization(
        world.db, partner=False, kind=kind, name="Bughaw", aliases=["Berde"]
    )
    make_version(world.db, NOW)
    never = kind in {"consulate", "government", "police", "agency"}

    for wanted in (
        replace(WANTED, listing_id=listing.id, typed_body=""),
        replace(WANTED, typed_body="Berde"),
    ):
        if never:
            with pytest.raises(NeverOnPaper):
                make(world, held, wanted)
        else:
            made = make(world, held, wanted)
            paper.end_form(world.db, held[0], made, actor=world.actor(held[1]), now=NOW)


def test_a_partner_is_asked_here_and_not_on_paper(world: World, held: Held) -> None:
    with pytest.raises(NeverOnPaper):
        make(world, held, replace(WANTED, listing_id=world.bodies[1].id, typed_body=""))


def about(world: World, **changes: object) -> Held:
    """A case about somebody, or without somebody, accepted."""
    return accepted_of(world, replace(world.answers("chosen", [world.bodies[0]], True), **changes))


def test_whom_it_is_about_and_whom_she_keeps_away_get_none(world: World) -> None:
    listing = make_organization(world.db, partner=False, name="Mapagpala Foundation")
    make_version(world.db, NOW)
    by_name = about(world, respondent_kind=["employer"], respondent_names={"employer": "Mapagpala"})
    by_wish = about(world, rule_out=[str(listing.id)])

    for held in (by_name, by_wish):
        for wanted in (
            replace(WANTED, listing_id=listing.id, typed_body=""),
            replace(WANTED, typed_body="Mapagpala Foundation"),
        ):
            with pytest.raises(NeverOnPaper):
                make(world, held, wanted)


def test_whom_the_desks_records_name_gets_none(world: World, held: Held) -> None:
    known = replace(WANTED, typed_body="Mapagpala Foundation", records=(agency("Mapagpala"),))

    with pytest.raises(NeverOnPaper):
        make(world, held, known)

    form = make(world, held, replace(known, records=()))
    case, body = held
    with pytest.raises(NeverOnPaper):
        paper.print_form(
            world.db, case, form, world.keys(case, body), today=TODAY, actor=world.actor(body),
            now=NOW, records=[agency("Mapagpala")],
        )  # fmt: skip


def test_whom_a_record_kept_away_gets_none_also_when_it_is_taken_off(
    world: World, held: Held
) -> None:
    case, body = held
    other = next(one for one in world.bodies if one is not body)
    other.name = "Kintong Bituin"
    make_version(world.db, NOW)
    one = made(world, case, body, agency("Kintong Bituin"))
    naming.unlink(world.db, case, one.id, keeper(world, body))

    with pytest.raises(NeverOnPaper):
        make(world, held, replace(WANTED, typed_body="Kintong Bituin"))


def test_who_reads_from_now_on_alone_makes_no_form(world: World, held: Held) -> None:
    case, third = held[0], world.bodies[2]
    choice = consenting.Choice(third.id, ConsentScope.FROM_NOW, "en")
    routed = world.route(world.answers("chosen", [], last=False))
    consenting.consent(world.db, case, choice, world.her(case), routed, NOW)
    referring.accept(world.db, case, third.id, world.actor(third), NOW)
    contact = {"channel": "phone", "contact": "9123 4567"}
    world.db.add(seal_hers(case, DocumentKind.CONTACT, contact, world.her(case), NOW))
    world.db.flush()

    with pytest.raises(NotAllowed):
        make(world, (case, third))


def test_a_listing_that_became_an_office_is_printed_no_more(world: World, held: Held) -> None:
    listing = make_organization(world.db, partner=False, name="Bughaw")
    form = make(world, held, replace(WANTED, listing_id=listing.id, typed_body=""))
    listing.kind = OrganizationKind.POLICE
    world.db.flush()

    with pytest.raises(NeverOnPaper):
        show(world, held, form)


@pytest.mark.parametrize("until", [TODAY - timedelta(days=1), TODAY + timedelta(days=367)])
def test_a_last_day_lies_within_a_year(world: World, held: Held, until: date) -> None:
    with pytest.raises(NotAllowed):
        make(world, held, replace(WANTED, valid_until=until))


def test_no_form_is_made_of_a_closed_case_or_by_who_cannot_read_it(
    world: World, held: Held
) -> None:
    case, body = held
    with pytest.raises(NotAllowed):
        paper.make_form(
            world.db, case, WANTED, world.keys(case, world.bodies[1]), today=TODAY,
            actor=world.actor(world.bodies[1]), now=NOW,
        )  # fmt: skip
    ending = closing.Closing(Outcome.SETTLED, ClosingKind.RESOLVED, None, None, "")
    closing.close(world.db, case, ending, None, world.actor(body), NOW)

    with pytest.raises(NotAllowed):
        make(world, held)


# A canary for each answer; the words of a list stand for themselves.
CANARIES = {
    "story": "canary-story", "other_place": "canary-place", "contact": "canary-contact",
    "safe_times": "canary-times", "safe_word": "canary-word", "call_me": "canary-name",
}  # fmt: skip
FULL = Answers(
    issues=["WAG01", "DOC04", "IMM02", "HEA01", "SAF02", "RTS02"], danger_now="no",
    when="week", asks=["medical"], country="HK", city="Hong Kong", sector="fishing",
    nationality="NP", languages=["ne"], age_band="45 to 54", sex="other",
    respondent_kind=["broker"], respondent_names={"broker": "canary-respondent"},
    channel="viber", whose_phone="yes", may_say_who="no", for_somebody="yes", **CANARIES,
)  # fmt: skip
# What each field tells; a value that no other field tells.
TELLS = {
    PaperField.PRIORITY: ["emergency", "urgent", "normal"],
    PaperField.INTERPRETER: ["canary-tongue"], PaperField.DONE: ["canary-done"],
    PaperField.CALL_ME: ["canary-name"], PaperField.SAFE_WORD: ["canary-word"],
    PaperField.CONTACT: ["canary-contact", "canary-times", "viber"],
    PaperField.PLACE: ["canary-place", "Hong Kong", "HK"], PaperField.STORY: ["canary-story"],
    PaperField.AGE_BAND: ["45 to 54"], PaperField.NATIONALITY: ["NP"], PaperField.SEX: ["other"],
    PaperField.LANGUAGES: ["ne"], PaperField.SECTOR: ["fishing"], PaperField.WHEN: ["week"],
    PaperField.ASKS: ["medical"], PaperField.RESPONDENT_KINDS: ["broker"],
    PaperField.RESPONDENT_NAMES: ["canary-respondent"], PaperField.PROBLEMS: ["WAG01", "DOC"],
    PaperField.NEEDS: ["WCL", "LEG", "CNA"],
    PaperField.STATUS: ["IMM02"], PaperField.HEALTH: ["HEA01"], PaperField.VIOLENCE: ["SAF02"],
    PaperField.PRIVATE: ["RTS02", "DOC04"],
}  # fmt: skip


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@settings(max_examples=25)
@given(st.data())
def test_no_printed_form_holds_a_field_she_did_not_agree_to(
    world: World, data: st.DataObject
) -> None:
    ticked = data.draw(st.sets(st.sampled_from(list(PaperField)), min_size=1))
    on_her_page = data.draw(st.booleans())
    said = data.draw(st.sets(st.sampled_from(list(PaperField)))) if on_her_page else ticked
    left = replace(
        FULL, sharing="chosen", recipients=[str(world.bodies[0].id)],
        **{name: "" for name in data.draw(st.sets(st.sampled_from(sorted(CANARIES))))},
    )  # fmt: skip
    held = accepted_of(world, left)
    wanted = replace(
        ASKED if on_her_page else WANTED,
        fields=frozenset(ticked),
        typed_body=f"Body {uuid4()}",
        interpreter="canary-tongue",
        done="canary-done",
    )
    form = make(world, held, wanted)
    if on_her_page:
        answer(world, held, form, list(said))
    agreed = ticked & said
    if not form.agreed:
        with pytest.raises(CannotPrint):
            show(world, held, form)
        return

    sheet = show(world, held, form)

    told = [value for values in sheet.contents.values() for value in values]
    assert set(sheet.contents) <= agreed
    for field, values in TELLS.items():
        if field not in agreed:
            assert not set(values) & set(told), field
    assert json.dumps(told).count(held[0].number) == (PaperField.CASE_NUMBER in agreed)


def accepted_of(world: World, answers: Answers) -> Held:
    case = world.file(answers)
    [body] = world.asked(case)
    referring.accept(world.db, case, body.id, world.actor(body), NOW)
    world.db.flush()
    return case, body
