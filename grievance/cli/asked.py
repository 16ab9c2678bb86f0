"""Checks what a command was given: names, addresses, countries, languages."""

import click
from babel import Locale

from grievance.rules.email import is_email, normal_email
from grievance.rules.languages import ours
from grievance.rules.text import is_blank

_LONGEST = 300  # as on the pages


def name(value: str) -> str:
    """A name on one line, or a clear end."""
    if is_blank(value):
        raise click.BadParameter("A name is empty. Write what people say.")
    if len(value) > _LONGEST:
        raise click.BadParameter(f"A name is too long. Write at most {_LONGEST} letters.")
    return " ".join(value.split())


def email(value: str) -> str:
    """An e-mail address as it is kept, or a clear end."""
    if not is_email(value):
        raise click.BadParameter(f'"{value[:_LONGEST]}" is no e-mail address.')
    return normal_email(value)


def country(value: str) -> str:
    """A country's two letters, or a clear end."""
    code = value.strip().upper()
    if len(code) != 2 or code not in Locale("en").territories:
        raise click.BadParameter("Write the two letters of a country, such as HK.")
    return code


def languages(ctx: click.Context, param: click.Parameter, value: str) -> tuple[str, ...]:
    """Tags of languages of ours, or a clear end."""
    found = {tag: ours(tag.strip()) for tag in value.split(",") if tag.strip()}
    unknown = [tag for tag, language in found.items() if language is None]
    if unknown or not found:
        raise click.BadParameter(f"These are no languages of ours: {', '.join(unknown) or value}")
    return tuple(dict.fromkeys(str(language) for language in found.values()))


def language(ctx: click.Context, param: click.Parameter, value: str) -> str:
    """The tag of one language of ours, or a clear end."""
    found = languages(ctx, param, value)
    if len(found) > 1:
        raise click.BadParameter("Name one language.")
    return found[0]
