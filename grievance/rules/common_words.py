"""Words that many names hold and that point to nobody: places, peoples, words of the field."""

from collections.abc import Iterable
from functools import cache
from typing import Final

from babel import Locale
from babel.core import get_global

from grievance.rules.names import normal_name
from grievance.rules.regions import REGIONS
from grievance.rules.terms import Language

_WORDS: Final = """
a an the of and for in on at to by with from de del la el los las le les du des et y e di da
dan untuk ng sa mga para at
migrant migrants migration worker workers domestic helper helpers maid maids house
houses household care caregiver caregivers nanny foreign labour labor employment employer
recruitment placement manpower job jobs work union unions association federation network
coalition alliance organization organizations organisation organisations society foundation
fund council committee club community centre center agency agencies service services
company limited ltd office desk helpline hotline support welfare
national international regional global general world overseas group women woman men people
seafarer seafarers fishers crew consulate embassy ministry department bureau
buruh migran pekerja tenaga kerja serikat asosiasi jaringan rumah tangga
trabajadores trabajadoras migrantes hogar sindicato asociacion travailleurs
travailleuses syndicat
asian arab indonesian indonesians filipino filipinos filipina filipinas philippine pinoy thai
nepali nepalese bangladeshi bangladeshis indian indians pakistani pakistanis vietnamese burmese
cambodian khmer chinese taiwanese japanese korean lankan singaporean malaysian african
asia pacific gulf middle east west north south southeast
hongkong sar uae ksa uk usa
移工 移民工 外劳 劳工 工人 工会 协会 家务 家务工 家佣 外佣 女佣 联盟 组织 基金会 互助
"""
_FIELD: Final = frozenset(_WORDS.split())


def is_common(word: str) -> bool:
    """Whether a word of a normal name points to nobody by itself."""
    return word in _FIELD or word in _places()


def distinctive(form: str, cities: frozenset[str]) -> str:
    """What remains of a normal name without places and words of the field."""
    words = (word for word in form.split() if not is_common(word) and word not in cities)
    bare = (word if word.isascii() else _without_places(word) for word in words)
    return " ".join(word for word in bare if word)


def words_of(places: Iterable[str]) -> frozenset[str]:
    """The words of names of places, in normal form."""
    return frozenset(word for place in places for word in normal_name(place).split())


def _without_places(word: str) -> str:
    """Scripts without blanks: a place inside the word is taken out."""
    for place in _inside_words():
        if place in word:
            word = word.replace(place, "")
    return word


@cache
def _inside_words() -> tuple[str, ...]:
    """Chinese, Thai, Khmer and Burmese, the longest first."""
    found = {one for one in _places() | _FIELD if len(one) > 1 and one[0] >= "\u0e00"}
    return tuple(sorted(found, key=lambda one: (-len(one), one)))


@cache
def _places() -> frozenset[str]:
    """Countries of our regions and their known cities, in all our languages, by word."""
    countries = frozenset().union(*REGIONS.values())
    zones = {z: c for z, c in get_global("zone_territories").items() if c in countries}
    names = {*countries, *REGIONS, *(zone.rpartition("/")[2] for zone in zones)}
    for language in Language:
        locale = Locale.parse(language, sep="-")
        names.update(locale.territories.get(country, "") for country in countries)
        names.update(locale.time_zones.get(zone, {}).get("city", "") for zone in zones)
    return words_of(name.replace("_", " ") for name in names)
