"""`itdesk new`."""

import click

from itdesk.cli.change import tell
from itdesk.cli.invocation import Invocation
from itdesk.cli.parameters import Word, as_json, read_text
from itdesk.desk.intake import NewTicket, submit
from itdesk.desk.templates import fill, template_named
from itdesk.domain.ticket import Channel, Kind


@click.command("new")
@click.argument("subject", metavar="[SUBJECT]", default="")
@click.option("--body", metavar="TEXT", default="", help="The whole story; - reads it from standard input.")
@click.option("--requester", metavar="WHO", default=None, help='A login, a name or "Name <mail address>"; else you.')
@click.option("--kind", type=Word(Kind), default=None, help="Else the rules decide.")
@click.option("--category", metavar="PATH", default=None, help="Such as network.vpn; else the rules decide.")
@click.option("--impact", metavar="LEVEL", default=None, help="Else the rules decide.")
@click.option("--urgency", metavar="LEVEL", default=None, help="Else the rules decide.")
@click.option("--tag", "tags", metavar="TAG", multiple=True, default=(), help="May be given several times.")
@click.option("--channel", type=Word(Channel), default=Channel.CLI, help="How the request came in.")
@click.option("--site", metavar="SITE", default=None, help="Where; else the requester's own site.")
@click.option("--template", metavar="NAME", default=None, help="Begin with a template of templates.yaml.")
@click.option("--field", "fields", metavar="KEY=VALUE", multiple=True, help="A field of the template; repeatable.")
@as_json
@click.pass_obj
def new_command(
    invocation: Invocation,
    subject: str,
    body: str,
    requester: str | None,
    kind: Kind | None,
    category: str | None,
    impact: str | None,
    urgency: str | None,
    tags: tuple[str, ...],
    channel: Channel,
    site: str | None,
    template: str | None,
    fields: tuple[str, ...],
    as_json: bool,
) -> None:
    """Open a ticket; the rules categorize, prioritize and route it.

    \b
    Examples:
      itdesk new "VPN drops every hour" --requester anna --channel phone
      journalctl -b -p err | itdesk new "Errors since boot on web01" --body -
      itdesk new --template restore --field what=budget.xlsx --field where=/finance --field date=yesterday
      itdesk --key nightly-0412 new "Back-up failed" --impact team
    """
    values = _fields(template, fields)
    if not subject.strip() and template is None:
        raise click.UsageError("Say in a few words what is wrong or wanted: itdesk new SUBJECT.")
    with invocation.session() as session:
        ticket = NewTicket(
            subject=subject,
            body=read_text(body),
            requester=requester,
            channel=channel,
            kind=kind,
            category=category,
            impact=impact,
            urgency=urgency,
            tags=tags,
            site=site,
        )
        if template is not None:
            ticket = fill(template_named(session.rulebook, template), values, ticket)
        tell(session, submit(session, ticket), as_json)


def _fields(template: str | None, given: tuple[str, ...]) -> dict[str, str]:
    if given and template is None:
        raise click.UsageError("--field fills in a template: name it with --template.")
    values = {}
    for one in given:
        key, equals, value = one.partition("=")
        if not equals:
            raise click.UsageError(f"--field {one}: write KEY=VALUE.")
        values[key.strip()] = value
    return values
