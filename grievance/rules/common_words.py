"""Words that many names hold and that point to nobody: places, peoples, words of the field."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Final

from babel import Locale
from babel.core import get_global

from grievance.rules.names import normal_name
from grievance.rules.regions import REGIONS
from grievance.rules.terms import Language
from grievance.rules.towns import TOWNS

_SMALL: Final = """
a an the al of and for in on at to by with from de del la el los las le les du des et y e di da
dan untuk nya ng sa mga para
"""
_PARTICLES: Final = frozenset(_SMALL.split())
_WORDS: Final = """
migrant migrants migration worker workers domestic helper helpers maid maids house
houses household care caregiver caregivers nanny foreign labour labor employment employer
recruitment placement manpower job jobs work union unions association federation network
coalition alliance organization organizations organisation organisations society foundation
fund council committee club community centre center agency agencies service services
company limited ltd office desk demo helpline hotline support welfare
national international regional global general world overseas group women woman men people
seafarer seafarers fishers crew consulate embassy ministry department bureau
buruh migran pekerja tenaga kerja serikat asosiasi jaringan rumah tangga secretariat bahay
trabajadores trabajadoras migrantes hogar sindicato asociacion travailleurs
travailleuses syndicat
asian arab indonesian indonesians filipino filipinos filipina filipinas philippine pinoy thai
nepali nepalese bangladeshi bangladeshis indian indians pakistani pakistanis vietnamese burmese
cambodian khmer chinese taiwanese japanese korean lankan singaporean malaysian african
asia pacific gulf middle east west north south southeast
hongkong sar uae ksa uk usa
country org com www facebook assoc
asosasyon samahan manggagawa manggagawang persatuan
خدمات عمال عمل عامل عماله عاملات مركز جمعيه بيت وزاره سفاره قنصليه مهاجرين
منزل منزليه اتحاد نقابه منظمه
मजदुर मजदूर श्रमिक कामदार सङ्घ संघ सङ्गठन संगठन केन्द्र समिति सेवा শ্রমিক কেন্দ্র সংঘ সংগঠন সমিতি
移工 移民工 外劳 劳工 工人 工会 协会 家务 家务工 家佣 外佣 女佣 联盟 组织 基金会 互助
"""
_FIELD: Final = _PARTICLES.union(_WORDS.split())
# Words that tell something only beside another one: "Human Rights", but not "rights" alone.
_TELL_TOGETHER: Final = """
human right rights legal law social public people general family families children protection
development programme program project resource training shelter refuge hostel dormitory
keluarga besar jenderal umum حقوق انسان مساعده قانونيه دولي دوليه عام عامه حمايه अधिकार অধিকার
"""
_ORDINARY: Final = frozenset(_TELL_TOGETHER.split())
_ARTICLES: Final = ("وال", "بال", "لل", "ال")
_LONGEST_PLACE: Final = 4  # words
_SHORTEST_BARE: Final = 3
_PIECES: Final = (2, 24)  # letters
_MOST_ZONES: Final = 6  # a wide country's zones are called after towns such as Phoenix and Nelson
_UNSPACED_FROM: Final = "\u0e00"  # Thai, Lao, Burmese, Khmer, Chinese, Japanese
_HANGUL: Final = ("\uac00", "\ud7a3")  # Korean has blanks


def is_common(word: str) -> bool:
    """Whether a word of a normal name points to nobody by itself."""
    return word in _FIELD or bare(word) in _FIELD


def is_ordinary(word: str) -> bool:
    """Whether a word tells something only beside another one."""
    return word in _ORDINARY


def bare(word: str) -> str:
    """A word without the Arabic article: it is written with it and without."""
    for article in _ARTICLES:
        if word.startswith(article) and len(word) - len(article) >= _SHORTEST_BARE:
            return word.removeprefix(article)
    return word


def common_from(text: str) -> set[int]:
    """Where in a text without blanks nothing but places, words of the field and digits follows;
    its end is such a place."""
    found, common = {len(text)}, _pieces()
    for at in range(len(text) - 1, -1, -1):
        ends = found.intersection(range(at + _PIECES[0], at + _PIECES[1] + 1))
        digit = text[at].isdigit() and at + 1 in found
        if digit or any(text[at:end] in common for end in ends):
            found.add(at)
    return found


def is_unspaced(word: str) -> bool:
    """Whether a word is of a script that puts no blank between words."""
    return word[0] >= _UNSPACED_FROM and not _HANGUL[0] <= word[0] <= _HANGUL[1]


def telling(form: str, cities: frozenset[str]) -> list[str]:
    """The words of a normal name that are no places and no words of the field."""
    words = [word for word in _outside_places(form.split(), cities) if _tells(word)]
    return [word for word in words if word.isascii() or without_places(word)]


def distinctive(form: str, cities: frozenset[str]) -> str:
    """The same, without places inside the words of scripts without blanks."""
    words = telling(form, cities)
    return " ".join(word if word.isascii() else without_places(word) for word in words)


def _tells(word: str) -> bool:
    letter = len(word) == 1 and word.isascii()  # what an apostrophe leaves
    return not (letter or is_common(word))


def told_in_full(form: str, cities: frozenset[str]) -> list[str]:
    """The words of a normal name without names of places and particles: "United Filipinos in Hong
    Kong" gives two, although "United" stands in names of places too."""
    return without_particles(_outside_places(form.split(), cities))


