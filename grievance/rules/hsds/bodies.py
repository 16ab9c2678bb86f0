"""What an imported organization is by its words: a shelter, an official body, an agency.

Any doubt counts: a library taken for an office is shown to nobody until a person says otherwise; a
shelter's address that went out cannot be taken back.
"""

import re
from collections.abc import Iterable
from typing import Final

from grievance.rules.terms import OrganizationKind

# In what a body or service is called, or is filed under.
_SHELTER: Final = re.compile(
    r"shelter|safe ?-?(house|home|housing|haven|harbou?r)|refuge\b|hostel|dormitor"
    r"|transitional (home|house|housing)|half-?way house|domestic violence"
    r"|crisis (house|home|accommodation)|women'?s (home|house)"
    r"|kanlungan|rumah (aman|singgah)|penampungan|albergue|casa de acogida|refugio|foyer d"
    r"|庇護|庇护|收容|避難|避难|安置|आश्रय|আশ্রয়|บ้านพัก|nhà tạm lánh|مأوى|ملجأ|دار الأمان|پناہ گاہ",
    re.IGNORECASE,
)
# In what it says of itself: only what leaves little doubt, since many "refer to shelters".
_SAYS_SHELTER: Final = re.compile(
    r"(confidential|undisclosed|secret) (location|address)|we (run|operate) a shelter"
    r"|(emergency|women'?s|domestic violence|temporary|transitional) (shelter|refuge)"
    r"|safe ?-?house|provides? (a )?(temporary |emergency )?shelter|shelter (bed|for )",
    re.IGNORECASE,
)
_CONSULATE: Final = (
    r"consulate|consular|embassy|high commission\b|konsulat|kedutaan|konsulado|embahada|embajada"
    r"|consulado|ambassade|\bpolo\b|\bowwa\b|migrant workers office"
    r"|workers welfare administration|領事|领事|大使館|大使馆|قنصلية|سفارة|दूतावास"
)
_POLICE: Final = (
    r"police|sheriff|polisi|pulis\b|polic[ií]a|border (force|control|guard)"
    r"|immigration (department|service|bureau|control|enforcement)|警察|警務|移民署|入境事務|شرطة"
)
_GOVERNMENT: Final = (
    r"ministry|ministries|\bdepartments?\b|government|bureau of|city of\b|county of\b"
    r"|labou?r (office|tribunal|commission)|kementerian|ministerio|minist[eè]re|kagawaran"
    r"|勞工處|劳工局|政府|وزارة|मन्त्रालय|मंत्रालय"
)
_AGENCY: Final = (
    r"(recruit|employment|placement|manpower|maid|domestic helper|staffing|overseas job)\w*"
    r"( \w+)? (agenc|cent(er|re)|compan|services?\b)|recruiters?\b|recruitment|manpower"
    r"|labou?r (agenc|suppl|contract)|\bagency\b.*\b(ltd|inc|limited)\b"
    r"|僱傭|雇佣|仲介|中介|penyalur|pjtki|p3mi"
)
_KINDS: Final = (
    (OrganizationKind.CONSULATE, _CONSULATE),
    (OrganizationKind.POLICE, _POLICE),
    (OrganizationKind.GOVERNMENT, _GOVERNMENT),
    (OrganizationKind.AGENCY, _AGENCY),
)
_OFFICIAL: Final = [(kind, re.compile(words, re.IGNORECASE)) for kind, words in _KINDS]


def is_shelter(names: Iterable[str], says: Iterable[str] = ()) -> bool:
    """Whether these names, headings or descriptions are those of a shelter."""
    return any(_SHELTER.search(one) for one in names) or any(
        _SAYS_SHELTER.search(one) for one in says
    )


def kind_of(names: Iterable[str], *, shelter: bool) -> OrganizationKind:
    """What a body is by its names; ``other`` where they tell nothing."""
    told = " / ".join(names)
    for kind, words in _OFFICIAL:
        if words.search(told):
            return kind
    return OrganizationKind.SHELTER if shelter else OrganizationKind.OTHER
