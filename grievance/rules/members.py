"""What roles mean for keys and for the users page: who holds an organization's key, who manages."""

from collections.abc import Collection, Iterable

from grievance.rules.terms import Role

KEY_ROLES = frozenset({Role.ORGANIZER, Role.COORDINATOR})
MANAGING_ROLES = frozenset({Role.COORDINATOR, Role.ADMINISTRATOR})


def holds_keys(roles: Iterable[str]) -> bool:
    """Whether these roles work on cases; an administrator alone must not be able to read one."""
    return not KEY_ROLES.isdisjoint(roles)


def manages(roles: Iterable[str]) -> bool:
    """Whether these roles may invite, dismiss and change members."""
    return not MANAGING_ROLES.isdisjoint(roles)


def may_take_herself(before: Collection[str], after: Collection[str]) -> bool:
    """Whether a member may change her own roles so: fewer, but not her own way back to the page."""
    return set(after) <= set(before) and manages(before) == manages(after)
