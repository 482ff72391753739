"""A CSV file of staff: read whole, with every fault by its line."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path

from itdesk.desk.errors import Refused
from itdesk.desk.intake import check_values
from itdesk.desk.people import NewPerson
from itdesk.domain.ability_words import parse_language, parse_skill, parse_skills, parse_words
from itdesk.domain.people import Role
from itdesk.domain.rulebook import Rulebook
from itdesk.domain.ticket import LEVELS
from itdesk.gateways.csv_records import BrokenLine, CsvError, CsvFile
from itdesk.gateways.import_report import ImportFailed

COLUMNS = tuple(field.name for field in fields(NewPerson))
"""The columns that a file may have; `login` is needed. Teams, skills and languages are parted by spaces or commas."""

Known = Callable[[str], NewPerson | None]
"""What is known of the person of a login; None for nobody."""


def read_staff(path: Path, rulebook: Rulebook, team_names: Sequence[str], known: Known) -> tuple[NewPerson, ...]:
    """The people of a file. Raises ImportFailed with all faults, a line each; the `rulebook` knows the categories.

    Of somebody `known` by login what the file has no column for stays, and the role also where none is given; somebody
    new without one is a technician.
    """
    faults: list[str] = []
    people: list[NewPerson] = []
    lines: dict[str, int] = {}
    try:
        with CsvFile(path) as file:
            _check_columns(file)
            for item in file.records():
                if isinstance(item, BrokenLine):
                    faults.append(f"{path}:{item.line}: {item.reason}.")
                    continue
                values = dict(zip(file.columns, map(str.strip, item.fields), strict=True))
                found = list(_faults(values, rulebook, team_names))
                first = lines.setdefault(values["login"], item.line)
                if first != item.line:
                    found.append(f"the login {values['login']!r} is in line {first} already")
                faults += [f"{path}:{item.line}: {fault}{'' if fault.endswith('?') else '.'}" for fault in found]
                if not found:
                    people.append(_person(values, known(values["login"])))
    except CsvError as error:
        raise ImportFailed(str(error)) from error
    if faults:
        raise ImportFailed("\n".join(faults))
    if not people:
        raise ImportFailed(f"{path} has nobody in it.")
    return tuple(people)


def _check_columns(file: CsvFile) -> None:
    unknown = [name for name in file.columns if name not in COLUMNS]
    if unknown or "login" not in file.columns:
        what = f"the column {unknown[0]!r} is not known" if unknown else "the column 'login' is missing"
        raise ImportFailed(f"{file.path}:1: {what}; possible: {', '.join(COLUMNS)}.")


def _faults(values: Mapping[str, str], rulebook: Rulebook, team_names: Sequence[str]) -> Iterator[str]:
    """What is wrong with a line, as sentences without a full stop."""
    login = values["login"]
    if not login or any(character.isspace() for character in login):
        yield f"{login!r} is no login: one word is needed"
    role = _role(values)
    if role and role not in set(Role):
        yield f"there is no role {values['role']!r}; possible: {', '.join(Role)}"
    level = values.get("level", "")
    if level and level not in map(str, LEVELS):
        yield f"there is no support level {level!r}; possible: 1, 2, 3"
    for team in parse_words(values.get("teams", "")):
        if team not in team_names:
            yield f"there is no team {team!r}; the teams are: {', '.join(team_names)}"
    for skill in parse_words(values.get("skills", "")):
        try:
            check_values(rulebook, parse_skill(skill).category, None, None)
        except (ValueError, Refused) as error:
            yield str(error).removesuffix(".")
    for language in parse_words(values.get("languages", "")):
        try:
            parse_language(language)
        except ValueError as error:
            yield str(error).removesuffix(".")
    capacity = values.get("capacity", "")
    if capacity and not (capacity.isdecimal() and len(capacity) <= 6):
        yield f"{capacity!r} is no capacity: a number from 0 on"
    vip = values.get("vip", "")
    if vip not in ("", "yes", "no"):
        yield f"vip is yes or no, not {vip!r}"


def _role(values: Mapping[str, str]) -> str:
    """`team-lead` too, as on the command line."""
    return values.get("role", "").lower().replace("-", "_").replace(" ", "_")


def _person(values: Mapping[str, str], known: NewPerson | None) -> NewPerson:
    before = known or NewPerson(values["login"], values["login"], Role.TECHNICIAN)
    return NewPerson(
        login=values["login"],
        name=values.get("name") or before.name,
        role=Role(_role(values) or before.role),
        email=values.get("email", before.email),
        level=(int(values["level"]) if values["level"] else None) if "level" in values else before.level,
        teams=parse_words(values["teams"]) if "teams" in values else before.teams,
        department=values.get("department", before.department),
        site=values.get("site", before.site),
        skills=parse_skills(values["skills"]) if "skills" in values else None,
        languages=parse_words(values["languages"]) if "languages" in values else None,
        capacity=int(values["capacity"]) if values.get("capacity") else None,
        vip=values["vip"] == "yes" if values.get("vip") else None,
    )
