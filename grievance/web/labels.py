"""What people read for each word of the closed lists. The words themselves are never shown."""

from enum import StrEnum
from typing import Any

from grievance.rules import terms
from grievance.web import paper_labels
from grievance.web.locale import lazy

_ = lazy

_URGENCY = {
    terms.Urgency.U0: _("Now"),
    terms.Urgency.U1: _("Within a day"),
    terms.Urgency.U2: _("Within three days"),
    terms.Urgency.U3: _("Within two weeks"),
    terms.Urgency.U4: _("When there is time"),
}
_WHEN = {
    terms.When.TODAY: _("Today"),
    terms.When.WEEK: _("This week"),
    terms.When.MONTH: _("This month"),
    terms.When.LONGER: _("Longer ago"),
    terms.When.UNSURE: _("I am not sure"),
}
_ASK = {
    terms.Ask.INFORMATION: _("Get information"),
    terms.Ask.STOP_ABUSE: _("Make it stop"),
    terms.Ask.LEAVE_SAFELY: _("Leave this place safely"),
    terms.Ask.MONEY_BACK: _("Get my money"),
    terms.Ask.DOCUMENTS_BACK: _("Get my passport or papers back"),
    terms.Ask.GO_HOME: _("Go home"),
    terms.Ask.CHANGE_EMPLOYER: _("Change my employer"),
    terms.Ask.STAY_FOR_CLAIM: _("Stay here while I claim"),
    terms.Ask.REPORT_AGENCY: _("Report an agency"),
    terms.Ask.COMPLAIN_CONSULATE: _("Complain about a consulate"),
    terms.Ask.SHELTER: _("A safe place to sleep"),
    terms.Ask.MEDICAL: _("See a doctor"),
    terms.Ask.TALK_TO_SOMEONE: _("Talk to somebody"),
    terms.Ask.KEEP_RECORD_ONLY: _("Only keep a record"),
}
_RESPONDENT = {
    terms.RespondentKind.EMPLOYER: _("Employer"),
    terms.RespondentKind.HOUSEHOLD_MEMBER: _("Somebody in the house"),
    terms.RespondentKind.AGENCY_DESTINATION: _("Agency in this country"),
    terms.RespondentKind.AGENCY_ORIGIN: _("Agency in my home country"),
    terms.RespondentKind.BROKER: _("Broker"),
    terms.RespondentKind.LENDER: _("Lender"),
    terms.RespondentKind.CONSULATE: _("Consulate or embassy"),
    terms.RespondentKind.LABOUR_OFFICE_ORIGIN: _("Labour office of my home country"),
    terms.RespondentKind.GOVERNMENT_DESTINATION: _("Government office in this country"),
    terms.RespondentKind.POLICE: _("Police"),
    terms.RespondentKind.LANDLORD: _("Landlord"),
    terms.RespondentKind.OTHER_WORKER: _("Another worker"),
    terms.RespondentKind.UNKNOWN: _("I do not know"),
}
_CHANNEL = {
    terms.Channel.NONE: _("Do not contact me. I will come back with my code."),
    terms.Channel.PHONE: _("Phone"),
    terms.Channel.WHATSAPP: "WhatsApp",
    terms.Channel.MESSENGER: "Messenger",
    terms.Channel.VIBER: "Viber",
    terms.Channel.LINE: "LINE",
    terms.Channel.EMAIL: _("E-mail"),
    terms.Channel.OTHER: _("Another way"),
}
_SECTOR = {
    terms.Sector.DOMESTIC_WORK: _("Work in a home"),
    terms.Sector.CARE: _("Care for old or ill people"),
    terms.Sector.CONSTRUCTION: _("Building work"),
    terms.Sector.MANUFACTURING: _("Factory"),
    terms.Sector.AGRICULTURE: _("Farm"),
    terms.Sector.FISHING: _("Fishing boat"),
    terms.Sector.SEAFARING: _("Ship"),
    terms.Sector.HOSPITALITY: _("Hotel or restaurant"),
    terms.Sector.CLEANING: _("Cleaning"),
    terms.Sector.TRANSPORT: _("Driving or delivery"),
    terms.Sector.RETAIL: _("Shop"),
    terms.Sector.ENTERTAINMENT: _("Bar or entertainment"),
    terms.Sector.OTHER: _("Other work"),
}
_AGE = {
    terms.AgeBand.UNDER_18: _("Under 18"),
    terms.AgeBand.FROM_18: _("18 to 24"),
    terms.AgeBand.FROM_25: _("25 to 34"),
    terms.AgeBand.FROM_35: _("35 to 44"),
    terms.AgeBand.FROM_45: _("45 to 54"),
    terms.AgeBand.FROM_55: _("55 or over"),
}
_SEX = {
    terms.Sex.FEMALE: _("Woman"),
    terms.Sex.MALE: _("Man"),
    terms.Sex.OTHER: _("Other"),
}
_NEED = {
    terms.ServiceNeed.WCL: _("Pay and compensation"),
    terms.ServiceNeed.REC: _("Agency fees"),
    terms.ServiceNeed.LEG: _("Legal help"),
    terms.ServiceNeed.IMM: _("Visa and stay"),
    terms.ServiceNeed.SHE: _("A place to sleep"),
    terms.ServiceNeed.HEA: _("Health"),
    terms.ServiceNeed.COU: _("Somebody to talk to"),
    terms.ServiceNeed.GBV: _("Help after sexual violence"),
    terms.ServiceNeed.TRA: _("Help after trafficking"),
    terms.ServiceNeed.CNA: _("Problems with a consulate"),
    terms.ServiceNeed.UNI: _("Union"),
    terms.ServiceNeed.INF: _("Information"),
}
_WORKER_STATUS = {
    terms.WorkerStatus.RECEIVED: _("Received"),
    terms.WorkerStatus.READ: _("Read"),
    terms.WorkerStatus.WITH: _("With an organization"),
    terms.WorkerStatus.WORKED_ON: _("Being worked on"),
    terms.WorkerStatus.CLOSED: _("Closed"),
}
_SCOPE = {
    terms.ConsentScope.ALL: _("Everything in my report"),
    terms.ConsentScope.FROM_NOW: _("Only what I write from now on"),
}
_STAFF = {
    terms.CaseState.RECEIVED: _("received"),
    terms.CaseState.TRIAGED: _("triaged"),
    terms.CaseState.ASSIGNED: _("assigned"),
    terms.CaseState.IN_PROGRESS: _("in progress"),
    terms.CaseState.WAITING_WORKER: _("waiting for the worker"),
    terms.CaseState.WAITING_THIRD_PARTY: _("waiting for somebody else"),
    terms.CaseState.FOLLOW_UP: _("follow-up"),
    terms.CaseState.CLOSED: _("closed"),
    terms.CaseState.REOPENED: _("reopened"),
    terms.ReferralState.WAITING: _("not asked yet"),
    terms.ReferralState.SENT: _("asked"),
    terms.ReferralState.SEEN: _("seen"),
    terms.ReferralState.INFO_REQUESTED: _("asked back"),
    terms.ReferralState.ACCEPTED: _("accepted"),
    terms.ReferralState.DECLINED: _("declined"),
    terms.ReferralState.EXPIRED: _("no answer in time"),
    terms.ReferralState.WITHDRAWN: _("withdrawn"),
    terms.ReferralState.IN_SERVICE: _("in service"),
    terms.ReferralState.COMPLETED: _("completed"),
    terms.ReferralState.NOT_COMPLETED: _("not completed"),
    terms.ReferralState.PASSED_OVER: _("passed over"),
    terms.ReleaseRefusal.ASK_HER: _("she can be asked in time"),
    terms.ReleaseRefusal.NO_DANGER: _("no life is at risk"),
    terms.ReleaseRefusal.OTHER_WAY: _("there is another way to help her"),
    terms.ReleaseRefusal.NOT_THEM: _("not this organization"),
    terms.ReleaseRefusal.UNCLEAR: _("the reason does not say enough"),
    terms.DeclineReason.NO_CAPACITY: _("no room"),
    terms.DeclineReason.OUT_OF_SCOPE: _("not our kind of help"),
    terms.DeclineReason.OUT_OF_AREA: _("outside our area"),
    terms.DeclineReason.LANGUAGE: _("we do not speak the language"),
    terms.DeclineReason.CONFLICT_OF_INTEREST: _("conflict of interest"),
    terms.DeclineReason.CANNOT_REACH_WORKER: _("cannot reach the worker"),
    terms.DeclineReason.WORKER_DECLINED: _("the worker declined"),
    terms.DeclineReason.DUPLICATE: _("duplicate"),
    terms.DeclineReason.SAFETY: _("safety"),
    terms.DeclineReason.OTHER: _("other reason"),
    terms.Withdrawal.GIVEN_BACK: _("given back"),
    terms.Withdrawal.CONFLICT: _("conflict of interest"),
    terms.Withdrawal.CASE_CLOSED: _("the case was closed first"),
    terms.Withdrawal.RECALLED: _("taken back by who asked"),
    terms.PassedOver.PAUSED: _("paused"),
    terms.PassedOver.LAPSED: _("confirmation lapsed"),
    terms.PassedOver.NO_KEYS: _("has no keys"),
    terms.PassedOver.CONFLICT: _("conflict of interest"),
    terms.PassedOver.NOT_A_PARTNER: _("no partner any more"),
}
_OUTCOME = {
    terms.Outcome.MONEY_RECOVERED: _("money recovered"),
    terms.Outcome.DOCUMENTS_RETURNED: _("documents returned"),
    terms.Outcome.SETTLED: _("settled"),
    terms.Outcome.CLAIM_FILED: _("claim filed"),
    terms.Outcome.PROSECUTED: _("prosecuted"),
    terms.Outcome.SHELTERED: _("sheltered"),
    terms.Outcome.REPATRIATED: _("repatriated"),
    terms.Outcome.NEW_EMPLOYER: _("new employer"),
    terms.Outcome.VISA_EXTENDED: _("visa extended"),
    terms.Outcome.REFERRED_ON: _("referred on"),
    terms.Outcome.ADVICE_ONLY: _("advice only"),
    terms.Outcome.WORKER_WITHDREW: _("the worker withdrew"),
    terms.Outcome.WORKER_UNREACHABLE: _("the worker could not be reached"),
    terms.Outcome.UNFOUNDED: _("unfounded"),
    terms.Outcome.DIED: _("the worker died"),
    terms.Outcome.OTHER: _("other outcome"),
}
_CLOSING = {
    terms.ClosingKind.RESOLVED: _("resolved"),
    terms.ClosingKind.SPAM: _("spam"),
    terms.ClosingKind.DUPLICATE: _("duplicate"),
}
_VIA = {
    terms.ConsentVia.WEB: _("on her page"),
    terms.ConsentVia.VOICE: _("by voice"),
    terms.ConsentVia.PAPER: _("on paper"),
}
_CLOCK = {
    terms.ClockKind.ANSWER: _("answer"),
    terms.ClockKind.FIRST_ANSWER: _("first answer"),
    terms.ClockKind.NEXT_CONTACT: _("next contact"),
    terms.ClockKind.REPLY: _("answer"),
}
_LABELS: dict[tuple[type, str], Any] = {
    (type(word), str(word)): text
    for table in (
        _URGENCY, _WHEN, _ASK, _RESPONDENT, _CHANNEL, _SECTOR, _AGE, _SEX, _NEED, _WORKER_STATUS,
        _SCOPE, _STAFF, _OUTCOME, _CLOSING, _VIA, _CLOCK,
        paper_labels.FIELDS, paper_labels.STATES, paper_labels.OUTCOMES,
        paper_labels.PRIORITIES, paper_labels.WHO,
    )
    for word, text in table.items()
}  # fmt: skip


def label(word: StrEnum | str | None, kind: str = "") -> Any:
    """What a person reads for a word of a closed list.

    ``kind`` names the list where the word comes as plain text from a row: ``"CaseState"``.
    """
    if not word:
        return ""
    cls = getattr(terms, kind) if kind else type(word)
    return _LABELS.get((cls, str(word)), str(word).replace("_", " "))
