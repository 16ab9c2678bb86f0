"""Which region a country of work lies in (after UN M49, with the Gulf as one region)."""

from typing import Final

_MEMBERS: Final = {
    "east_asia": "HK MO TW CN JP KR MN",
    "south_east_asia": "BN ID KH LA MM MY PH SG TH TL VN",
    "south_asia": "AF BD BT IN IR LK MV NP PK",
    "gulf": "AE BH KW OM QA SA",
    "middle_east": "CY EG IL IQ JO LB PS SY TR YE",
    "africa": "DZ ET GH KE LY MA MU NG SC SD TN TZ UG ZA",
    "europe": "AT BE BG CH CZ DE DK EE ES FI FR GB GR HR HU IE IS IT LT LU "
    "LV MT NL NO PL PT RO RS RU SE SI SK UA",
    "north_america": "CA US",
    "latin_america": "AR BO BR CL CO CR DO EC GT HN MX NI PA PE PR PY SV UY VE",
    "oceania": "AU FJ GU MP NZ PG PW",
}
REGIONS: Final[dict[str, frozenset[str]]] = {
    name: frozenset(members.split()) for name, members in _MEMBERS.items()
}


def region_of(country: str | None) -> str | None:
    """The region of an ISO 3166 alpha-2 country; None where it is in none of ours."""
    return next((name for name, members in REGIONS.items() if country in members), None)
