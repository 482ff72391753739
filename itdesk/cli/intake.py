"""`itdesk new`."""

import click

from itdesk.cli.change import tell
from itdesk.cli.invocation import Invocation
from itdesk.cli.parameters import Word, as_json, read_text
from itdesk.desk.intake import NewTicket, submit
from itdesk.domain.ticket import Channel, Kind


@click.command("new")
@click.argument("subject", metavar="SUBJECT")
@click.option("--body", metavar="TEXT", default="", help="The whole story; - reads it from standard input.")
@click.option("--requester", metavar="WHO", default=None, help='A login, a name or "Name <mail address>"; else you.')
@click.option("--kind", type=Word(Kind), default=None, help="Else the rules decide.")
@click.option("--category", metavar="PATH", default=None, help="Such as network.vpn; else the rules decide.")
@click.option("--impact", metavar="LEVEL", default=None, help="Else the rules decide.")
@click.option("--urgency", metavar="LEVEL", default=None, help="Else the rules decide.")
@click.option("--tag", "tags", metavar="TAG", multiple=True, default=(), help="May be given several times.")
@click.option("--channel", type=Word(Channel), default=Channel.CLI, help="How the request came in.")
@click.option("--site", metavar="SITE", default=None, help="Where; else the requester's own site.")
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
    as_json: bool,
) -> None:
    """Open a ticket; the rules categorize, prioritize and route it.

    \b
    Examples:
      itdesk new "VPN drops every hour" --requester anna --channel phone
      journalctl -b -p err | itdesk new "Errors since boot on web01" --body -
      itdesk --key nightly-0412 new "Back-up failed" --impact team
    """
    with invocation.session(rules=True) as session:
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
        tell(session, submit(session, ticket), as_json)
