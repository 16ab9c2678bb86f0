"""Who may change an entry of the directory, and what she may hang it on."""

from uuid import UUID

from grievance.directory.entry_form import EntryForm, parent_named, say
from grievance.rules.terms import Role
from grievance.store import entries
from grievance.store.directory import Organization
from grievance.web import staff
from grievance.web.database import db
from grievance.web.locale import gettext


def may_change(body: Organization) -> bool:
    """Her own, as coordinator or administrator; those below, and for the secretariat those that
    hang nowhere, as coordinator."""
    own = staff.desk()
    if Role.COORDINATOR in own.roles:
        nobodys = own.is_root and entries.hangs_nowhere(db(), body)
        return body.id in own.subtree or nobodys
    return Role.ADMINISTRATOR in own.roles and body.id == own.organization_id


def may_move(body: Organization) -> bool:
    """Who stands above an entry says what it hangs on; the root hangs on nothing."""
    return body.id != staff.desk().organization_id and not body.is_root and may_change(body)


def may_add(above: Organization) -> bool:
    """Whether she may put a new listing below a body."""
    own = staff.desk()
    return Role.COORDINATOR in own.roles and above.active and above.id in own.subtree


def name_of(above: Organization) -> str:
    """Its name; its short name where several are called so."""
    return above.name if len(entries.called(db(), above.name)) == 1 else above.slug


def named_parent(form: EntryForm, body: Organization) -> UUID | None:
    """The body above that the form names; what stays as it was is not looked at."""
    text = form.below.data or ""
    above = db().get(Organization, body.parent_id) if body.parent_id else None
    if text == (name_of(above) if above else "") or (above and text == above.slug):
        return body.parent_id
    if not text:
        say(form.below, gettext("Write the organization above it."))
        return None
    found, several = parent_named(entries.called(db(), text), staff.desk().subtree)
    if several:
        words = gettext("Several are called so. Write one of: %(names)s", names=", ".join(several))
        say(form.below, words)
    elif found is None:
        say(form.below, gettext("No organization of yours has this name."))
    return found
