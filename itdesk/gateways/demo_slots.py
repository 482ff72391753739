"""The slots in the demo's texts: `{printer}`, `{colleague}`, `{kb:wifi}`."""

import re
from functools import cache
from random import Random

from itdesk.domain.knowledge import article_number
from itdesk.gateways.demo_content.people import REQUESTERS, DemoRequester
from itdesk.gateways.demo_content.stories import articles

_SLOT = re.compile(r"\{(\w+)(?::([\w-]+))?\}")
_DRAWN = {
    "printer": ("2-014", "1-007", "3-021", "0-002", "WH-3"),
    "room": ("Amber", "Baltic", "Vistula", "Neptune", "3.22"),
    "share": ("sales", "legal", "projects", "quality", "finance"),
    "app": ("SAP", "the CRM", "Power BI"),
    "server": ("db-crm-02", "fs-03", "app-erp-01", "ts-03", "web-02"),
}


class Slots:
    """Fills the slots of one ticket's texts, the same slot always with the same words."""

    def __init__(self, random: Random, who: DemoRequester) -> None:
        self._random = random
        self._who = who
        self._filled = {"first": who.name.split()[0]}

    def fill(self, text: str) -> str:
        """The text without slots. Raises KeyError for a slot that does not exist."""
        return _SLOT.sub(lambda slot: self._value(slot[1], slot[2]), text)

    def _value(self, name: str, argument: str | None) -> str:
        if argument is not None:
            return article_number(_article_ids()[argument])
        if name not in self._filled:
            self._filled[name] = self._draw(name)
        return self._filled[name]

    def _draw(self, name: str) -> str:
        if name == "colleague":
            near = [one for one in REQUESTERS if one.department == self._who.department and one is not self._who]
            return self._random.choice(near).name
        if name == "laptop":
            return f"LT-{self._random.randint(4100, 5300)}"
        if name == "ext":
            return str(self._random.randint(4100, 4999))
        return self._random.choice(_DRAWN[name])


@cache
def _article_ids() -> dict[str, int]:
    """The ids that the articles get at an empty desk, by their file's name."""
    return {article.slug: article_id for article_id, article in enumerate(articles(), start=1)}
