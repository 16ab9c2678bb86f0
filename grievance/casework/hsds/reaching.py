"""How a listing that a file brought is reached by whoever asks it herself: numbers, page, hours.

Only what anybody may read. No address; nothing of a person named in the file; of who gives a place
to sleep, numbers and the hours of a clock alone, for words may tell where it is.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.hsds.gathering import Key, gather
from grievance.rules.contacts import houses
from grievance.rules.hsds.rows import Values, is_public
from grievance.rules.hsds.tables import hanging_keys
from grievance.rules.hsds.weeks import Week, is_of_some_days, read_week
from grievance.store.directory import Organization
from grievance.store.hsds import records_of

Rows = dict[str, dict[UUID, Values]]  # by table and id
MOST_NUMBERS: Final = 3  # twenty-five listings must load on a slow line
MOST_WEEKS: Final = 2
MOST_WORDS: Final = 120  # letters about hours
_LONGEST: Final = 60
# Each after those it may hang on.
_TABLES: Final = ("service", "service_at_location", "location", "phone", "url", "schedule",
                  "language")  # fmt: skip
_HANGS_ON: Final = {one: set(hanging_keys(one)) - {"program_id"} for one in _TABLES}
_NO_VOICE: Final = {"fax", "pager"}
_NOT_GIVEN: Final = {"inactive", "defunct", "temporarily closed"}
# One number: two in a line, or a zero in brackets that is left out from abroad, is only read.
_DIALLED: Final = re.compile(r"[+(]{0,2}[0-9]+(?:[ ().\-]{1,2}[0-9]+)*", re.ASCII)
_DIGITS: Final = range(3, 16)  # a short number for help, up to fifteen (ITU-T E.164)
_LONGEST_AT_HOME: Final = 11  # digits of a number without a country's or a trunk's before it


@dataclass(frozen=True)
class Number:
    """A number as the file has it; ``dialled``, where it is plain, is for a phone's own keys."""

    value: str
    dialled: str | None
    languages: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reach:
    """What a file tells of one listing, where it is from and since when it is here so."""

    source: str
    taken_on: date
    confirmed_on: date | None
    numbers: tuple[Number, ...] = ()
    page: str | None = None
    weeks: tuple[tuple[str, Week], ...] = ()  # a service's name, blank where all have the same
    says: str = ""  # of hours, where no week could be read


def reach_of(db: Session, bodies: Iterable[Organization], today: date) -> dict[UUID, Reach]:
    """Of those that are no partners and that some file told of, by id."""
    asked = {one.id: one for one in bodies if not one.partner}
    rows = records_of(db, "organization", asked)
    told = {uid: row for uid, row in rows.items() if row.missing_since is None}
    bag = gather(db, {("organization", uid) for uid in told}, _TABLES) if told else {}
    found = _by_body(bag, told)
    return {
        uid: _reach(asked[uid], found[uid], row.source, row.taken_at.date(), today)
        for uid, row in told.items()
    }


def _reach(
    body: Organization, rows: Rows, source: str, taken_on: date, today: date
) -> Reach:  # fmt: skip
    """Whoever people wrote contacts or hours of is reached by these."""
    hidden = houses(body.kind, [need for service in body.services for need in service.needs])
    own = bool(body.contacts)
    days = [str(one["assured_date"]) for one in rows["service"].values() if "assured_date" in one]
    confirmed = max((one for one in days if one <= today.isoformat()), default=None)
    return Reach(
        source=source,
        taken_on=taken_on,
        confirmed_on=date.fromisoformat(confirmed) if confirmed else None,
        numbers=() if own else tuple(_numbers(rows, plain_only=hidden)),
        page=None if own or hidden or body.website else _page(rows),
        weeks=() if body.calendar else _weeks(rows, today, named=not hidden),
        says="" if body.calendar or hidden else _says(rows),
    )


