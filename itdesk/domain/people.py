"""People's roles and what each may do."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person may do at the desk; each role below the next also may what the former may, auditors aside."""

    REQUESTER = "requester"
    TECHNICIAN = "technician"
    TEAM_LEAD = "team_lead"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"

    @property
    def title(self) -> str:  # type: ignore[override]  # nobody wants str.title() of it
        """The role as people read it: `team lead`."""
        return self.value.replace("_", " ")


STAFF = frozenset({Role.TECHNICIAN, Role.TEAM_LEAD, Role.SUPERVISOR, Role.ADMINISTRATOR})
READERS = STAFF | {Role.AUDITOR}
LEADS = STAFF - {Role.TECHNICIAN}
SUPERVISORS = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
EVERYBODY = frozenset(Role)


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, as rules look at him; empty where it is not known."""

    name: str = ""
    login: str = ""
    email: str = ""
    vip: bool = False
