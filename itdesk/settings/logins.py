"""The logins that settings name: who has one, only the desk's database knows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from itdesk.domain.approvals import OFFICES
from itdesk.domain.escalation import Whom
from itdesk.domain.people import STAFF, Role
from itdesk.settings.errors import ConfigError, did_you_mean
from itdesk.settings.files import FILES
from itdesk.settings.loader import read_documents
from itdesk.settings.names import Named, Names
from itdesk.settings.validation import validate

_NAMING = ("desk.yaml", "escalation.yaml", "policies.yaml", "views.yaml")
"""The files that name people by login: team leads, whom a step tells, approvers and substitutes, whose tickets."""


@dataclass(frozen=True, slots=True, order=True)
class NamedLogin:
    """A login in a settings file, and where. `of_staff`: only a member of staff is of use there."""

    file: str
    line: int
    column: int
    login: str
    of_staff: bool


def named_logins(folder: Path) -> Sequence[NamedLogin]:
    """The logins that a config folder names, in the order of files and lines; as far as its files can be read."""
    documents, _ = read_documents(folder)
    names = Names()
    for name in _NAMING:
        if name in documents:
            validate(FILES[name], documents[name], names)
    found = (
        NamedLogin(use.file, *use.mark, use.name, named is Named.STAFF_LOGIN)
        for named in (Named.LOGIN, Named.STAFF_LOGIN)
        for use in names.uses(named)
    )
    return sorted(found)


def strangers(named: Sequence[NamedLogin], known: Mapping[str, tuple[Role, bool]]) -> Iterator[ConfigError]:
    """What is doubtful in these logins: nobody active has them. `known`: login -> role, and whether active."""
    active = {login: role for login, (role, there) in known.items() if there}
    meant = [*(login for login, role in active.items() if role in STAFF), *sorted(map(str, OFFICES | frozenset(Whom)))]
    for one in named:
        role = active.get(one.login)
        if role is None and one.login in known:
            message = f"{one.login} is no longer active at this desk"
        elif role is None:
            message = f"nobody at this desk has the login {one.login!r}{did_you_mean(one.login, meant)}"
        elif one.of_staff and role not in STAFF:
            message = f"{one.login} is {role.title}; steps of escalation tell staff only"
        else:
            continue
        yield ConfigError(one.file, one.line, one.column, message)
