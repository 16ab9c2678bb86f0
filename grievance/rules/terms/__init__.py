"""The closed lists this service branches on, in the words of docs/glossary.md.

Sources: design.md 2, 6 and 8; standards.md 6. Lists that people edit (issues, numbers to call)
are rows, not enums: see ``store/reference.py``.
"""

from grievance.rules.terms.casework import (
    ActorKind,
    CaseState,
    ClosingKind,
    ConsentScope,
    ConsentVia,
    DeclineReason,
    ExportLevel,
    Outcome,
    PassedOver,
    ReferralKind,
    ReferralState,
    Withdrawal,
    WorkerStatus,
)
from grievance.rules.terms.keeping import (
    DocumentKind,
    GrantKind,
    HolderKind,
    NoticeKind,
    NoticeState,
)
from grievance.rules.terms.network import (
    NEVER_ASKED,
    OFFICIAL_KINDS,
    OFFICIAL_RESPONDENTS,
    AreaLevel,
    MembershipState,
    OrganizationKind,
    Role,
    ServiceNeed,
)
from grievance.rules.terms.report import (
    AgeBand,
    Ask,
    Channel,
    Language,
    RespondentKind,
    Sector,
    Sex,
    Sharing,
    Urgency,
    When,
)

__all__ = [
    "NEVER_ASKED",
    "OFFICIAL_KINDS",
    "OFFICIAL_RESPONDENTS",
    "ActorKind",
    "AgeBand",
    "AreaLevel",
    "Ask",
    "CaseState",
    "Channel",
    "ClosingKind",
    "ConsentScope",
    "ConsentVia",
    "DeclineReason",
    "DocumentKind",
    "ExportLevel",
    "GrantKind",
    "HolderKind",
    "Language",
    "MembershipState",
    "NoticeKind",
    "NoticeState",
    "OrganizationKind",
    "Outcome",
    "PassedOver",
    "ReferralKind",
    "ReferralState",
    "RespondentKind",
    "Role",
    "Sector",
    "ServiceNeed",
    "Sex",
    "Sharing",
    "Urgency",
    "When",
    "Withdrawal",
    "WorkerStatus",
]
