"""Names that settings declare and refer to: collected while files are validated, compared when all are read."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pydantic import BeforeValidator, ValidationInfo

from itdesk.settings.errors import ConfigError, did_you_mean
from itdesk.settings.strict_yaml import Mark, Text


class Named(StrEnum):
    """What has a name of its own, as error messages call it."""

    TEAM = "team"
    CATEGORY = "category"
    IMPACT = "impact level"
    URGENCY = "urgency level"
    RULE = "rule"
    VIEW = "view"
    TEMPLATE = "template"
    CALENDAR = "calendar"
    AGREEMENT = "agreement"
    STEP = "escalation step"
    LOGIN = "login"
    STAFF_LOGIN = "login of staff"


_OF_PEOPLE = frozenset({Named.LOGIN, Named.STAFF_LOGIN})
"""What no file declares: the database knows who has a login, see `settings.logins`."""


@dataclass(frozen=True, slots=True)
class Use:
    """A name where it stands."""

    file: str
    mark: Mark
    name: str


@dataclass(slots=True)
class Names:
    """The names in a folder's files. `file` is the one that is being validated."""

    file: str = ""
    _declared: dict[Named, dict[str, Use]] = field(default_factory=dict)
    _referred: list[tuple[Named, Use]] = field(default_factory=list)
    _repeated: list[ConfigError] = field(default_factory=list)

    def declare(self, named: Named, name: str, mark: Mark = (0, 0)) -> None:
        """Note that there is such a name."""
        known = self._declared.setdefault(named, {})
        use = Use(self.file, mark, name)
        first = known.setdefault(name, use)
        if first is not use:
            message = f"the {named} {name!r} is there already, in {first.file}:{first.mark[0]}"
            self._repeated.append(ConfigError(self.file, *mark, message))

    def refer(self, named: Named, name: Text) -> None:
        """Note that a name is used."""
        self._referred.append((named, Use(self.file, name.mark, str(name))))

    def declared(self, named: Named) -> Iterable[str]:
        """The names there are."""
        return self._declared.get(named, {}).keys()

    def uses(self, named: Named) -> Iterable[Use]:
        """Where names of a sort are used."""
        return [use for known, use in self._referred if known is named]

    def errors(self, unread: Iterable[Named] = ()) -> list[ConfigError]:
        """Names that point nowhere, and names given twice. Names of a sort in `unread` are taken on trust."""
        trusted = _OF_PEOPLE.union(unread)
        dangling = [
            ConfigError(use.file, *use.mark, self._nowhere(named, use.name))
            for named, use in self._referred
            if named not in trusted and use.name not in self._declared.get(named, {})
        ]
        return [*self._repeated, *dangling]

    def _nowhere(self, named: Named, name: str) -> str:
        known = list(self.declared(named))
        near = did_you_mean(name, known)
        possible = f"; possible: {', '.join(known)}" if not near and 0 < len(known) <= 8 else ""
        return f"there is no {named} {name!r}{near}{possible}"


def declares(named: Named) -> BeforeValidator:
    """Marks a field whose text gives something its name."""
    return noted(lambda names, text: names.declare(named, str(text), text.mark))


def refers(named: Named) -> BeforeValidator:
    """Marks a field whose text names something that must be there."""
    return noted(lambda names, text: names.refer(named, text))


def noted(note: Callable[[Names, Text], None]) -> BeforeValidator:
    """Lets `note` see a field's text as it is written, where names are collected."""

    def validate(value: Any, info: ValidationInfo) -> Any:
        if isinstance(value, Text) and isinstance(info.context, Names):
            note(info.context, value)
        return value

    return BeforeValidator(validate)
