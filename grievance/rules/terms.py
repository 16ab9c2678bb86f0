"""The closed lists this service branches on, in the words of docs/glossary.md.

Sources: design.md 2, 6 and 8; standards.md 6 (case and referral states, decline reasons,
outcomes, asks, actors). Lists that people edit (issues, countries, numbers to call) are rows,
not enums: see ``store/reference.py``.
"""

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
    COUNTRY = "country"
    REGION = "region"
    WORLD = "world"


class CaseState(StrEnum):
    """Where a case stands for staff (design.md 6)."""

    RECEIVED = "received"
    TRIAGED = "triaged"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    WAITING_WORKER = "waiting_worker"
    WAITING_THIRD_PARTY = "waiting_third_party"
    FOLLOW_UP = "follow_up"
    CLOSED = "closed"
    REOPENED = "reopened"


class WorkerStatus(StrEnum):
    """The five states a worker sees."""

    RECEIVED = "received"
    READ = "read"
    WITH = "with"
    WORKED_ON = "worked_on"
    CLOSED = "closed"


class ReferralKind(StrEnum):
    """HAND_OVER: the owner changes on acceptance. SHARE comes with several needs, later."""

    HAND_OVER = "hand_over"
    SHARE = "share"


class ReferralState(StrEnum):
    """One referral's way (design.md 6)."""

    WAITING = "waiting"
    SENT = "sent"
    SEEN = "seen"
    INFO_REQUESTED = "info_requested"
    ACCEPTED = "accepted"
    IN_SERVICE = "in_service"
    COMPLETED = "completed"
    NOT_COMPLETED = "not_completed"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    PASSED_OVER = "passed_over"


class DeclineReason(StrEnum):
    """Why an organization cannot take a case."""

    NO_CAPACITY = "no_capacity"
    OUT_OF_SCOPE = "out_of_scope"
    OUT_OF_AREA = "out_of_area"
    LANGUAGE = "language"
    CONFLICT_OF_INTEREST = "conflict_of_interest"
    CANNOT_REACH_WORKER = "cannot_reach_worker"
    WORKER_DECLINED = "worker_declined"
    DUPLICATE = "duplicate"
    SAFETY = "safety"
    OTHER = "other"


class PassedOver(StrEnum):
    """Why a consented organization was not asked when its turn came."""

    PAUSED = "paused"
    LAPSED = "lapsed"
    NO_KEYS = "no_keys"
    NOT_A_PARTNER = "not_a_partner"


class ClosingKind(StrEnum):
    """How a case ended."""

    RESOLVED = "resolved"
    SPAM = "spam"
    DUPLICATE = "duplicate"


class Outcome(StrEnum):
    """What came of it (standards.md 6)."""

    MONEY_RECOVERED = "money_recovered"
    DOCUMENTS_RETURNED = "documents_returned"
    SETTLED = "settled"
    CLAIM_FILED = "claim_filed"
    PROSECUTED = "prosecuted"
    SHELTERED = "sheltered"
    REPATRIATED = "repatriated"
    NEW_EMPLOYER = "new_employer"
    VISA_EXTENDED = "visa_extended"
    REFERRED_ON = "referred_on"
    ADVICE_ONLY = "advice_only"
    WORKER_WITHDREW = "worker_withdrew"
    WORKER_UNREACHABLE = "worker_unreachable"
    UNFOUNDED = "unfounded"
    DIED = "died"
    OTHER = "other"


class ConsentScope(StrEnum):
    """What a consent covers: everything in the case, or everything from now on."""

    ALL = "all"
    FROM_NOW = "from_now"


class ConsentVia(StrEnum):
    """How a consent was given."""

    WEB = "web"
    VOICE = "voice"
    PAPER = "paper"


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


class ActorKind(StrEnum):
    """Who caused an event."""

    WORKER = "worker"
    STAFF = "staff"
    SYSTEM = "system"
    OPERATOR = "operator"


class GrantKind(StrEnum):
    """What key a grant holds."""

    CONTENT = "content"
    NOTES = "notes"
    QUESTION = "question"


class HolderKind(StrEnum):
    """Whom a grant is sealed to."""

    WORKER = "worker"
    ORGANIZATION = "organization"


class DocumentKind(StrEnum):
    """What a sealed document holds; part of its associated data."""

    ANSWERS = "answers"
    FACETS = "facets"
    ROUTE = "route"
    CONTACT = "contact"
    MESSAGE = "message"
    NOTE = "note"
    OUTCOME_WORDS = "outcome_words"
    REASON = "reason"


class NoticeState(StrEnum):
    """One mail's way through the outbox."""

    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given_up"


class NoticeKind(StrEnum):
    """Which mail to write; none holds anything of a case."""

    ITEM_WAITS = "item_waits"
    INVITATION = "invitation"
    FACTOR_RESET = "factor_reset"
    NOBODY_TOOK_IT = "nobody_took_it"


class ExportLevel(StrEnum):
    """How much an export tells. Only CODED has a page yet."""

    IDENTIFIED = "identified"
    CODED = "coded"
    ANONYMOUS = "anonymous"
