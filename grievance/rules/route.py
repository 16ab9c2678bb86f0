"""What goes into a routing decision and what comes out: plain frozen values."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from grievance.rules.terms import NeedLine, RespondentKind, ServiceNeed

# A stored route names it. Raise it with every change of what comes out (a test pins that).
# Those of version 3 knew no lines of needs; all else was the same, so they are replayed without.
RULE_VERSION: Final = 4
WITHOUT_LINES: Final = 3
KEPT: Final = 50  # candidates, exclusions and sealed exclusions that are kept; the rest is counted


class Exclusion(StrEnum):
    """Why a body is not offered; conflicts come first."""

    RESPONDENT = "respondent"
    ABOVE_RESPONDENT = "above_respondent"
    BELOW_RESPONDENT = "below_respondent"
    TIED_TO_RESPONDENT = "tied_to_respondent"
    OFFICIAL_BODY = "official_body"
    RULED_OUT = "ruled_out"
    NEVER_ASKED = "never_asked"
    NO_KEYS = "no_keys"
    PAUSED = "paused"
    FULL = "full"
    LAPSED = "lapsed"
    OUTSIDE_AREA = "outside_area"
    COMMUNITY = "community"
    SECTOR = "sector"
    PERSON = "person"


# These follow from what she named or ruled out: they stay in the sealed part of a route.
SEALED_REASONS: Final = frozenset(
    {
        Exclusion.RESPONDENT,
        Exclusion.ABOVE_RESPONDENT,
        Exclusion.BELOW_RESPONDENT,
        Exclusion.TIED_TO_RESPONDENT,
        Exclusion.RULED_OUT,
    }
)


class Reason(StrEnum):
    """Why a candidate stands where it stands."""

    TAKES_PROBLEM = "takes_problem"
    IN_CITY = "in_city"
    IN_COUNTRY = "in_country"
    IN_REGION = "in_region"
    WORLDWIDE = "worldwide"
    OWN_COMMUNITY = "own_community"
    SPEAKS_LANGUAGE = "speaks_language"
    LED_BY_MIGRANTS = "led_by_migrants"
    HAS_ROOM = "has_room"
    ORIGIN_GROUP = "origin_group"
    CHAPTER = "chapter"
    REGIONAL_BODY = "regional_body"
    SECRETARIAT = "secretariat"


@dataclass(frozen=True)
class Facets:
    """What routing may know of a report; codes are readable ones only."""

    issues: tuple[str, ...] = ()
    groups: frozenset[str] = frozenset()
    needs: frozenset[ServiceNeed] = frozenset()
    country: str | None = None
    city: str | None = None
    nationality: str | None = None
    sector: str | None = None
    languages: frozenset[str] = frozenset()
    age_band: str | None = None
    sex: str | None = None


@dataclass(frozen=True)
class Against:
    """Who the report is about: kinds, ids of directory bodies that the name means or may mean,
    and of those that are kept away alone, whatever hangs below them."""

    kinds: frozenset[RespondentKind] = frozenset()
    matched: frozenset[str] = frozenset()
    alone: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Load:
    """How busy an organization is: open cases, and within how many hours it usually answers."""

    open_cases: int = 0
    answer_hours: float | None = None


@dataclass(frozen=True)
class Terms:
    """What else the decision stands on: the day, and how long a confirmation lasts."""

    today: date
    confirm_months: int = 12


@dataclass(frozen=True)
class Candidate:
    """A body that fits, through one of its services (none in the fallback), and why."""

    organization: str
    service: str | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Served:
    """One line of needs: who fits it, best first; and of the others that the route names those
    that serve it too."""

    line: NeedLine
    candidates: tuple[Candidate, ...]
    too: tuple[str, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """The ids of whoever may be asked for it."""
        return frozenset({one.organization for one in self.candidates}.union(self.too))


@dataclass(frozen=True)
class Route:
    """The decision. ``sealed`` exclusions are kept apart from readable ones; of each kind the
    first are named and the rest counted by reason, of candidates as ``further``. ``lines`` are
    empty where one organization commonly serves all that the report needs, and where nobody fits.
    """

    directory_version: int
    candidates: tuple[Candidate, ...]
    fallback: bool
    exclusions: tuple[tuple[str, Exclusion], ...]
    counts: tuple[tuple[Exclusion, int], ...]
    sealed: tuple[tuple[str, Exclusion], ...]
    sealed_counts: tuple[tuple[Exclusion, int], ...] = ()
    further: int = 0
    rule_version: int = RULE_VERSION
    lines: tuple[Served, ...] = ()

    @property
    def organizations(self) -> tuple[str, ...]:
        """The candidates' ids in order."""
        return tuple(candidate.organization for candidate in self.candidates)

    @property
    def named(self) -> frozenset[str]:
        """Everybody that may be asked by it: the candidates, and those of each line."""
        return frozenset(self.organizations).union(*(each.names for each in self.lines))
