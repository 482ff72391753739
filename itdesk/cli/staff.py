"""`itdesk staff`: who works at the desk."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import click

from itdesk.cli.change import tell
from itdesk.cli.invocation import Invocation
from itdesk.cli.output import say, say_json, say_json_array
from itdesk.cli.parameters import LEVEL, Word, as_json
from itdesk.cli.progress import clocks_bar
from itdesk.cli.table import table
from itdesk.desk.abilities import USUAL_CAPACITY, set_abilities, undo_last_of_abilities
from itdesk.desk.departure import come_back, leave
from itdesk.desk.errors import NotFound, Refused
from itdesk.desk.people import NewPerson, add_people
from itdesk.desk.queries.people import Colleague, colleagues, known_person, team_names
from itdesk.domain.ability_words import parse_capacity, parse_skill
from itdesk.domain.assignment import Skill
from itdesk.domain.people import Role


class _Capacity(click.ParamType[int]):
    """A weighted load, or `usual` for none of one's own."""

    name = "capacity"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number that `set_abilities` takes."""
        try:
            own = parse_capacity(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)
        return USUAL_CAPACITY if own is None else own


_capacity = click.option(
    "--capacity", type=_Capacity(), metavar="LOAD|usual", default=None, help="Weighted load that is enough for them."
)
_languages = click.option(
    "--language",
    "languages",
    metavar="CODE|none",
    multiple=True,
    default=(),
    callback=lambda _context, _option, words: _spoken(words),
    help="All they speak, as de; repeatable.",
)


def _spoken(words: tuple[str, ...]) -> tuple[str, ...] | None:
    """The languages to enter, none for `none`; None where nothing was said of them."""
    return () if words == ("none",) else words or None


def _skills(words: tuple[str, ...]) -> tuple[Skill, ...]:
    try:
        return tuple(map(parse_skill, words))
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def _told(skills: Iterable[Skill]) -> str:
    return ", ".join(f"{skill.category} {skill.level}" for skill in skills)


@click.group("staff")
def staff_command() -> None:
    """Who works at the desk: add, list, import, leave, return, and what they can do.

    \b
    Example:
      itdesk staff list
    """


@staff_command.command("add")
@click.argument("login", metavar="LOGIN")
@click.option("--name", metavar="NAME", default=None, help="Full name.")
@click.option("--role", type=Word(Role), default=None, help="Default for somebody new: technician.")
@click.option("--email", metavar="ADDRESS", default=None, help="Mail address.")
@click.option("--level", type=LEVEL, default=None, help="Support level.")
@click.option("--team", "teams", metavar="TEAM", multiple=True, default=(), help="May be given several times.")
@click.option("--department", metavar="TEXT", default=None, help="Department.")
@click.option("--site", metavar="TEXT", default=None, help="Where they work.")
@click.option("--skill", "skills", metavar="CATEGORY=1..5", multiple=True, default=(), help="All of them; repeatable.")
@_languages
@_capacity
@click.option("--vip", is_flag=True, default=False, help="Rules and agreements for VIPs are for them.")
@click.option("--no-vip", is_flag=True, default=False, help="They are not any more.")
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
    skills: tuple[str, ...],
    languages: tuple[str, ...] | None,
    capacity: int | None,
    vip: bool,
    no_vip: bool,
    as_json: bool,
) -> None:
    """Add somebody, or change what is given; the rest stays as it is, the role too.

    LOGIN is the name by which the operating system knows them.

    \b
    Examples:
      itdesk staff add anna --name "Anna Schmidt" --team network --level L2
      itdesk staff add anna --role team-lead
      itdesk staff add anna --skill network=3 --skill network.vpn=5 --language de --capacity 12
      itdesk staff add vera --vip
    """
    if vip and no_vip:
        raise click.UsageError("Either --vip or --no-vip.")
    marks = vip or no_vip
    with invocation.session() as session:
        known = known_person(session, login)
        if role is None and known is None:
            role = Role.TECHNICIAN
        given: dict[str, Any] = {
            "name": name,
            "role": role,
            "email": email,
            "level": level,
            "teams": teams or None,
            "department": department,
            "site": site,
            "skills": _skills(skills) or None,
            "languages": languages,
            "capacity": capacity,
            "vip": vip if marks else None,
        }
        changed = {key: value for key, value in given.items() if value is not None}
        if known is not None and known.role is Role.REQUESTER and role is None:
            _check_requester(known, changed)
        kept: dict[str, Any] = {"skills": None, "languages": None, "capacity": None, "vip": None}
        if role is Role.REQUESTER:
            kept |= {"teams": (), "level": None, "skills": ()}
        person = replace(known or NewPerson(login, login), **kept | changed)
        tell(session, add_people(session, [person]), as_json)


def _check_requester(known: Colleague, changed: Mapping[str, Any]) -> None:
    """Raises Refused for what makes sense only of staff, where no role is given."""
    of_staff = changed.keys() & {"level", "teams", "skills", "capacity"}
    if of_staff or (known.active and not changed):
        raise Refused(
            f"{known.login} is requester, and stays so; teams, level, skills and capacity are of staff only. "
            "`--role technician` makes them staff."
        )


@staff_command.command("list")
@click.option("--all", "also_left", is_flag=True, default=False, help="Also who has left.")
@click.option("--vip", "vips", is_flag=True, default=False, help="VIPs instead, requesters too.")
@as_json
@click.pass_obj
def list_command(invocation: Invocation, also_left: bool, vips: bool, as_json: bool) -> None:
    """List who works at the desk; with --all also who has left, marked so. VIPs are marked.

    \b
    Examples:
      itdesk staff list
      itdesk staff list --all --json
      itdesk staff list --vip
    """
    with invocation.session(rules=False) as session:
        people = colleagues(session, also_left=also_left, vips=vips)
        if as_json:
            say_json_array(map(asdict, people))
            return
        rows = [
            (
                one.login,
                one.name,
                f"{one.role.title}{', VIP' if one.vip else ''}{'' if one.active else ', left'}",
                f"L{one.level}" if one.level else "-",
                "-" if one.capacity is None else str(one.capacity),
                ", ".join(one.teams) or "-",
                _told(one.skills or ()) or "-",
            )
            for one in people
        ]
        for line in table(("Login", "Name", "Role", "Level", "Capacity", "Teams", "Skills"), rows):
            say(line)


@staff_command.command("leave")
@click.argument("login", metavar="LOGIN")
@click.option("--to", metavar="LOGIN", default=None, help="Who gets the open tickets; else their teams do.")
@as_json
@click.pass_obj
def leave_command(invocation: Invocation, login: str, to: str | None, as_json: bool) -> None:
    """Somebody leaves: they can do nothing more at this desk, and nothing of theirs is left behind.

    Their open tickets go to somebody else, or wait in the queue of their team. Shifts and duty on call no longer
    count. Visits, and approvals that nobody is left to give, are named: these are yours to settle.

    \b
    Examples:
      itdesk staff leave tom
      itdesk staff leave tom --to anna
    """
    with invocation.session() as session:
        change = leave(session, login, to=to)
        tell(session, change, as_json)
        if not as_json:
            say(f"`itdesk staff return {login}` is the way back.")


@staff_command.command("return")
@click.argument("login", metavar="LOGIN")
@as_json
@click.pass_obj
def return_command(invocation: Invocation, login: str, as_json: bool) -> None:
    """Somebody who left is back, with role, teams, skills and shifts as they were.

    \b
    Example:
      itdesk staff return tom
    """
    with invocation.session() as session:
        tell(session, come_back(session, login), as_json)


@staff_command.command("skills")
@click.argument("login", metavar="LOGIN")
@click.argument("skills", metavar="[CATEGORY=1..5...]", nargs=-1)
@click.option("--forget", metavar="CATEGORY", multiple=True, default=(), help="They no longer know it; repeatable.")
@_languages
@_capacity
@as_json
@click.pass_obj
def skills_command(
    invocation: Invocation,
    login: str,
    skills: tuple[str, ...],
    forget: tuple[str, ...],
    languages: tuple[str, ...] | None,
    capacity: int | None,
    as_json: bool,
) -> None:
    """Say what somebody can do: skills, languages, capacity. Without any of them, list what is known.

    A skill is a category, or a branch with all below it, and a level from 1 to 5. Somebody without any skills is fit
    for all tickets of their teams. CAPACITY is the weighted load from which on they are given nothing more (weights are
    in routing.yaml).

    A ticket is for those who speak a language of its requester, as long as the team has somebody who does: enter the
    requesters' languages as well. Somebody without languages is fit for everybody.

    \b
    Examples:
      itdesk staff skills anna network=3 network.vpn=5 --language de
      itdesk staff skills anna --forget network.vpn --capacity usual --language none
      itdesk staff skills rita --language fr
      itdesk staff skills anna
    """
    given = _skills(skills)
    with invocation.session() as session:
        if given or forget or languages is not None or capacity is not None:
            change = set_abilities(session, login, skills=given, forget=forget, languages=languages, capacity=capacity)
            tell(session, change, as_json)
            return
        person = known_person(session, login)
        if person is None:
            raise NotFound(f"The desk knows nobody called {login!r}.")
        if as_json:
            known = asdict(person)
            say_json({key: known[key] for key in ("login", "skills", "languages", "capacity")})
            return
        say(f"Skills     {_told(person.skills or ()) or 'none entered: all tickets of their teams fit'}")
        say(f"Languages  {', '.join(person.languages or ()) or 'none entered: all fit'}")
        say(f"Capacity   {'as usual in their team' if person.capacity is None else person.capacity}")


@staff_command.command("undo")
@as_json
@click.pass_obj
def undo_command(invocation: Invocation, as_json: bool) -> None:
    """Take back your own last change of what somebody can do, as long as nothing has changed since.

    \b
    Example:
      itdesk staff undo
    """
    with invocation.session() as session:
        tell(session, undo_last_of_abilities(session), as_json)


@staff_command.command("import")
@click.argument("file", metavar="FILE.csv", type=click.Path(path_type=Path))
@as_json
@click.pass_obj
def import_command(invocation: Invocation, file: Path, as_json: bool) -> None:
    """Add everybody of a CSV file, or nobody.

    If a line is wrong, nobody is added; who is known is brought up to date. What the file has no column for stays as
    it is, and the role also where none is given; somebody new without one is a technician.

    The first line names the columns: login (needed), name, role, email, level, teams, department, site, skills (as
    `network.vpn=5`), languages (as `de` or `pt-br`), capacity, vip (yes or no). Several teams, skills or languages are
    parted by spaces, or within quotes by commas: `"de, en"`.

    \b
    Example:
      itdesk staff import staff.csv
    """
    from itdesk.gateways.staff_file import read_staff

    with invocation.session() as session:
        people = read_staff(file, session.rulebook, team_names(session), lambda login: known_person(session, login))
        with clocks_bar() as told:
            change = add_people(session, people, told=told)
        tell(session, change, as_json)
