"""Every screen as a picture, at both sizes and in both themes. A changed picture is looked at before it is taken over.

New or meant to be changed: `pytest tests/ui/test_pictures.py --snapshot-update`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from itdesk.desk.session import Desk
from itdesk.ui.app import ItdeskApp
from itdesk.ui.messages import OpenTicket
from tests.ui.looks import DARK, LIGHT, look
from tests.ui.visit import Visit
from tests.ui.world import session_of

SIZES = {"80x24": (80, 24), "140x45": (140, 45)}
Act = Callable[[Visit], Awaitable[None]]

VPN = 12


async def queue(visitor: Visit) -> None:
    await visitor.press("j", "space", "j")
    await visitor.sees("1 marked")


async def ticket(visitor: Visit) -> None:
    visitor.app.post_message(OpenTicket(VPN))
    await visitor.sees("Reply by anna")


async def writing(visitor: Visit) -> None:
    await ticket(visitor)
    await visitor.press("c")
    await visitor.type("Path MTU discovery is off on gw-vpn-02.")
    await visitor.press("escape")
    await visitor.sees("draft kept", "s send")


async def why(visitor: Visit) -> None:
    await ticket(visitor)
    await visitor.press("w")
    await visitor.sees("[P2]")


async def helped(visitor: Visit) -> None:
    await visitor.press("question_mark")
    await visitor.sees("Help · queue")


async def palette(visitor: Visit) -> None:
    await visitor.press("colon")
    await visitor.sees("Act on")
    visitor.app.screen.query_one(Input).value = "vpn"
    await visitor.sees("KB-1")


async def knowledge(visitor: Visit) -> None:
    await visitor.press("2")
    await visitor.sees("4 articles")
    await visitor.press("slash")
    await visitor.type("vpn")
    await visitor.sees("2 articles")
    await visitor.press("enter", "G", "enter")
    await visitor.sees("owner anna")


async def new_ticket(visitor: Visit) -> None:
    await visitor.press("n")
    await visitor.sees("New ticket", "Would be")
    await visitor.paste("marta")
    await visitor.press("tab", "tab")
    await visitor.paste("VPN drops every few minutes from home")
    await visitor.press("enter")
    await visitor.paste("Since Friday. Our whole team closes the month today and needs the ledger. Same on a phone hot")
    await visitor.sees("Draft kept", "“whole team”", "same requester")


async def metrics(visitor: Visit) -> None:
    await visitor.press("3")
    await visitor.sees("Needs attention first")


async def metrics_table(visitor: Visit) -> None:
    await metrics(visitor)
    await visitor.press("tab", "tab", "T", "l")
    await visitor.sees("difference")


async def nothing(visitor: Visit) -> None:
    await visitor.press("slash")
    await visitor.type(" @me p:5 vpn")
    await visitor.sees("Nothing here.")


SCREENS: tuple[Act, ...] = (
    queue,
    ticket,
    writing,
    why,
    helped,
    palette,
    knowledge,
    new_ticket,
    metrics,
    metrics_table,
    nothing,
)


@pytest.fixture
def app_of(desk: Desk) -> Iterator[Callable[[str], ItdeskApp]]:
    """Makes the app on the furnished desk, in a theme."""
    made: list[ItdeskApp] = []

    def make(theme: str) -> ItdeskApp:
        made.append(ItdeskApp(session_of(desk), look(theme)))
        return made[-1]

    yield make
    for app in made:
        app.desk.threads.close()


@pytest.mark.parametrize("theme", [DARK, LIGHT])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("act", SCREENS, ids=lambda act: act.__name__)
def test_the_picture_is_as_it_was(
    act: Act,
    size: str,
    theme: str,
    app_of: Callable[[str], ItdeskApp],
    snap_compare: Callable[..., bool],
) -> None:
    app = app_of(theme)

    async def before(pilot: Pilot[None]) -> None:
        visitor = Visit(app, pilot)
        await visitor.until(lambda: "All 15" in visitor.text, "the queue")
        await visitor.at_rest()
        await act(visitor)
        await asyncio.sleep(0.2)  # the preview follows the cursor after a moment of rest
        await visitor.at_rest()

    assert snap_compare(app, terminal_size=SIZES[size], run_before=before)
