"""Every screen and dialog as a picture, at both sizes and in both themes.

A changed picture is looked at before it is taken over.

New or meant to be changed: `pytest tests/ui/test_pictures.py --snapshot-update`.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from itdesk.desk import links, triage
from itdesk.desk.session import Desk
from itdesk.desk.views import save_view
from itdesk.domain.queue_order import Order
from itdesk.domain.ticket import LinkType
from itdesk.ui import dialogs
from itdesk.ui.app import ItdeskApp
from itdesk.ui.dialogs.article import ArticleDialog
from itdesk.ui.dialogs.choose import ChooseDialog
from itdesk.ui.dialogs.clocks import ClocksDialog
from itdesk.ui.dialogs.confirm import ConfirmDialog
from itdesk.ui.dialogs.copied import CopiedDialog
from itdesk.ui.dialogs.dialog import Dialog
from itdesk.ui.dialogs.form import FormDialog
from itdesk.ui.dialogs.help import HelpDialog
from itdesk.ui.dialogs.palette import PaletteDialog
from itdesk.ui.dialogs.priority import PriorityDialog
from itdesk.ui.dialogs.reading import ReadingDialog
from itdesk.ui.dialogs.summary import SummaryDialog
from itdesk.ui.dialogs.views import ViewsDialog
from itdesk.ui.dialogs.why import WhyDialog
from itdesk.ui.messages import DatabaseTrouble
from tests.ui.dialog_acts import DIALOG_ACTS, LAYOUTS, LEADS_ACTS, SAP, VPN, Act, show_ticket
from tests.ui.looks import DARK, LIGHT, look
from tests.ui.rota import plan_week
from tests.ui.visit import Visit
from tests.ui.world import session_of

SIZES = {"80x24": (80, 24), "140x45": (140, 45)}


async def queue(visitor: Visit) -> None:
    await visitor.press("j", "space", "j")
    await visitor.sees("1 marked")


async def ticket(visitor: Visit) -> None:
    await show_ticket(visitor)


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


async def clocks(visitor: Visit) -> None:
    await ticket(visitor)
    await visitor.press("C")
    await visitor.sees("Clocks of INC-12")


async def choosing(visitor: Visit) -> None:
    await ticket(visitor)
    await visitor.press("s")
    await visitor.sees("Status of INC-12", "Now in progress")


async def prioritizing(visitor: Visit) -> None:
    await ticket(visitor)
    await visitor.press("p")
    await visitor.sees("Priority of INC-12")


async def resolving(visitor: Visit) -> None:
    await ticket(visitor)
    await visitor.press("x")
    await visitor.sees("Resolve INC-12", "Root cause")


async def discarding(visitor: Visit) -> None:
    await writing(visitor)
    await visitor.press("D")
    await visitor.sees("Throw the text away?")


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


async def article(visitor: Visit) -> None:
    await new_ticket(visitor)
    await visitor.press("tab")
    await visitor.sees("enter read")
    await visitor.press("enter")
    await visitor.sees("ping -M do")


async def metrics(visitor: Visit) -> None:
    await visitor.press("3")
    await visitor.sees("Needs attention first")


async def metrics_table(visitor: Visit) -> None:
    await metrics(visitor)
    await visitor.press("tab", "tab", "T", "l")
    await visitor.sees("difference")


async def week(visitor: Visit) -> None:
    await visitor.until(lambda: visitor.app._newest_notice is not None, "what anna was told before")
    plan_week(visitor.desk)
    await visitor.sees("You are on call")
    await visitor.press("4")
    await visitor.sees("Network · L2", "To settle" if visitor.app.size.height > 24 else "On shift")
    await visitor.press("w", "w", *"llll")
    await visitor.sees("V 13:00 visit")


async def two_weeks(visitor: Visit) -> None:
    await week(visitor)
    await visitor.press("]")
    await visitor.at_rest()
    await visitor.press("tab")
    await visitor.sees("! Mon 16 16-18", "mei is away (training)")


async def month(visitor: Visit) -> None:
    await week(visitor)
    await visitor.press("]", "]")
    await visitor.sees("< November 2026 >", "Wed 18 Nov · anna")


async def asking_for_cover(visitor: Visit) -> None:
    await week(visitor)
    await visitor.press("tab", "j", "a")
    await visitor.sees("Ask for cover?", "A notice to: tariq.")


async def nothing(visitor: Visit) -> None:
    await visitor.press("slash")
    await visitor.type(" @me p:5 vpn")
    await visitor.press("enter")
    await visitor.sees("Nothing here.", "a new ticket")


async def sections(visitor: Visit) -> None:
    links.link(session_of(visitor.desk), [VPN], LinkType.RELATED, SAP)
    await ticket(visitor)
    await visitor.press("tab", "tab", "tab")
    await visitor.sees("enter opens", "SAP login fails")


async def completing(visitor: Visit) -> None:
    await visitor.press("slash")
    await visitor.at_rest()
    await visitor.type("cat:ne")
    await visitor.sees("cat:network", "Nothing here.", "There is no category")


async def summary(visitor: Visit) -> None:
    await visitor.press("j", "j", "space", "space", "space", "t")
    await visitor.sees("Take · 2 of 3 tickets", "is left as it is")


async def saved_views(visitor: Visit) -> None:
    save_view(session_of(visitor.desk), "Toner", "printer -status:waiting", Order.NEWEST)
    await visitor.press("ctrl+r", "]")
    await visitor.sees("Toner 1")
    await visitor.press("v", "G")
    await visitor.sees("Your own", "D remove")


async def copied(visitor: Visit) -> None:
    await ticket(visitor)
    await visitor.press("Y", "Y")
    await visitor.sees("Select it with the terminal's mouse")


async def collision(visitor: Visit) -> None:
    await ticket(visitor)
    await visitor.press("r")
    await visitor.type("Hello Marta, we found the cause.")
    await visitor.sees("draft kept")
    visitor.app._polls_to_skip = 1000
    triage.assign(session_of(visitor.desk, "jonas"), [VPN], "jonas")
    await visitor.press("escape", "s")
    await visitor.sees("jonas changed this ticket while you wrote.", "Nothing is sent yet.", "Your text is kept")
    visitor.app._polls_to_skip = 0
    await visitor.polled()
    await visitor.sees("L2 network  jonas", "INC-12 is no longer yours", "1 notice")


async def silent(visitor: Visit) -> None:
    await visitor.press("j")
    visitor.app._polls_to_skip = 1000
    await visitor.at_rest()
    visitor.app.post_message(DatabaseTrouble("The database desk.sqlite3 is gone: the file was moved."))
    await visitor.sees("The database does not answer.", "What is shown can be read")
    visitor.app._polls_to_skip = 1000


async def too_small(visitor: Visit) -> None:
    await visitor.pilot.resize_terminal(59, 14)
    await visitor.sees("itdesk needs 60x15. Make the window larger.")


SCREENS: tuple[Act, ...] = (
    *(queue, ticket, sections, writing, why, helped, palette, knowledge, new_ticket, metrics, metrics_table, nothing),
    *(completing, summary, saved_views, copied, collision, silent, too_small),
    *(week, two_weeks, month, asking_for_cover),
    clocks,
    *(choosing, prioritizing, resolving, discarding, article),
)

KINDS: Mapping[type[Dialog[Any]], Act] = {
    ArticleDialog: article,
    ChooseDialog: choosing,
    ClocksDialog: clocks,
    ConfirmDialog: discarding,
    CopiedDialog: copied,
    FormDialog: resolving,
    HelpDialog: helped,
    PaletteDialog: palette,
    PriorityDialog: prioritizing,
    SummaryDialog: summary,
    ViewsDialog: saved_views,
    WhyDialog: why,
    **LAYOUTS,
}
"""Which act shows a kind of dialog."""


@pytest.fixture
def app_of(desk: Desk) -> Iterator[Callable[[str, str], ItdeskApp]]:
    """Makes a person's app on the furnished desk, in a theme."""
    made: list[ItdeskApp] = []

    def make(login: str, theme: str) -> ItdeskApp:
        made.append(ItdeskApp(session_of(desk, login), look(theme)))
        return made[-1]

    yield make
    for app in made:
        app.desk.threads.close()


