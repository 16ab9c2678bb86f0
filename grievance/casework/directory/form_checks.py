"""Says which rows of a directory form do not fit the directory they come into, or each other."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from grievance.casework.directory.form import Entry
from grievance.casework.directory.shelter_words import told_streets, words_of

_AHEAD = timedelta(days=1)  # where the sender's day has begun and ours has not


@dataclass(frozen=True)
class Checks:
    """The directory as it is: who is above whom, its root, the groups of problems, and today."""

    above: Mapping[str, str | None]  # the parent of everybody known, by the form's ids
    root: str | None
    groups: frozenset[str]
    today: date

    def leave_out(self, taken: dict[str, Entry]) -> list[tuple[int, str, str]]:
        """Take out of ``taken`` what does not fit, and what hangs on that; say why."""
        said: list[tuple[int, str, str]] = []
        while wrong := {
            entry.id: problems
            for entry in taken.values()
            if (problems := list(self._problems(entry, taken)))
        }:
            for slug, problems in wrong.items():
                entry = taken.pop(slug)
                said += [(entry.line, slug, problem) for problem in problems]
        return said

    def _problems(self, entry: Entry, taken: Mapping[str, Entry]) -> Iterator[str]:
        if entry.id == self.root and (entry.parent or not entry.partner):
            yield "this is the root desk: it has no parent and stays a partner"
        if problem := self._parent_problem(entry, taken):
            yield f"parent: {problem}"
        for tie in entry.tied_to:
            if tie not in taken and tie not in self.above:
                yield f'tied_to: there is no organization "{tie}"'
        if entry.confirmed_on and entry.confirmed_on > self.today + _AHEAD:
            yield f"confirmed_on: {entry.confirmed_on} has not come yet"
        for field in told_streets(entry.kind, words_of(entry), entry.services):
            yield f"{field}: no street address of a shelter is kept"
        for group in self._unknown_groups(entry):
            yield f'groups: "{group}" is not one of: {", ".join(sorted(self.groups))}'

    def _unknown_groups(self, entry: Entry) -> list[str]:
        named = {group for service in entry.services for group in service.groups}
        return sorted(named - self.groups) if self.groups else []

    def _parent_problem(self, entry: Entry, taken: Mapping[str, Entry]) -> str | None:
        """A parent that nobody knows, or a ring, also one through what is there already."""
        seen, parent = {entry.id}, entry.parent
        while parent:
            if parent in seen:
                return f'"{parent}" would make this organization its own ancestor'
            if parent not in taken and parent not in self.above:
                return f'there is no organization "{parent}"'
            seen.add(parent)
            parent = taken[parent].parent if parent in taken else self.above[parent]
        return None