def _weeks(rows: Rows, today: date, *, named: bool) -> tuple[tuple[str, Week], ...]:
    """One for all services and places, or those of services under their names."""
    lines: dict[str, dict[str, list[Values]]] = defaultdict(lambda: defaultdict(list))
    for one in rows["schedule"].values():
        at = rows["service_at_location"].get(_uid(one, "service_at_location_id"), {})
        told = {**at, **one}
        service = _uid(told, "service_id")
        name = str(rows["service"].get(service, {}).get("name", ""))
        lines[name][f"{service} {told.get('location_id')}"].append(one)
    read = {name: _of_every(places.values(), today) for name, places in lines.items()}
    weeks = [(name, week) for name, week in sorted(read.items()) if week is not None]
    if len(weeks) == len(read) and all(week == weeks[0][1] for _, week in weeks):
        return tuple(("", week) for _, week in weeks[:1])
    return tuple(one for one in weeks if one[0] and named)[:MOST_WEEKS]


def _of_every(places: Iterable[list[Values]], today: date) -> Week | None:
    """The week of all places of a service; None where they differ, or one cannot be read."""
    first, *others = (read_week(some, today) for some in places)
    return first if all(one == first for one in others) else None


def _uid(values: Values, key: str) -> UUID:
    return UUID(str(values[key])) if key in values else UUID(int=0)


def _says(rows: Rows) -> str:
    told = (str(one["description"]) for _, one in sorted(rows["schedule"].items())
            if "description" in one and not is_of_some_days(one))  # fmt: skip
    return next(told, "")[:MOST_WORDS]


def _by_body(bag: dict[Key, Values], uids: Iterable[UUID]) -> dict[UUID, Rows]:
    """Rows that hang on one organization, its services or its places, by that organization. Left
    out are those that their file keeps from somebody, with all that hangs on them, and those of a
    person or of a service that is not given now."""
    owner = {str(uid): uid for uid in uids}
    kept_away = {str(uid) for (_, uid), values in bag.items() if not is_public(values)}
    placed: dict[str, set[UUID]] = defaultdict(set)
    found: dict[UUID, Rows] = {uid: defaultdict(dict) for uid in owner.values()}
    for table in _TABLES:
        for (name, uid), values in bag.items():
            if name != table:
                continue
            keys = {str(values[one]) for one in _HANGS_ON[table] if one in values}
            if not kept_away.isdisjoint({str(uid), *keys}) or values.get("status") in _NOT_GIVEN:
                kept_away.add(str(uid))
                continue
            place = str(values.get("location_id")) if table == "service_at_location" else None
            owners = {owner[one] for one in keys - {place} if one in owner}
            if table == "location" and not keys:
                owners = placed[str(uid)]
            if len(owners) == 1 and "contact_id" not in values:
                body = owner[str(uid)] = next(iter(owners))
                found[body][table][uid] = values
                if place:
                    placed[place].add(body)
    return found


def _numbers(rows: Rows, *, plain_only: bool) -> Iterator[Number]:
    """Each once, those of the organization itself before those of a service or place."""
    spoken: dict[str, list[str]] = defaultdict(list)
    for one in rows["language"].values():
        spoken[str(one.get("phone_id"))].append(str(one.get("code", "")))
    phones = sorted(
        rows["phone"].items(), key=lambda pair: ("organization_id" not in pair[1], pair)
    )
    seen = set[str]()
    for uid, one in phones:
        value = str(one["number"])[:_LONGEST]
        dialled = _dialled(value)
        told = dialled or value
        unfit = one.get("type") in _NO_VOICE or (plain_only and dialled is None)
        if unfit or told in seen or len(seen) == MOST_NUMBERS:
            continue
        seen.add(told)
        inner = f" ext. {one['extension']}" if "extension" in one else ""
        yield Number(value + inner, dialled, tuple(sorted(filter(None, spoken[str(uid)]))))


def _dialled(value: str) -> str | None:
    plain = re.sub(r"[^0-9+]", "", value)
    fits = _DIALLED.fullmatch(value) and len(plain.lstrip("+")) in _DIGITS and "(0)" not in value
    two = len(plain) > _LONGEST_AT_HOME and not plain.startswith(("+", "0"))
    return plain if fits and not two else None


def _page(rows: Rows) -> str | None:
    """A page of the organization's own before one of a service."""
    told = [str(one["url"]) for table in ("url", "service")
            for _, one in sorted(rows[table].items()) if "url" in one]  # fmt: skip
    return next((one for one in told if one.startswith(("https://", "http://"))), None)
