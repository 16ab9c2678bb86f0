"""``grievance route simulate``: where a report with these answers would go now, and why."""

import json
from typing import Any
from uuid import UUID

import click
from sqlalchemy.orm import Session

from grievance.casework.report.answers import Answers
from grievance.casework.routes.simulating import as_plain
from grievance.casework.routes.simulating import simulate as simulated
from grievance.cli import asked
from grievance.cli.base import now, organization_named, reading, settings
from grievance.rules.needs import SHOWN
from grievance.rules.terms import AgeBand, RespondentKind, Sector, Sex
from grievance.store.directory import body_names
from grievance.store.taxonomy import taxonomy


def _one_of(kind: Any) -> click.Choice[str]:
    return click.Choice([str(one) for one in kind])


def _country(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    return asked.country(value) if value else None


def _languages(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[str, ...]:
    return asked.languages(ctx, param, value) if value else ()


@click.command()
@click.option("--issue", "issues", multiple=True, help="A problem or its group: WAG01, SAF.")
@click.option("--country", callback=_country, help="Country of work, two letters.")
@click.option("--city", help="As the directory writes it.")
@click.option("--nationality", callback=_country, help="Two letters.")
@click.option("--sector", type=_one_of(Sector))
@click.option("--languages", callback=_languages, help="Read or spoken: fil,en.")
@click.option("--age-band", type=_one_of(AgeBand))
@click.option("--sex", type=_one_of(Sex))
@click.option("--respondent-kind", multiple=True, type=_one_of(RespondentKind))
@click.option("--respondent", "respondents", multiple=True, help="An organization's id.")
@click.option("--rule-out", multiple=True, help="An organization's id.")
@click.option("--json", "as_json", is_flag=True, help="Everything, for a program.")
def simulate(
    respondents: tuple[str, ...], rule_out: tuple[str, ...], as_json: bool, **given: Any
) -> None:
    """Where a report with these answers would go now: who is asked first, who is kept away.

    Reads the directory and no case. Not for a real person's case: what you type stays in the
    history of your shell. Of each partner it is taken that it has no case yet.
    """
    chosen = settings()
    with reading() as db:
        known = taxonomy(db)
        supposed = Answers.from_json({**given, "respondent_kind": list(given["respondent_kind"])})
        supposed.issues = [one.upper() for one in given["issues"]]
        if wrong := [one for one in supposed.issues if not known.knows(one)]:
            raise click.ClickException(f"No such problem: {', '.join(wrong)}.")
        supposed.rule_out = [str(organization_named(db, one).id) for one in rule_out]
        named = [str(organization_named(db, one).id) for one in respondents]
        found = as_plain(
            simulated(
                db, supposed, named, known,
                today=now().date(), confirm_months=chosen.confirm_months,
            )
        )  # fmt: skip
        names = _names(db, found)
    if as_json:
        click.echo(json.dumps(found | {"names": names}, ensure_ascii=False))
    else:
        _say(found, names)


def _names(db: Session, found: dict[str, Any]) -> dict[str, str]:
    ids = {row[0] for row in (*found["candidates"], *found["exclusions"])}
    ids |= {row[0] for _line, some, _too in found["lines"] for row in some}
    ids |= {found["overseer"]} - {None}
    return {str(one): name for one, name in body_names(db, [UUID(i) for i in ids]).items()}


def _say(found: dict[str, Any], names: dict[str, str]) -> None:
    click.echo(f"rule version {found['rule_version']}, ", nl=False)
    click.echo(f"directory version {found['directory_version']}")
    if found["fallback"]:
        click.echo("Nobody fits: the network's own bodies are proposed.")
    for number, (one, _service, reasons) in enumerate(found["candidates"], 1):
        click.echo(f"{number}. {names.get(one, one)} ({one}): {', '.join(reasons)}")
    if not found["candidates"]:
        click.echo("Nobody can be proposed: such a report is held for the worker alone.")
    if found["further"]:
        click.echo(f"and {found['further']} more")
    for line, some, _too in found["lines"]:
        first = ", ".join(names.get(row[0], row[0]) for row in some[:SHOWN])
        click.echo(f"for the need {line!r}: {first or 'nobody'}")
    above = found["overseer"]
    click.echo(f"overseeing desk: {names.get(above, above) if above else 'none'}")
    for one, why in found["exclusions"]:
        click.echo(f"kept away: {names.get(one, one)} ({one}): {why}")
    for why, count in found["counts"]:
        click.echo(f"kept away: {count} more: {why}")
