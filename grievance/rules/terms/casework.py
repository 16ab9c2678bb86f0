"""Where cases, referrals and consents stand (design.md 6, standards.md 6)."""

from enum import StrEnum


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
    """HAND_OVER: the owner changes on acceptance. SHARE: it stays; for a further need, or a second
    opinion."""

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


class ClockKind(StrEnum):
    """What time of a case somebody must keep. ANSWER: a referral that nobody answered."""

    ANSWER = "answer"
    FIRST_ANSWER = "first_answer"
    NEXT_CONTACT = "next_contact"
    REPLY = "reply"  # she wrote, or the case is open again


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


class ReleaseRefusal(StrEnum):
    """Why the second person does not agree to open a danger case without the worker's word."""

    ASK_HER = "ask_her"
    NO_DANGER = "no_danger"
    OTHER_WAY = "other_way"
    NOT_THEM = "not_them"
    UNCLEAR = "unclear"


class PassedOver(StrEnum):
    """Why a consented organization was not asked when its turn came."""

    PAUSED = "paused"
    LAPSED = "lapsed"
    NO_KEYS = "no_keys"
    NOT_A_PARTNER = "not_a_partner"
    CONFLICT = "conflict"


class Withdrawal(StrEnum):
    """Why a referral was withdrawn where it was not the worker who took it back."""

    GIVEN_BACK = "given_back"
    CASE_CLOSED = "case_closed"
    RECALLED = "recalled"  # by the desk that had it asked
    CONFLICT = "conflict"  # it may be about this organization, or about one tied to it


class StaffTieReason(StrEnum):
    """Why a member must find nothing of cases about somebody."""

    HERSELF = "herself"
    FAMILY = "family"
    FRIEND = "friend"
    WORK = "work"
    MONEY = "money"
    OTHER = "other"


class OpinionState(StrEnum):
    """Whose turn it is where one desk asks another for advice. ENDED: the case left the asker."""

    ASKED = "asked"
    ANSWERED = "answered"
    DECLINED = "declined"
    ENDED = "ended"


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


class ActorKind(StrEnum):
    """Who caused an event."""

    WORKER = "worker"
    STAFF = "staff"
    SYSTEM = "system"
    OPERATOR = "operator"


class ExportLevel(StrEnum):
    """How much an export tells. Only CODED has a page yet."""

    IDENTIFIED = "identified"
    CODED = "coded"
    ANONYMOUS = "anonymous"
