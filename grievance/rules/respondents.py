"""What a record of a respondent holds, and which forms of it may be hashed (design.md 4)."""

import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from grievance.rules.names import normal_name
from grievance.rules.terms import RespondentKind

# A report's name of one of these gets a keyed hash; private persons and households get none.
HASHED_KINDS: Final = frozenset(
    {
        RespondentKind.AGENCY_DESTINATION,
        RespondentKind.AGENCY_ORIGIN,
        RespondentKind.CONSULATE,
        RespondentKind.LABOUR_OFFICE_ORIGIN,
        RespondentKind.GOVERNMENT_DESTINATION,
        RespondentKind.POLICE,
    }
)
# These may be a company or a person: only who knows says which.
EITHER: Final = frozenset(
    {
        RespondentKind.EMPLOYER,
        RespondentKind.BROKER,
        RespondentKind.LENDER,
        RespondentKind.LANDLORD,
    }
)
_SHORTEST_NUMBER: Final = 4  # a shorter one is too easily another's


@dataclass(frozen=True)
class Details:
    """One respondent as a desk knows it. ``names`` are official ones, in any script; the first is
    how the desk calls it. ``aliases`` are what else people say."""

    kind: RespondentKind
    names: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()
    company: bool = False  # asked where the kind leaves it open

    @property
    def every_name(self) -> tuple[str, ...]:
        """Names and aliases, each once."""
        return tuple(dict.fromkeys((*self.names, *self.aliases)))

    @property
    def is_body(self) -> bool:
        """A company or office: its names may be hashed. A person or a household never is."""
        return self.kind in HASHED_KINDS or (self.company and self.kind in EITHER)


def merged(of: Iterable[Details]) -> Details:
    """Several records of one respondent read as one; the first leads."""
    parts = list(of)
    return Details(
        parts[0].kind,
        _once(name for one in parts for name in one.names),
        _once(name for one in parts for name in one.aliases),
        _once(number for one in parts for number in one.licences),
        any(one.company for one in parts),
    )


def hashed_forms(details: Details) -> frozenset[bytes]:
    """What is hashed of a record: the normal forms of names and licence numbers of a body."""
    if not details.is_body:
        return frozenset()
    names = (normal_name(name) for name in details.every_name)
    numbers = (normal_number(number) for number in details.licences)
    return frozenset(
        [name_form(name) for name in names if name]
        + [number_form(number) for number in numbers if len(number) >= _SHORTEST_NUMBER]
    )


def name_form(form: str) -> bytes:
    """The bytes of a normal name, as they are hashed."""
    return form.encode()


def number_form(number: str) -> bytes:
    """The bytes of a normal licence number; no name has such bytes."""
    return b"licence\0" + number.encode()


def normal_number(number: str) -> str:
    """A licence number without blanks, dashes, case, width or the digits' script."""
    folded = unicodedata.normalize("NFKC", number[:400]).casefold()
    return "".join(_plain(sign) for sign in folded if unicodedata.category(sign)[0] in "LN")


def kinds_of(every: Collection[Details]) -> frozenset[RespondentKind]:
    """The kinds of several records."""
    return frozenset(one.kind for one in every)


def _plain(sign: str) -> str:
    digit = unicodedata.decimal(sign, None)
    return sign if digit is None else str(digit)


def _once(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))
