"""The sharing page's offer: candidates with their cards, and the overseeing desk."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.report.answers import Answers
from grievance.casework.routes.routing import Routed, route_answers
from grievance.rules.needs import Proposal, proposals
from grievance.rules.route import Candidate
from grievance.rules.terms import NEVER_ASKED, ServiceNeed, Sharing
from grievance.rules.urgency import Taxonomy
from grievance.store.directory import Organization, organizations_by_id
from grievance.web import hours_words, need_words
from grievance.web.forms import options
from grievance.web.hours_words import Hours
from grievance.web.labels import label
from grievance.web.locale import country_name, gettext, language, language_name, lazy
from grievance.web.service import now, settings

_WHY = {
    "takes_problem": lazy("They help with this kind of problem."),
    "in_city": lazy("They work in your city."),
    "in_country": lazy("They work in your country of work."),
    "in_region": lazy("They work in this part of the world."),
    "worldwide": lazy("They work in every country."),
    "own_community": lazy("They work with people from your country."),
    "speaks_language": lazy("They speak a language you know."),
    "led_by_migrants": lazy("They are led by migrants."),
    "has_room": lazy("They have room for new reports."),
    "origin_group": lazy("They are a group of people from your country."),
    "chapter": lazy("They belong to the network in your country of work."),
    "regional_body": lazy("They belong to the network in this part of the world."),
    "secretariat": lazy("They hold the network together."),
}


@dataclass(frozen=True)
class Card:
    """What a worker sees of one organization before she chooses."""

    id: str
    name: str
    country: str
    does: str
    helps_with: list[Any]
    languages: list[str]
    free: bool
    why: list[Any]
    hours: Hours | None


@dataclass(frozen=True)
class Group:
    """Cards for the same needs, under words of hers; without words where one need is all she has,
    and without cards where nobody is there for it."""

    heading: str
    cards: list[Card]


@dataclass(frozen=True)
class Offer:
    """Everything the sharing page shows."""

    routed: Routed
    groups: list[Group]
    overseer: Card | None
    sees: str | None  # the overseeing desk's name, where it may see facets without being asked
    kept_away: bool = False  # somebody could be asked, but for whom she named or keeps away

    @property
    def cards(self) -> list[Card]:
        """Every organization that is proposed, in the page's order."""
        return [card for group in self.groups for card in group.cards]


def make_offer(db: Session, answers: Answers, taxonomy: Taxonomy) -> Offer:
    """Route the answers of a report that is not sent yet and describe whom they lead to."""
    routed = route_now(db, answers, taxonomy)
    return describe(db, routed, proposals(routed.route))


def describe(
    db: Session, routed: Routed, proposed: Sequence[Proposal], leave_out: Collection[str] = ()
) -> Offer:
    """Cards for whom a route proposes; ``leave_out``: ids of those who need not be named."""
    shown = [one for each in proposed for one in each.candidates]
    wanted = {UUID(c.organization) for c in shown} | (
        {UUID(routed.overseer)} if routed.overseer else set()
    )
    rows = organizations_by_id(db, list(wanted))
    wanted_help = routed.facets.needs
    above, ids = None, {one.organization for one in shown}
    if routed.overseer and routed.overseer not in {*ids, *leave_out}:
        above = _card(rows[UUID(routed.overseer)], None, wanted_help)
    alone = ids == {routed.overseer}  # a network of one is asked, or sees nothing
    sees = own_name(rows[UUID(routed.overseer)]) if routed.overseer and not alone else None
    one_for_all = len(proposed) == 1 and shown
    groups = [
        Group(
            "" if one_for_all else need_words.heading(each.lines, routed.facets.needs),
            [_card(rows[UUID(c.organization)], c, wanted_help) for c in each.candidates],
        )
        for each in proposed
    ]
    return Offer(routed, groups, above, sees, _somebody_kept_away(routed))


def route_now(db: Session, answers: Answers, taxonomy: Taxonomy) -> Routed:
    """Route on the directory in force today; the page's language counts as one she reads."""
    read = list(dict.fromkeys([*answers.languages, str(language())]))
    answers = replace(answers, languages=read)
    return route_answers(
        db, answers, taxonomy, today=now().date(), confirm_months=settings().confirm_months
    )


def cannot_be_asked(db: Session, answers: Answers, taxonomy: Taxonomy) -> list[str]:
    """Names of those she chose who do not fit any more: she changed an answer since, or they did.

    She hears it before she sends. It does not stop her: nothing blocks a report (design.md 5).
    """
    chosen = [*answers.recipients, *([answers.if_nobody] if answers.if_nobody else [])]
    if answers.sharing != Sharing.CHOSEN or not chosen:
        return []
    routed = route_now(db, answers, taxonomy)
    gone = [one for one in chosen if not routed.allows(one)]
    names = names_of(db, gone)
    return [names.get(one, "") for one in gone]


def offer_recipients(form: Any, offer: Offer, answers: Answers) -> None:
    """Boxes for the cards; a script may also name another candidate that fits."""
    names = {card.id: card.name for card in offer.cards}
    fitting = sorted(offer.routed.route.named - names.keys())
    form.recipients.choices = options([*names.items(), *((one, one) for one in fitting)])
    every = {*names, *fitting, *answers.rule_out}
    above = offer.routed.overseer
    form.if_nobody.choices = options([(above, names.get(above, above))] if above else [])
    form.rule_out.choices = options((one, one) for one in every | ({above} if above else set()))


def _somebody_kept_away(routed: Routed) -> bool:
    """Whether a partner that reads is kept away by what she answered: where nobody is offered, that
    is why, and she must not read that there is nobody."""
    bodies = (routed.directory.bodies.get(one) for one in routed.conflicts)
    return any(b and b.partner and b.has_keys and b.kind not in NEVER_ASKED for b in bodies)


def _card(row: Organization, candidate: Candidate | None, wanted: Collection[str]) -> Card:
    services = [s for s in row.services if s.active]
    chosen = [s for s in services if candidate and s.slug == candidate.service] or services
    given = {need for service in chosen for need in service.needs}
    needs = sorted(given, key=lambda need: (need not in wanted, need))  # what she needs first
    spoken = sorted({tag for service in services for tag in service.languages})
    return Card(
        id=str(row.id),
        name=own_name(row),
        country=country_name(row.country),
        does=row.description.get(language()) or row.description.get("en", ""),
        helps_with=[label(ServiceNeed(need)) for need in needs[:6]],
        languages=[language_name(tag) for tag in spoken[:8]],
        free=any(service.free for service in chosen),
        why=[gettext(_WHY[reason].message) for reason in candidate.reasons] if candidate else [],
        hours=hours_words.of_calendar(row.calendar),
    )


def own_name(row: Organization) -> str:
    """An organization's name in the reader's language, where it has one."""
    return row.names.get(language()) or row.name


def names_of(db: Session, ids: list[str]) -> dict[str, str]:
    """Names of organizations in the reader's language, by id."""
    rows = organizations_by_id(db, [UUID(one) for one in ids if one])
    return {str(key): own_name(row) for key, row in rows.items()}
