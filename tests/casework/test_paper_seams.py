"""Whom no form on paper is made for, whatever the desk can read."""

from dataclasses import replace

import pytest

from grievance.casework.case.working import NotAllowed
from grievance.casework.directory.version import make_version
from grievance.casework.referral import consenting, paper, referring
from grievance.casework.referral.consenting import seal_hers
from grievance.casework.referral.paper_bodies import NeverOnPaper
from grievance.casework.respondents import naming
from grievance.rules.terms import ConsentScope, DocumentKind
from tests.casework.test_paper import TODAY, WANTED
from tests.casework.test_respondents import agency, keeper, made
from tests.casework.world import World, accepted
from tests.factories import NOW


def test_who_reads_from_now_on_alone_makes_no_form(world: World) -> None:
    answers = world.answers("chosen", world.bodies[:1], last=False)
    answers.respondent_kind, answers.respondent_names = ["employer"], {"employer": "Lo Wai Trading"}
    case, (first, _, third) = world.file(answers), world.bodies
    referring.accept(world.db, case, first.id, world.actor(first), NOW)
    choice = consenting.Choice(third.id, ConsentScope.FROM_NOW, "en")
    routed = world.route(world.answers("chosen", [], last=False))
    consenting.consent(world.db, case, choice, world.her(case), routed, NOW)
    referring.accept(world.db, case, third.id, world.actor(third), NOW)
    contact = {"channel": "phone", "contact": "9123 4567"}
    world.db.add(seal_hers(case, DocumentKind.CONTACT, contact, world.her(case), NOW))
    world.db.flush()

    with pytest.raises(NotAllowed):
        paper.make_form(
            world.db, case, replace(WANTED, typed_body="Lo Wai Trading"), world.keys(case, third),
            today=TODAY, actor=world.actor(third), now=NOW,
        )  # fmt: skip


def test_a_typed_name_of_who_is_kept_away_gets_none(world: World) -> None:
    case, body = accepted(world)
    other = next(one for one in world.bodies if one is not body)
    other.name = "Kintong Bituin"
    make_version(world.db, NOW)
    one = made(world, case, body, agency("Kintong Bituin"))
    naming.unlink(world.db, case, one.id, keeper(world, body))
    world.db.flush()

    with pytest.raises(NeverOnPaper):
        paper.make_form(
            world.db, case, replace(WANTED, typed_body="Kintong Bituin"), world.keys(case, body),
            today=TODAY, actor=world.actor(body), now=NOW,
        )  # fmt: skip
