"""What a person reads when an act could not be done."""

from typing import Any

from grievance.casework.case import closing, grouping, refusing, releasing, timing, working
from grievance.casework.case.keyring import StaleKey
from grievance.casework.referral import (
    onward,
    opinions,
    paper,
    paper_bodies,
    questions,
    referring,
)
from grievance.casework.respondents import merging, naming, tying
from grievance.web.locale import lazy as _

TWO_PERSONS = _("Noted. A danger case takes two: somebody else at your desk must close it too.")
TWO_WITH_ABOVE = _(
    "Noted. A danger case takes two: a coordinator above your desk must close it too."
)
ALONE = _("Noted. A danger case takes two, and nobody else can: close it again in 24 hours.")
_CHANGED = _("Somebody changed this meanwhile. This page shows how it is now.")
SAID: dict[type[Exception], Any] = {
    referring.NotAsked: _("You are not asked any more. Somebody was quicker, or time ran out."),
    referring.CannotMove: _CHANGED,
    referring.SealedToAnOldKey: _(
        "Your desk has a new key, and this case was sealed to the old one. Only the worker can "
        "open it to you, when she comes back. Decline, so that somebody else is asked."
    ),
    working.Changed: _CHANGED,
    working.NotAllowed: _("This is not possible now."),
    working.ReasonNeeded: _("Please say why it is less urgent."),
    timing.NotThatDay: _("Choose a day from today on, within a year."),
    timing.NobodysCase: _("This is not possible now."),
    closing.AlreadyClosed: _CHANGED,
    closing.NewWords: _("She wrote meanwhile. Her words stand on this page now: read them first."),
    onward.CannotReferThere: _("This organization cannot be asked in this case."),
    onward.AskHerFirst: _(
        "You cannot read this case yet, so her word cannot be recorded here. Ask her on her page."
    ),
    releasing.CannotRelease: _(
        "This cannot be opened without her word: it is no danger case any more, or she or a rule "
        "stands against it."
    ),
    releasing.NobodySecond: _(
        "This takes two persons, and there is no second one: no colleague who works on cases, and "
        "no coordinator above your desk."
    ),
    releasing.AskedOtherwise: _(
        "A colleague asks to open this case to another organization. That one is agreed to, or "
        "ends within a day."
    ),
    refusing.NothingToRefuse: _CHANGED,
    grouping.GroupedAlready: _(
        "One of these cases is in a group already. Take it out there first."
    ),
    grouping.TooMany: _("A group holds a hundred cases at most."),
    grouping.NobodyToTell: _("There is no open case in this group."),
    paper_bodies.NeverOnPaper: _(
        "No paper goes there. It reads like a consulate, a government office, the police, "
        "immigration, an agency, somebody whom the report is about, or whom she keeps away."
    ),
    paper.FormThere: _("There is a form for this body already. Look at the case's page."),
    paper.CannotPrint: _("This form cannot be printed: she did not say yes, or it has ended."),
    naming.LinkedAlready: _("The case is about this record already."),
    merging.SameRecord: _("A record is not merged with itself."),
    merging.AlreadyMerged: _("One of the two is merged already. This page shows how it is now."),
    merging.NotMerged: _("This record stands alone already."),
    tying.NotAMember: _("She is not a member of this desk."),
    tying.OwnTie: _("You cannot take your own tie back. A colleague does it."),
    questions.WriteToHer: _("You can read this case: write her a message."),
    questions.OneWaits: _("A question of yours waits for her answer. Ask again after that."),
    opinions.CannotAdvise: _("This organization cannot be asked in this case."),
    opinions.AdviceWaits: _("This desk is asked about this case already. Write in that thread."),
    opinions.AdviceOver: _("This thread has ended: nobody waits for your words any more."),
    StaleKey: _("A key changed this very moment. Please press again."),
}
