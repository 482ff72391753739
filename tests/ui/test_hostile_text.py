"""Ten thousand hostile texts through the widgets and dialogs: nothing falls over, nothing is taken for markup."""

from dataclasses import replace

import pytest
from textual.content import Content

from itdesk.desk.intake import KeptForm, NewTicket
from itdesk.desk.queries import knowledge
from itdesk.desk.queries.people import Colleague
from itdesk.desk.queries.person import PersonCard
from itdesk.desk.session import Desk
from itdesk.domain.assignment import Skill
from itdesk.domain.people import Role
from itdesk.domain.rulebook import View
from itdesk.domain.ticket import MessageKind
from itdesk.ui.dialogs.article import ArticleDialog
from itdesk.ui.dialogs.choose import ChooseDialog
from itdesk.ui.dialogs.confirm import ConfirmDialog, NoticeDialog
from itdesk.ui.dialogs.copied import CopiedDialog
from itdesk.ui.dialogs.dialog import Dialog
from itdesk.ui.dialogs.form import Field, FormDialog
from itdesk.ui.dialogs.person import PersonDialog
from itdesk.ui.dialogs.summary import SummaryDialog
from itdesk.ui.dialogs.views import ViewsDialog
from itdesk.ui.new_ticket import NewTicketScreen
from itdesk.ui.screen import DeskScreen
from itdesk.ui.text import content, fit
from itdesk.ui.widgets.choice_list import Choice
from itdesk.ui.widgets.composer import Composer
from tests.support.hostile import foreign, hostile_texts
from tests.ui.test_ticket import open_ticket
from tests.ui.visit import Visit, visit
from tests.ui.world import NOW, session_of

TEXTS = hostile_texts(10_000)


def nothing_foreign(visitor: Visit) -> None:
    """Fail if a character that steers a terminal stands in any cell."""
    assert foreign(visitor.text) == []


def test_every_text_fits_every_width_without_a_foreign_character() -> None:
    for at, text in enumerate(TEXTS):
        shown = fit(content(text), at % 90)
        assert isinstance(shown, Content)
        assert shown.cell_length == at % 90
        assert foreign(shown.plain) == []


def _views(part: list[str]) -> tuple[list[View], list[View], list[str], View]:
    views = [View(text, text, text) for text in part[:20]]
    return views, views[10:], part[20:40], views[0]


def _person(part: list[str]) -> Colleague:
    skills = tuple(Skill(text, 3) for text in part[:9])
    return Colleague(part[0], part[1], Role.TECHNICIAN, part[2], 2, tuple(part[3:6]), part[6], part[7], skills)


@pytest.mark.parametrize("size", [(80, 24), (140, 45)])
async def test_dialogs_show_any_text(desk: Desk, size: tuple[int, int]) -> None:
    async with visit(desk, size=size) as visitor:
        for start in range(0, 1000, 100):
            part = TEXTS[start : start + 100]
            dialogs: tuple[Dialog[object], ...] = (
                ChooseDialog(part[0], [Choice(text, content(text), content(text)) for text in part], said=part[1]),
                ConfirmDialog(part[2], part, verb=part[3]),
                NoticeDialog(part[4], part[20:]),
                SummaryDialog(part[13], part[14], list(zip(part[15:30], part[30:45], strict=True)), part, keymap={}),
                ViewsDialog(*_views(part), keymap={}),
                CopiedDialog("\n".join(part)),
                PersonDialog(visitor.app.desk, PersonCard(_person(part), None), part[16]),
                FormDialog(  # type: ignore[assignment]
                    part[5],
                    [
                        Field("a", part[6], value=part[7], placeholder=part[8]),
                        Field("b", part[9], value="\n".join(part), tall=True, placeholder=part[10]),
                    ],
                    verb=part[11],
                    remark=part[12],
                ),
            )
            for dialog in dialogs:
                await visitor.app.push_screen(dialog)
                await visitor.pilot.pause()
                nothing_foreign(visitor)
                await visitor.app.pop_screen()


async def test_the_status_bar_and_the_composer_show_any_text(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await open_ticket(visitor)
        screen = visitor.app.screen
        assert isinstance(screen, DeskScreen)
        composer = screen.query_one(Composer)
        for at in range(0, len(TEXTS), 200):
            screen.say(TEXTS[at], alarm=bool(at % 400))
            composer.write(MessageKind.REPLY, TEXTS[at + 1], "\n".join(TEXTS[at : at + 200]), remark=TEXTS[at + 2])
            composer.show_collision(tuple(TEXTS[at + 3 : at + 6]))
            await visitor.pilot.pause()
            nothing_foreign(visitor)
            assert foreign(composer.text) == []


async def test_the_form_of_a_new_ticket_shows_any_text(desk: Desk) -> None:
    async with visit(desk) as visitor:
        for at in range(0, len(TEXTS), 500):
            new = NewTicket(TEXTS[at], "\n".join(TEXTS[at : at + 500]), requester=TEXTS[at + 1] or None)
            await visitor.app.push_screen(NewTicketScreen(visitor.app.desk, KeptForm(new, NOW)))
            await visitor.sees("Would be")
            nothing_foreign(visitor)
            await visitor.app.pop_screen()


async def test_an_article_shows_any_text(desk: Desk) -> None:
    async with visit(desk) as visitor:
        known = knowledge.article(session_of(desk), 1)
        for at in range(0, len(TEXTS), 500):
            body = "\n\n".join(f"# {text}\n- {text}\n> {text}" for text in TEXTS[at : at + 30])
            article = replace(known, title=TEXTS[at], body=body, category=TEXTS[at + 1], owner=TEXTS[at + 2])
            await visitor.app.push_screen(ArticleDialog(visitor.app.desk, article, ["a"]))
            await visitor.pilot.pause()
            nothing_foreign(visitor)
            await visitor.app.pop_screen()
