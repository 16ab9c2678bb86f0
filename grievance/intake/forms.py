"""One form for each page. Field names are those of design.md 8; nothing is required here."""

from wtforms import HiddenField

from grievance.rules.terms import RespondentKind
from grievance.web import choices
from grievance.web.forms import Choice, Line, Many, ServiceForm, Words, options
from grievance.web.locale import lazy as _

_LONGEST_REVISION = 10  # letters; nobody presses that often


class StepForm(ServiceForm):
    """Every step carries the revision of the answers it shows."""

    revision = HiddenField()
    part = HiddenField()
    held = HiddenField()  # the page stands beside earlier answers

    def is_older_than(self, kept: int) -> bool:
        """Whether the page showed an older revision than the one kept; no number is not older."""
        shown = str(self.revision.data or "")
        return len(shown) < _LONGEST_REVISION and shown.isdecimal() and int(shown) < kept


class ProblemForm(StepForm):
    """Groups of problems; in its second view the codes of the groups chosen."""

    issues = Many(_("What is the problem?"), description=_("Choose one or more."))
    danger_now = Choice(_("Are you in danger, or locked in, now?"), choices=options(choices.YES_NO))


class StoryForm(StepForm):
    """Her own words."""

    story = Words(
        _("What happened?"), description=_("Write in any language. A few words are enough.")
    )
    when = Choice(_("When did it happen?"), choices=options(choices.WHEN))
    asks = Many(_("What do you want?"), choices=options(choices.ASKS))


class PlaceForm(StepForm):
    """Where she works, who she is, whom it is about; all of it optional."""

    country = Choice(_("Where do you work?"))
    city = Choice(_("Which city?"))
    other_place = Line(_("Another place"))
    sector = Choice(_("What is your work?"), choices=options(choices.SECTORS))
    nationality = Choice(_("What is your nationality?"))
    languages = Many(_("Which languages do you read or speak?"))
    age_band = Choice(_("How old are you?"), choices=options(choices.AGES))
    sex = Choice(_("You are"), choices=options(choices.SEXES))
    respondent_kind = Many(
        _("Who is your problem with?"),
        description=_("We never ask them. A name keeps your report away from them."),
        choices=options(choices.RESPONDENTS),
    )

    def names(self) -> list[Line]:
        """The name field of each kind of respondent."""
        return [self[f"respondent_name_{kind}"] for kind in RespondentKind]


for _kind in RespondentKind:
    setattr(PlaceForm, f"respondent_name_{_kind}", Line(_("Name, if you know it")))


class CountryForm(StepForm):
    """The one question that sharing needs first on the short way."""

    country = Choice(_("Where do you work?"))


class SharingForm(StepForm):
    """Who may read the report. Nothing is ticked at first."""

    sharing = Choice(
        _("Who can we show this to?"),
        choices=options([("nobody", _("Nobody yet")), ("chosen", _("Those I tick below"))]),
    )
    recipients = Many(_("Organizations"))
    if_nobody = Choice(_("If nobody answers"))
    rule_out = Many(_("My problem is with them"))


class ContactForm(StepForm):
    """Whether and how she may be contacted. No contact is the default."""

    channel = Choice(_("May we contact you?"), choices=options(choices.CHANNELS))
    call_me = Line(_("What should we call you?"), description=_("Any name is fine."))
    contact = Line(_("Number or address"))
    whose_phone = Choice(_("Do only you use this phone?"), choices=options(choices.YES_NO))
    safe_times = Line(_("When is it safe?"), description=_("For example: Sunday afternoon."))
    may_say_who = Choice(_("May we say who we are?"), choices=options(choices.YES_NO))
    safe_word = Line(_("A word that you will know us by"))
    for_somebody = Choice(_("Do you report for somebody else?"), choices=options(choices.YES_NO))


class CheckForm(StepForm):
    """Nothing but the button: the revision says which answers she saw."""


class SentForm(ServiceForm):
    """I have it, or another report."""


class ResumeForm(ServiceForm):
    """Go on, or close it."""
