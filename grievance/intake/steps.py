"""The six steps, and which comes next."""

from enum import StrEnum

from grievance.casework.report.drafting import DraftState


class Step(StrEnum):
    """The pages of a report, in their order."""

    PROBLEM = "problem"
    STORY = "story"
    PLACE = "place"
    SHARING = "sharing"
    CONTACT = "contact"
    CHECK = "check"


ORDER = list(Step)
_SHORT = [Step.PROBLEM, Step.SHARING, Step.CHECK]


def next_step(step: Step, state: DraftState) -> Step:
    """The step after this one on the way she takes."""
    way = _SHORT if state.short else ORDER
    later = [one for one in way if ORDER.index(one) > ORDER.index(step)]
    return later[0] if later else Step.CHECK


def step_before(step: Step, state: DraftState) -> Step | None:
    """The step that Back leads to; none before the first."""
    way = _SHORT if state.short else ORDER
    before = [one for one in way if ORDER.index(one) < ORDER.index(step)]
    return before[-1] if before else None
