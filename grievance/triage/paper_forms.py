"""Forms for a referral on paper: what may stand on one, and the answer that came back."""

from wtforms import HiddenField
from wtforms.validators import StopValidation

from grievance.rules.paper import LONGEST_DAYS, may_answer_by, may_last
from grievance.rules.terms import (
    SENSITIVE,
    ConsentVia,
    Language,
    PaperField,
    PaperOutcome,
    WhoAgrees,
)
from grievance.rules.text import is_blank
from grievance.triage.forms import PastDay, Pick
from grievance.web.forms import Day, Filled, Line, Many, ServiceForm, Words, options
from grievance.web.labels import label
from grievance.web.locale import gettext, language_name
from grievance.web.locale import lazy as _
from grievance.web.service import today

_YES = "yes"


class MakePaperForm(ServiceForm):
    """A form for one body outside. Nothing is ticked at first."""

    country = HiddenField()
    listing = Pick(_("To an organization of the directory"))
    body = Line(_("Or to another body: its name"))
    purpose = Words(
        _("What they are asked to do"),
        description=_("It stands on the form as you write it, and she reads it on her page."),
        validators=[Filled(_("Please say what they are asked to do."))],
        longest=2000,
    )
    answer_to = Line(
        _("Whom they answer: phone, e-mail or address of your desk"),
        validators=[Filled(_("Please say whom they answer."))],
    )
    fields = Many(_("What may stand on the form"))
    sensitive = Many(_("What can hurt her most"))
    careful = Many(_("Please confirm"))
    interpreter = Pick(
        _("Is an interpreter needed?"),
        choices=options([("", _("the form does not say")), ("yes", _("Yes")), ("no", _("No"))]),
    )
    done = Words(
        _("What was done or given already, in your words"),
        description=_(
            "Nothing of the case is copied. As she reads and allows it, and confirmed below."
        ),
        longest=2000,
    )
    consent = Pick(
        _("How did the worker agree?"),
        choices=options(
            [
                ("", _("Not yet: ask her on her page")),
                (str(ConsentVia.VOICE), _("By voice")),
                (str(ConsentVia.PAPER), _("On paper")),
            ]
        ),
    )
    who = Pick(_("Who said yes?"))
    spoken_on = PastDay(_("On which day did she agree?"))
    language = Pick(_("In which language did she hear or read it?"))
    until = Day(
        _("Last day on which it may be printed"),
        description=_("From today on, within a year."),
        needed=True,
    )
    answer_by = Day(_("An answer is expected by"))  # behind the last day: it is before that

    def offer(
        self, listings: list[tuple[str, str]], filled: list[PaperField], *, others: bool
    ) -> None:
        """What there is to choose from: listings of a country, fields that tell something, and
        whether somebody else than the worker may have agreed."""
        who = [(str(one), label(one)) for one in WhoAgrees] if others else []
        self.who.choices = options([("", _("choose")), *who])
        self.listing.choices = options([("", _("none of these")), *listings])
        told = [(str(one), label(one)) for one in filled]
        self.fields.choices = options(one for one in told if PaperField(one[0]) not in SENSITIVE)
        self.sensitive.choices = options(one for one in told if PaperField(one[0]) in SENSITIVE)
        self.careful.choices = options(
            [
                (
                    _YES,
                    _("She heard what each of these tells, and that paper goes from hand to hand."),
                )
            ]
        )
        tongues = [(str(one), language_name(one)) for one in Language]
        self.language.choices = options([("", _("choose")), *tongues])

    @property
    def chosen(self) -> frozenset[PaperField]:
        """Every field that was ticked, of both kinds, and what the desk says itself."""
        own = [PaperField.INTERPRETER] if self.interpreter.data else []
        own += [PaperField.DONE] if self.says_done else []
        return frozenset(map(PaperField, [*self.fields.data, *self.sensitive.data, *own]))

    @property
    def says_done(self) -> bool:
        """Whether anything was typed about what was done."""
        return not is_blank(self.done.data or "")

    @property
    def more(self) -> bool:
        """Whether something is in the folded part."""
        parts = (self.interpreter, self.done, self.answer_by)
        return any(one.data or one.errors for one in parts)

    @property
    def via(self) -> ConsentVia | None:
        """How she agreed; None where she is asked."""
        return ConsentVia(self.consent.data) if self.consent.data else None

    def validate_body(self, field: Line) -> None:
        """One body: from the list, or by name."""
        typed = not is_blank(field.data or "")
        if bool(self.listing.data) == typed:
            raise StopValidation(gettext("Choose one from the list, or write a name."))

    def validate_fields(self, field: Many) -> None:
        """Something must be told."""
        if not (field.data or self.sensitive.data or self.interpreter.data or self.says_done):
            raise StopValidation(gettext("Tick what may stand on the form."))

    def validate_careful(self, field: Many) -> None:
        """What can hurt her is confirmed by itself."""
        if (self.sensitive.data or self.says_done) and not field.data:
            raise StopValidation(gettext("Confirm that she said yes to what can hurt her."))

    def validate_who(self, field: Pick) -> None:
        """And whose it was, where others may agree too."""
        if self.consent.data and len(field.choices) > 1 and not field.data:
            raise StopValidation(gettext("Say who said yes."))

    def validate_spoken_on(self, field: PastDay) -> None:
        """A yes that was written down has its day."""
        if self.consent.data and field.day is None:
            raise StopValidation(gettext("Write the day on which she agreed."))

    def validate_language(self, field: Pick) -> None:
        """And its language."""
        if self.consent.data and not field.data:
            raise StopValidation(gettext("Choose the language in which she heard or read it."))

    def validate_until(self, field: Day) -> None:
        """A consent ends."""
        if field.day is not None and not may_last(field.day, today()):
            raise StopValidation(
                gettext("Choose a day from today on, within %(days)s days.", days=LONGEST_DAYS)
            )

    def validate_answer_by(self, field: Day) -> None:
        """While the form stands."""
        until = self.until.day
        if field.day and until and not may_answer_by(field.day, until, today()):
            raise StopValidation(
                gettext("Choose a day from today on, not after the last day of the form.")
            )


class PaperAnswerForm(ServiceForm):
    """What came back on paper; ``of`` is the form that it answers."""

    of = ""
    answer = Pick(
        _("What they answered"), choices=options((str(o), label(o)) for o in PaperOutcome)
    )
    text = Words(
        _("Their answer, as it stands on the paper"),
        description=_("She sees that an answer came, and which. The words stay with you."),
    )
