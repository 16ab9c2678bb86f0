"""What an entry may be hung on, and by whom."""

from uuid import UUID

from grievance.directory.charge import Charge
from grievance.directory.entry_form import EntryForm, parent_named, say
from grievance.store import entries
from grievance.store.directory import Organization
from grievance.web import staff
from grievance.web.database import db
from grievance.web.locale import gettext


def may_move(charge: Charge) -> bool:
    """Who stands above an entry says what it hangs on; the root hangs on nothing."""
    return charge.above and not charge.body.is_root


def may_add(above: Organization) -> bool:
    """Whether she may put a new listing below a body."""
    own = staff.desk()
    return own.coordinates and above.active and above.id in own.subtree


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
