"""What a worker reads for a way to reach an organization."""

from typing import Any, Final

from grievance.rules.terms import ContactKind
from grievance.web.locale import lazy as _

KINDS: Final[dict[ContactKind, Any]] = {
    ContactKind.PHONE: _("Phone"),
    ContactKind.WHATSAPP: "WhatsApp",
    ContactKind.VIBER: "Viber",
    ContactKind.MESSENGER: "Messenger",
    ContactKind.LINE: "LINE",
    ContactKind.EMAIL: _("E-mail"),
    ContactKind.WEB: _("Website"),
    ContactKind.IN_PERSON: _("In person, by appointment"),
}
