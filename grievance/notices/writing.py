"""Writes the two texts of a mail in its reader's language, from ``templates/email``."""

from jinja2 import Environment, StrictUndefined

from grievance.config import Settings
from grievance.notices.deliver import Writer
from grievance.rules.terms import NoticeKind
from grievance.web.locale import translations_for
from grievance.web.places import template_loader


def mail_writer(settings: Settings) -> Writer:
    """A function that gives subject and body. Links need sign-in and name no case."""

    def write(kind: NoticeKind, language: str, items: int) -> tuple[str, str]:
        environment = Environment(
            loader=template_loader(),
            extensions=["jinja2.ext.i18n"],
            autoescape=False,  # noqa: S701 -- plain text mail
            undefined=StrictUndefined,
            trim_blocks=True,
        )
        environment.install_gettext_translations(  # type: ignore[attr-defined]
            translations_for(language), newstyle=True
        )
        values = {
            "items": items,
            "link": f"{settings.public_url}/desk/",
            "service_name": settings.service_name,
        }
        subject, body = (
            environment.get_template(f"email/{kind}/{part}.txt").render(values)
            for part in ("subject", "body")
        )
        return " ".join(subject.split()), body

    return write
