"""Mentions: `@anna` in a text, but not in a mail address and not in code between backticks."""

import re
from collections.abc import Collection, Iterator

_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_MENTION = re.compile(r"(?<![\w@./+-])@(\w[\w.-]*)")
_TYPED = re.compile(r"(?:^|(?<=[^\w@./+-]))@([\w.-]*)$")


def candidates(text: str) -> Iterator[tuple[int, int, str]]:
    """Where a text may mention somebody, in order: first character (the `@`), after the last, the login in lower case.

    A mark that ends a sentence belongs to no login: `@anna.` is anna.
    """
    code = [found.span() for found in _CODE.finditer(text)]
    for found in _MENTION.finditer(text):
        if not any(first <= found.start() < last for first, last in code):
            login = found[1].rstrip(".-_")
            yield found.start(), found.start() + 1 + len(login), login.lower()


def mentioned(text: str, logins: Collection[str]) -> Iterator[tuple[int, int, str]]:
    """Those of `candidates` that are among these logins (in lower case)."""
    return (found for found in candidates(text) if found[2] in logins)


def completed(before: str, logins: Collection[str]) -> str | None:
    """What is missing of the login that a text ends with, `na` behind `@an`; None where nobody's login goes on so.

    The first of `logins` that fits is meant; a login that stands there whole needs nothing.
    """
    found = _TYPED.search(before)
    if found is None or before.count("`") % 2:
        return None
    typed = found[1].lower()
    if typed in logins:
        return None
    return next((login[len(typed) :] for login in logins if login.lower().startswith(typed)), None)
