"""A theme file as a pydantic model."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from itdesk.settings.errors import did_you_mean
from itdesk.settings.fields import Strict, fault
from itdesk.settings.themes import TERMINAL_COLOURS


def _a_colour(text: str) -> str:
    if text in TERMINAL_COLOURS:
        return text
    if re.fullmatch("#[0-9a-fA-F]{6}", text) is None:
        raise fault(
            'a colour is # and six hexadecimal digits, in quotes: "#82b1ff"; '
            f"or one of the terminal's own, such as ansi_blue{did_you_mean(text, TERMINAL_COLOURS)}"
        )
    return text.lower()


Colour = Annotated[
    str,
    StringConstraints(max_length=20),
    AfterValidator(_a_colour),
    Field(json_schema_extra={"pattern": f"^(#[0-9a-fA-F]{{6}}|{'|'.join(TERMINAL_COLOURS)})$"}),
]


class Colours(Strict):
    """A colour for each role."""

    text: Colour = Field(description="What you read.")
    dim: Colour = Field(description="What stands back: labels, numbers, ages.")
    accent: Colour = Field(description="Focus, keys, links, new, replies.")
    red: Colour = Field(description="P1, major, overdue, missed.")
    amber: Colour = Field(description="P2, nearly due, absent, collision.")
    green: Colour = Field(description="Met, done, live.")
    note: Colour = Field(description="Work notes: staff only.")
    label: Colour = Field(description="Text on accent or note.")
    ground: Colour = Field(description="The background.")
    bar: Colour = Field(description="Background of bars and inputs.")
    cursor: Colour = Field(description="Background of the row under the cursor.")
    note_tint: Colour = Field(description="Background of work notes.")
    dialog: Colour = Field(description="Background of dialogs.")
    bars: Colour = Field(description="Bars of charts.")
    second: Colour = Field(description="The second series of charts.")
    requester: Colour = Field(description="The bar beside a requester's words.")
    line: Colour = Field(description="Lines.")
    track: Colour = Field(description="The empty part of a meter.")


class ThemeFile(Strict):
    """A theme; its name is the file's."""

    dark: bool = Field(description="Whether the background is dark.")
    colours: Colours
