"""What a worker may answer (design.md 8, standards.md 6)."""

from enum import StrEnum


class Language(StrEnum):
    """The eighteen languages, as BCP 47 tags."""

    EN = "en"
    FIL = "fil"
    ID = "id"
    ZH_HANT = "zh-Hant"
    ZH_HANS = "zh-Hans"
    TH = "th"
    VI = "vi"
    NE = "ne"
    SI = "si"
    TA = "ta"
    HI = "hi"
    BN = "bn"
    MY = "my"
    UR = "ur"
    AR = "ar"
    KM = "km"
    ES = "es"
    FR = "fr"


class Urgency(StrEnum):
    """How soon a person must look: U0 now, U4 when there is time."""

    U0 = "U0"
    U1 = "U1"
    U2 = "U2"
    U3 = "U3"
    U4 = "U4"


class Sharing(StrEnum):
    """Who may read a report. HELD: nobody was left to oversee it, so only the worker has it."""

    NOBODY = "nobody"
    CHOSEN = "chosen"
    HELD = "held"


class When(StrEnum):
    """When it happened, as people remember it."""

    TODAY = "today"
    WEEK = "week"
    MONTH = "month"
    LONGER = "longer"
    UNSURE = "unsure"


class Ask(StrEnum):
    """What the worker wants."""

    INFORMATION = "information"
    STOP_ABUSE = "stop_abuse"
    LEAVE_SAFELY = "leave_safely"
    MONEY_BACK = "money_back"
    DOCUMENTS_BACK = "documents_back"
    GO_HOME = "go_home"
    CHANGE_EMPLOYER = "change_employer"
    STAY_FOR_CLAIM = "stay_for_claim"
    REPORT_AGENCY = "report_agency"
    COMPLAIN_CONSULATE = "complain_consulate"
    SHELTER = "shelter"
    MEDICAL = "medical"
    TALK_TO_SOMEONE = "talk_to_someone"
    KEEP_RECORD_ONLY = "keep_record_only"


class RespondentKind(StrEnum):
    """The party complained about (standards.md 6, actors)."""

    EMPLOYER = "employer"
    HOUSEHOLD_MEMBER = "household_member"
    AGENCY_DESTINATION = "agency_destination"
    AGENCY_ORIGIN = "agency_origin"
    BROKER = "broker"
    LENDER = "lender"
    CONSULATE = "consulate"
    LABOUR_OFFICE_ORIGIN = "labour_office_origin"
    GOVERNMENT_DESTINATION = "government_destination"
    POLICE = "police"
    LANDLORD = "landlord"
    OTHER_WORKER = "other_worker"
    UNKNOWN = "unknown"


class Channel(StrEnum):
    """How a worker may be contacted. NONE is the default."""

    NONE = "none"
    PHONE = "phone"
    WHATSAPP = "whatsapp"
    MESSENGER = "messenger"
    VIBER = "viber"
    LINE = "line"
    EMAIL = "email"
    OTHER = "other"


class Sector(StrEnum):
    """The work a person does."""

    DOMESTIC_WORK = "domestic_work"
    CARE = "care"
    CONSTRUCTION = "construction"
    MANUFACTURING = "manufacturing"
    AGRICULTURE = "agriculture"
    FISHING = "fishing"
    SEAFARING = "seafaring"
    HOSPITALITY = "hospitality"
    CLEANING = "cleaning"
    TRANSPORT = "transport"
    RETAIL = "retail"
    ENTERTAINMENT = "entertainment"
    OTHER = "other"


class AgeBand(StrEnum):
    """Written with 'to' so that no spreadsheet reads a date."""

    UNDER_18 = "under 18"
    FROM_18 = "18 to 24"
    FROM_25 = "25 to 34"
    FROM_35 = "35 to 44"
    FROM_45 = "45 to 54"
    FROM_55 = "55 or over"


class Sex(StrEnum):
    """As the worker says; no answer is None."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
