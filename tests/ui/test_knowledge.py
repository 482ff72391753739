"""The knowledge base on the screen."""

from datetime import timedelta

import pytest
from textual.content import Content

from itdesk.desk.knowledge import NewArticle, add_articles
from itdesk.desk.session import Desk
from itdesk.domain.knowledge import ArticleState
from itdesk.ui.messages import OpenArticle, OpenTicket
from itdesk.ui.theme import UNDERLINE
from itdesk.ui.widgets.choice_list import ChoiceList
from itdesk.ui.widgets.scroll_lines import ScrollLines
from tests.ui.visit import Visit, visit
from tests.ui.world import NOW, session_of

VPN = 12
SAP = 13


def underlined(line: Content) -> list[str]:
    """The underlined parts of a line."""
    return [line.plain[span.start : span.end] for span in line.spans if span.style == UNDERLINE]


def write(desk: Desk, *articles: NewArticle) -> None:
    add_articles(session_of(desk, "jonas"), articles)


async def test_all_articles_are_listed_and_searched_while_one_types(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("2")
        await visitor.sees("4 articles, by title", "Printer: blank pages", "All 4")
        await visitor.press("slash")
        await visitor.type("vpn")
        await visitor.sees("2 articles, best first", "VPN drops: lower the MTU")
        await visitor.misses("Printer: blank pages")
        await visitor.press("escape", "escape")
        await visitor.sees("4 articles")


async def test_the_empty_search_line_says_what_to_type_on_a_small_terminal_too(desk: Desk) -> None:
    async with visit(desk, size=(60, 15)) as visitor:
        await visitor.press("2")
        await visitor.sees("/ words to look for ")


async def test_hits_are_underlined_in_the_list_and_in_the_article(desk: Desk) -> None:
    async with visit(desk, size=(140, 45)) as visitor:
        await visitor.press("2", "slash")
        await visitor.type("vpn drop")
        await visitor.sees("1 article, best first", "The VPN connects, then drops")
        listed, article = (
            visitor.app.screen.query_one(ChoiceList),
            visitor.app.screen.query_one("#article", ScrollLines),
        )
        assert [underlined(listed.line(y, 57)) for y in range(2)] == [["VPN", "drops"], ["VPN", "drops"]]
        shown = [hit for y in range(12) for hit in underlined(article.line(y, 78))]
        assert shown[:4] == ["VPN", "drops", "VPN", "drops"]


async def test_a_search_without_hits_names_the_ways_out_and_what_they_would_show(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("2", "slash")
        await visitor.type("vpn zebra")
        await visitor.sees("No article has “vpn zebra”.", "backspace  drop the last word “zebra”  2 articles")
        await visitor.sees("esc esc  clear the search  4 articles", "no article")
        await visitor.press("escape", "escape")
        await visitor.sees("4 articles, by title")


async def test_the_cursor_goes_to_the_best_hit_while_one_types(desk: Desk) -> None:
    async with visit(desk, size=(140, 45)) as visitor:
        await visitor.press("2")
        await visitor.sees("4 articles")
        await visitor.press("G", "slash")
        await visitor.type("print")
        await visitor.sees("1 article")
        await visitor.press("backspace", "backspace", "backspace", "backspace", "backspace")
        await visitor.sees("4 articles")
        assert "Access to a share" in visitor.row("▌")


async def test_keys_right_behind_a_search_act_on_what_it_finds(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("2")
        await visitor.sees("4 articles")
        await visitor.press("slash", *"vp")
        await visitor.sees("2 articles, best first")
        await visitor.press(*"n", "enter", "G", "enter")
        await visitor.rests()
        assert "KB-1" in visitor.row("VPN drops: lower the MTU"), "the last of those found, and it stays"


async def test_an_article_is_rendered_and_left_again(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("2")
        await visitor.sees("4 articles")
        await visitor.press("G", "enter")
        await visitor.sees(
            "published · owner anna · network.vpn", "Problem", "1380", "ping -M do", "review 12 Jan 2027"
        )
        await visitor.sees("esc to the list")
        assert "# Problem" not in visitor.text
        await visitor.press("q")
        await visitor.sees("Printer: blank pages")
        await visitor.press("q")
        await visitor.sees("fair order")


async def test_a_long_article_is_scrolled(desk: Desk) -> None:
    write(desk, NewArticle("A long one", "\n\n".join(f"Paragraph {number}." for number in range(60))))
    async with visit(desk) as visitor:
        await visitor.press("2")
        await visitor.sees("5 articles")
        await visitor.press("enter")
        await visitor.sees("A long one", "Paragraph 3.")
        await visitor.press("pagedown")
        await visitor.sees("Paragraph 12.")
        await visitor.press("G")
        await visitor.sees("Paragraph 59.")
        await visitor.press("g", "j")
        await visitor.sees("owner jonas")


async def test_a_wide_screen_shows_list_and_article_together(desk: Desk) -> None:
    for size in ((100, 24), (140, 45)):
        async with visit(desk, size=size) as visitor:
            await visitor.press("2")
            await visitor.sees("Ask the owner of the share first.", "published · owner anna")
            await visitor.press("G")
            await visitor.sees("Printer: blank pages", "ping -M do")


async def test_below_a_hundred_columns_list_and_article_alternate(desk: Desk) -> None:
    async with visit(desk, size=(99, 24)) as visitor:
        await visitor.press("2")
        await visitor.sees("4 articles")
        assert "Ask the owner" in visitor.text
        assert "owner anna" not in visitor.text
        await visitor.press("enter")
        await visitor.sees("owner anna")
        await visitor.misses("VPN drops")


async def test_an_article_can_be_opened_from_elsewhere(desk: Desk) -> None:
    async with visit(desk) as visitor:
        visitor.app.post_message(OpenArticle(3))
        await visitor.sees("Check the drum, then the toner seal.", "owner anna")


async def test_numbers_are_copied(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("2")
        await visitor.sees("4 articles")
        await visitor.press("y")
        await visitor.sees("Sent to the terminal's clipboard: KB-4.")


async def test_markup_in_an_article_is_text(desk: Desk) -> None:
    write(desk, NewArticle("[red]A[/] title [/]", "[@click=app.quit]Do not[/] [b]press[/b] \x1b]0;owned\x07"))
    async with visit(desk, size=(140, 45)) as visitor:
        await visitor.press("2", "slash")
        await visitor.type("press")
        await visitor.sees("[red]A[/] title [/]", "[@click=app.quit]Do not[/] [b]press[/b] ␛]0;owned␇")


# --- views -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def one_of_each(desk: Desk) -> Desk:
    """The desk with a draft, a retired article, and one whose review is four days late."""
    late = NOW - timedelta(days=4, hours=1)
    write(
        desk,
        NewArticle("Draft about vpn", "x", state=ArticleState.DRAFT),
        NewArticle("Old story", "x", state=ArticleState.RETIRED),
        NewArticle("Outdated", "Long ago.", review_at=late),
    )
    return desk


async def test_views_hold_drafts_what_is_due_for_review_and_what_is_retired(one_of_each: Desk) -> None:
    async with visit(one_of_each) as visitor:
        await visitor.press("2")
        await visitor.sees("All 6   Drafts 1   Review due 1   Retired 1", "6 articles", "draft", "-4d !")
        await visitor.press("right_square_bracket")
        await visitor.sees("1 article, by title", "Draft about vpn")
        await visitor.press("right_square_bracket")
        await visitor.sees("Outdated")
        await visitor.misses("Draft about vpn")
        await visitor.press("enter")
        await visitor.sees("review was due 12 Nov, 4d ago !")
        await visitor.press("right_square_bracket")
        await visitor.sees("Old story", "retired")
        await visitor.press("right_square_bracket")
        await visitor.sees("6 articles")
        await visitor.press("left_square_bracket", "slash")
        await visitor.type("zebra")
        await visitor.sees("No article in Retired has “zebra”.", "esc esc  clear the search")
        await visitor.misses("view All")


async def test_an_empty_knowledge_base_says_how_articles_come_in(empty_desk: Desk) -> None:
    async with visit(empty_desk) as visitor:
        await visitor.press("2")
        await visitor.sees("There are no articles yet.", "An administrator brings them in", "docs/administrators.md")
        write(empty_desk, NewArticle("The first", "Do this."))
        await visitor.press("ctrl+r")
        await visitor.sees("1 article, by title")
        await visitor.press("right_square_bracket")
        await visitor.sees("Nobody is drafting an article.")
        await visitor.misses("An administrator")


async def test_an_empty_view_says_what_it_would_hold(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("2")
        await visitor.sees("4 articles")
        await visitor.press("right_square_bracket")
        await visitor.sees("Nobody is drafting an article.", "[  view All  4 articles")


async def test_a_requester_has_no_view_of_drafts_and_retired_articles(one_of_each: Desk) -> None:
    async with visit(one_of_each, "marta") as visitor:
        await visitor.press("2")
        await visitor.sees("All 5", "5 articles")
        await visitor.misses("Drafts", "Retired", "Draft about vpn")


# --- what fits a ticket ----------------------------------------------------------------------------------------------


async def from_ticket(visitor: Visit, ticket: int) -> None:
    visitor.app.post_message(OpenTicket(ticket))
    await visitor.sees(f"‹ INC-{ticket}", "opened it")
    await visitor.press("2")


async def test_from_a_ticket_the_knowledge_shows_what_fits_it_with_a_percentage(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await from_ticket(visitor, VPN)
        await visitor.sees(
            "All 4   Fits INC-12 2", "2 articles, % of what the ticket says", "KB-1    VPN drops: lower the MTU", " %"
        )
        shares = [int(line.split()[-2]) for line in visitor.lines if line.endswith(" %")]
        assert shares == sorted(shares, reverse=True)
        assert shares[0] > 60
        await visitor.press("enter")
        await visitor.sees("ping -M do")
        await visitor.press("q", "q")
        await visitor.sees("Timeline", "INC-12")


async def test_what_a_ticket_shares_with_an_article_is_underlined_there(desk: Desk) -> None:
    async with visit(desk, size=(140, 45)) as visitor:
        await from_ticket(visitor, VPN)
        await visitor.sees("2 articles, % of what", "ping -M do")
        article = visitor.app.screen.query_one("#article", ScrollLines)
        assert [hit for y in range(2) for hit in underlined(article.line(y, 78))] == ["VPN", "drops"]


async def test_a_ticket_that_nothing_fits_says_so_and_leads_to_all_articles(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await from_ticket(visitor, SAP)
        await visitor.sees("Fits INC-13 0", "No article fits this ticket.", "[  view All  4 articles")
        await visitor.press("left_square_bracket")
        await visitor.sees("4 articles, by title")


async def test_a_search_that_nothing_fitting_has_says_so_and_how_much_all_articles_have(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await from_ticket(visitor, VPN)
        await visitor.sees("Fits INC-12 2")
        await visitor.press("slash")
        await visitor.type("printer")
        await visitor.sees("No article that fits INC-12 has “printer”.", "[  view All  1 article")
        await visitor.press("escape", "left_square_bracket")
        await visitor.sees("Printer: blank pages", "1 article, best first")


async def test_the_view_of_a_ticket_goes_when_the_ticket_is_closed(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await from_ticket(visitor, VPN)
        await visitor.sees("Fits INC-12 2", "2 articles")
        await visitor.press("1")
        await visitor.sees("Timeline")
        await visitor.press("q")
        await visitor.sees("fair order")
        await visitor.press("2")
        await visitor.sees("4 articles, by title")
        await visitor.misses("Fits")


async def test_an_article_leads_to_those_that_it_names_and_q_back(desk: Desk) -> None:
    write(
        desk,
        NewArticle("Remote work", "First see *VPN client: first steps*, then KB-1. Never KB-99.", "network.vpn"),
        NewArticle("Lonely", "Access is for everybody.", "access.share"),
    )
    async with visit(desk) as visitor:
        visitor.app.post_message(OpenArticle(5))
        await visitor.sees("Remote work", "enter see also")
        await visitor.press("enter")
        await visitor.sees("KB-5 names", "VPN client: first steps", "VPN drops: lower the MTU")
        await visitor.press("enter")
        await visitor.sees("Install, sign in", "q goes back to KB-5.")
        await visitor.press("q")
        await visitor.sees("Never KB-99.")
        await visitor.press("q")
        await visitor.sees("by title")
        visitor.app.post_message(OpenArticle(6))
        await visitor.sees("Access is for everybody.")
        await visitor.press("enter")
        await visitor.sees("KB-6 names no other article.")