def _outside_places(words: list[str], cities: frozenset[str]) -> list[str]:
    """A word that is only a part of a place's name, as "Vista" of Boa Vista, is none."""
    left, known = [], _place_names()
    while words:
        sizes = range(min(_LONGEST_PLACE, len(words)), 0, -1)
        runs = ((n, " ".join(map(bare, words[:n]))) for n in sizes)
        place = next((n for n, run in runs if run in known or run in cities), 0)
        if not place:
            left.append(words[0])
        words = words[place or 1 :]
    return left


def without_particles(words: Iterable[str]) -> list[str]:
    """Words without the small ones between them."""
    return [word for word in words if word not in _PARTICLES]


def place_forms(places: Iterable[str]) -> frozenset[str]:
    """Names of places in the form in which they are looked for."""
    forms = (normal_name(place).split() for place in places)
    return frozenset(" ".join(map(bare, words)) for words in forms if words)


def without_places(word: str) -> str:
    """Scripts without blanks: a place inside the word is taken out."""
    return "".join(stretches(word, _inside_words()))


def stretches(text: str, known: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """What stands between known words (by their first two signs) in a text without blanks."""
    start, at = 0, 0
    while at < len(text):
        here = known.get(text[at : at + _PIECES[0]], ())
        met = next((len(one) for one in here if text.startswith(one, at)), 0)
        if met and start < at:
            yield text[start:at]
        at += met or 1
        start = at if met else start
    if start < at:
        yield text[start:]


def by_opening(words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Words by their first two signs, the longest first."""
    found: dict[str, list[str]] = defaultdict(list)
    for word in sorted(words, key=lambda one: (-len(one), one)):
        found[word[: _PIECES[0]]].append(word)
    return {opening: tuple(some) for opening, some in found.items()}


@cache
def _pieces() -> frozenset[str]:
    return _FIELD.union(name.replace(" ", "") for name in _place_names())


@cache
def inside_words() -> frozenset[str]:
    """Places and words of the field in Chinese, Thai, Khmer, Burmese and Korean."""
    words = {word for name in _place_names() for word in name.split()} | _FIELD
    return frozenset(one for one in words if len(one) > 1 and one[0] >= _UNSPACED_FROM)


@cache
def _inside_words() -> dict[str, tuple[str, ...]]:
    return by_opening(inside_words())


@cache
def _place_names() -> frozenset[str]:
    """Countries of our regions and their known cities, in all our languages; towns of workers."""
    countries = frozenset().union(*REGIONS.values())
    times = get_global("zone_territories")
    held = Counter(times.values())
    zones = [z for z, c in times.items() if c in countries and held[c] <= _MOST_ZONES]
    names = {*countries, *REGIONS, *TOWNS, *(zone.rpartition("/")[2] for zone in zones)}
    for language in Language:
        locale = Locale.parse(language, sep="-")
        names.update(locale.territories.get(country, "") for country in countries)
        names.update(locale.time_zones.get(zone, {}).get("city", "") for zone in zones)
    return place_forms(name.replace("_", " ") for name in names)
