"""What a case holds for each field of a printed form, as codes and words; and its sealed part."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from dataclasses import fields as dataclass_fields
from datetime import date

from grievance.casework.report.answers import Answers
from grievance.rules.paper import problems_apart
from grievance.rules.terms import PaperField as F
from grievance.rules.terms import ServiceNeed
from grievance.rules.urgency import Taxonomy, needs_of

Contents = Mapping[F, tuple[str, ...]]


@dataclass(frozen=True)
class Said:
    """What a form says that is no answer of hers. It stays as it was when she was asked: what the
    desk finds later is on no paper that she said yes to."""

    priority: str = ""
    interpreter: str = ""  # "yes" or "no"
    done: str = ""  # what was done or given already; typed for this form
    agreed_by: str = ""  # terms.WhoAgrees, where a desk wrote the yes down; on no form
    answer_by: str = ""  # a day; it tells nothing of her, so it is no field

    @classmethod
    def from_json(cls, raw: object) -> "Said":
        """As it was kept; forms of older releases said nothing of it."""
        kept = raw if isinstance(raw, Mapping) else {}
        return cls(**{one.name: str(kept.get(one.name, "")) for one in dataclass_fields(cls)})

    def only(self, fields: frozenset[F]) -> "Said":
        """Of this, what these fields may tell."""
        told = {F.PRIORITY: self.priority, F.INTERPRETER: self.interpreter, F.DONE: self.done}
        return replace(self, **{str(one): told[one] if one in fields else "" for one in told})

    @property
    def answer_day(self) -> date | None:
        """By when the desk hopes for an answer."""
        return date.fromisoformat(self.answer_by) if self.answer_by else None


@dataclass(frozen=True)
class PaperWords:
    """The sealed part of a form: for whom, what for, whom to answer, and what may stand on it."""

    body: str
    purpose: str
    answer_to: str
    fields: frozenset[F]
    said: Said = Said()

    def only(self, fields: frozenset[F]) -> "PaperWords":
        """With these fields alone; nothing of the others is kept."""
        return replace(self, fields=fields, said=self.said.only(fields))

    def to_json(self) -> dict[str, object]:
        """Every field stands there with 0 or 1, so that lengths do not tell which were chosen."""
        chosen = {str(one): int(one in self.fields) for one in F}
        words = {"body": self.body, "purpose": self.purpose, "answer_to": self.answer_to}
        return words | {"fields": chosen, "said": asdict(self.said)}

    @classmethod
    def from_json(cls, raw: Mapping[str, object]) -> "PaperWords":
        """As it was kept; fields of another release are never printed."""
        kept = raw["fields"]
        chosen = {F(one) for one in F if isinstance(kept, Mapping) and kept.get(str(one)) == 1}
        body, purpose, answer_to = (str(raw[name]) for name in ("body", "purpose", "answer_to"))
        return cls(body, purpose, answer_to, frozenset(chosen), Said.from_json(raw.get("said")))


def contents_of(
    number: str, answers: Answers, taxonomy: Taxonomy, said: Said
) -> dict[F, tuple[str, ...]]:
    """Every field that has something to tell. How she may be contacted stands with her rules for
    it; the receipt code, notes, messages, and whom she keeps away are in no field."""
    a = answers
    contact = (a.channel, a.contact, a.whose_phone or "", a.safe_times, a.may_say_who or "")
    told: dict[F, tuple[str, ...]] = {
        F.PRIORITY: (said.priority,),
        F.CASE_NUMBER: (number,),
        F.CALL_ME: (a.call_me,),
        F.CONTACT: contact,
        F.SAFE_WORD: (a.safe_word,),
        F.FOR_SOMEBODY: (a.for_somebody or "",),
        F.AGE_BAND: (a.age_band or "",),
        F.SEX: (a.sex or "",),
        F.NATIONALITY: (a.nationality or "",),
        F.LANGUAGES: tuple(a.languages),
        F.INTERPRETER: (said.interpreter,),
        F.DONE: (said.done,),
        F.PLACE: (a.country or "", a.city or "", a.other_place),
        F.SECTOR: (a.sector or "",),
        F.WHEN: (a.when or "",),
        F.ASKS: tuple(a.asks),
        F.RESPONDENT_KINDS: tuple(a.respondent_kind),
        F.RESPONDENT_NAMES: tuple(a.respondent_names.values()),
        F.STORY: (a.story,),
    }
    apart = problems_apart(taxonomy, (one for one in a.issues if taxonomy.knows(one)))
    told |= {field: tuple(codes) for field, codes in apart.items()}
    if F.PROBLEMS in told:  # what a sensitive problem needs would tell of it: its own field says it
        needs = needs_of(taxonomy, told[F.PROBLEMS])
        told[F.NEEDS] = tuple(one for one in ServiceNeed if one in needs)
    return {field: told[field] for field in F if any(told.get(field, ()))}