@pytest.mark.parametrize("theme", [DARK, LIGHT])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("act", [*SCREENS, *DIALOG_ACTS], ids=lambda act: act.__name__)
def test_the_picture_is_as_it_was(
    act: Act,
    size: str,
    theme: str,
    app_of: Callable[[str, str], ItdeskApp],
    snap_compare: Callable[..., bool],
) -> None:
    app = app_of("sam" if act in LEADS_ACTS else "anna", theme)

    async def before(pilot: Pilot[None]) -> None:
        visitor = Visit(app, pilot)
        await visitor.until(lambda: "All 15" in visitor.text, "the queue")
        for _ in range(2):  # what one was told before, and what is new
            await visitor.polled()
        await act(visitor)
        assert all(type(app.screen) is kind for kind, shown in KINDS.items() if shown is act)
        await asyncio.sleep(0.2)  # the preview follows the cursor after a moment of rest
        await visitor.polled()
        app.screen.refresh()  # a visitor who looked before the app itself had painted a dialog spoils what lies behind
        await visitor.at_rest()

    assert snap_compare(app, terminal_size=SIZES[size], run_before=before)


def test_every_kind_of_dialog_has_its_picture() -> None:
    modules = [import_module(f"{dialogs.__name__}.{found.name}") for found in iter_modules(dialogs.__path__)]
    kinds = {
        one
        for module in modules
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, Dialog) and one.__module__ == module.__name__
    }
    assert kinds - {Dialog, ReadingDialog} == set(KINDS)
