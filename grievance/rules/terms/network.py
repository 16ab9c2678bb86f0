"""What organizations are, give and reach, and what members may do."""

from enum import StrEnum

from grievance.rules.terms.report import RespondentKind


class ServiceNeed(StrEnum):
    """What kind of help a service gives (the taxonomy's ``service_needs``)."""

    WCL = "WCL"  # wage and compensation claims
    REC = "REC"  # recruitment and agency fees
    LEG = "LEG"  # legal help
    IMM = "IMM"  # visa and stay
    SHE = "SHE"  # shelter
    HEA = "HEA"  # health
    COU = "COU"  # someone to talk to
    GBV = "GBV"  # help after sexual violence
    TRA = "TRA"  # trafficking
    CNA = "CNA"  # consular accountability
    UNI = "UNI"  # union and organizing
    INF = "INF"  # information


class NeedLine(StrEnum):
    """Needs that one organization commonly serves together; the order is that of the page."""

    CLAIM = "claim"  # money, papers, law, and whatever is no place of safety
    SAFE = "safe"  # a place to sleep, and help after violence


class OrganizationKind(StrEnum):
    """What sort of body an organization is; official bodies are kept from complaints about them."""

    SECRETARIAT = "secretariat"
    ALLIANCE = "alliance"
    MIGRANT_LED = "migrant_led"
    UNION = "union"
    SERVICE_NGO = "service_ngo"
    SHELTER = "shelter"
    FAITH_BASED = "faith_based"
    NETWORK = "network"
    CONSULATE = "consulate"
    GOVERNMENT = "government"
    POLICE = "police"
    AGENCY = "agency"
    OTHER = "other"


OFFICIAL_KINDS = frozenset(
    {OrganizationKind.CONSULATE, OrganizationKind.GOVERNMENT, OrganizationKind.POLICE}
)
# Whatever the directory says about them (design.md 12).
NEVER_ASKED = OFFICIAL_KINDS | {OrganizationKind.AGENCY}
OFFICIAL_RESPONDENTS = frozenset(
    {
        RespondentKind.CONSULATE,
        RespondentKind.LABOUR_OFFICE_ORIGIN,
        RespondentKind.GOVERNMENT_DESTINATION,
        RespondentKind.POLICE,
    }
)


class AreaLevel(StrEnum):
    """How far a service reaches; the order is from near to far."""

    CITY = "city"
    SUBDIVISION = "subdivision"  # ISO 3166-2; routing takes it as its country (decisions/0020)
    COUNTRY = "country"
    REGION = "region"
    WORLD = "world"


class Role(StrEnum):
    """What a member may do at a desk; roles add up only by an explicit act."""

    ORGANIZER = "organizer"
    COORDINATOR = "coordinator"
    ADMINISTRATOR = "administrator"
    TRANSLATOR = "translator"
    INTAKE_VOLUNTEER = "intake_volunteer"


class MembershipState(StrEnum):
    """A membership takes effect when a key holder confirms it."""

    INVITED = "invited"
    ACTIVATED = "activated"
    CONFIRMED = "confirmed"
    ENDED = "ended"
