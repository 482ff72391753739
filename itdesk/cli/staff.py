"""`itdesk staff`: who works at the desk."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import click

from itdesk.cli.change import tell
from itdesk.cli.invocation import Invocation
from itdesk.cli.output import say, say_json_array
from itdesk.cli.parameters import LEVEL, Word, as_json
from itdesk.cli.table import table
from itdesk.desk.people import NewPerson, add_people
from itdesk.desk.queries.people import colleagues, known_person, team_names
from itdesk.domain.people import Role


@click.group("staff")
def staff_command() -> None:
    """Who works at the desk: add, list, import.

    \b
    Example:
      itdesk staff list
    """


@staff_command.command("add")
@click.argument("login", metavar="LOGIN")
@click.option("--name", metavar="NAME", default=None, help="Full name.")
@click.option("--role", type=Word(Role), default=None, help="Default: technician.")
@click.option("--email", metavar="ADDRESS", default=None, help="Mail address.")
@click.option("--level", type=LEVEL, default=None, help="Support level.")
@click.option("--team", "teams", metavar="TEAM", multiple=True, default=(), help="May be given several times.")
@click.option("--department", metavar="TEXT", default=None, help="Department.")
@click.option("--site", metavar="TEXT", default=None, help="Where they work.")
@as_json
@click.pass_obj
def add_command(
    invocation: Invocation,
    login: str,
    name: str | None,
    role: Role | None,
    email: str | None,
    level: int | None,
    teams: tuple[str, ...],
    department: str | None,
    site: str | None,
    as_json: bool,
) -> None:
    """Add somebody, or change what is given.

    LOGIN is the name by which the operating system knows them.

    \b
    Examples:
      itdesk staff add anna --name "Anna Schmidt" --team network --level L2
      itdesk staff add anna --role team-lead
    """
    with invocation.session(rules=True) as session:
        known = known_person(session, login)
        if role is None and (known is None or known.role is Role.REQUESTER):
            role = Role.TECHNICIAN
        given: dict[str, Any] = {
            "name": name,
            "role": role,
            "email": email,
            "level": level,
            "teams": teams or None,
            "department": department,
            "site": site,
        }
        changed = {key: value for key, value in given.items() if value is not None}
        person = replace(known or NewPerson(login, login), **changed)
        tell(session, add_people(session, [person]), as_json)


@staff_command.command("list")
@as_json
@click.pass_obj
def list_command(invocation: Invocation, as_json: bool) -> None:
    """List who works at the desk.

    \b
    Examples:
      itdesk staff list
      itdesk staff list --json
    """
    with invocation.session() as session:
        people = colleagues(session)
        if as_json:
            say_json_array(map(asdict, people))
            return
        rows = [
            (one.login, one.name, one.role.title, f"L{one.level}" if one.level else "-", ", ".join(one.teams) or "-")
            for one in people
        ]
        for line in table(("Login", "Name", "Role", "Level", "Teams"), rows):
            say(line)


@staff_command.command("import")
@click.argument("file", metavar="FILE.csv", type=click.Path(path_type=Path))
@as_json
@click.pass_obj
def import_command(invocation: Invocation, file: Path, as_json: bool) -> None:
    """Add everybody of a CSV file, or nobody.

    If a line is wrong, nobody is added; who is known is brought up to date.

    The first line names the columns: login (needed), name, role, email, level, teams (parted by spaces), department,
    site.

    \b
    Example:
      itdesk staff import staff.csv
    """
    from itdesk.gateways.staff_file import read_staff

    with invocation.session(rules=True) as session:
        people = read_staff(file, team_names(session))
        tell(session, add_people(session, people), as_json)
