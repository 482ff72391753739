"""The knowledge base on the screen."""

from itdesk.desk.session import Desk
from itdesk.ui.messages import OpenArticle
from tests.ui.visit import visit


async def test_all_articles_are_listed_and_searched_while_one_types(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("2")
        await visitor.sees("4 articles, by title", "Printer: blank pages")
        await visitor.press("slash")
        await visitor.type("vpn")
        await visitor.sees("2 articles", "VPN drops: lower the MTU")
        await visitor.misses("Printer: blank pages")
        await visitor.press("escape", "escape")
        await visitor.sees("4 articles")


async def test_a_search_without_hits_says_what_to_do(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("2", "slash")
        await visitor.type("zebra")
        await visitor.sees("No article has these words.")


async def test_an_article_is_rendered_and_left_again(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("2")
        await visitor.sees("4 articles")
        await visitor.press("G", "enter")
        await visitor.sees("published · owner anna · network.vpn · review", "Problem", "1380", "ping -M do")
        assert "# Problem" not in visitor.text
        await visitor.press("q")
        await visitor.sees("Printer: blank pages")
        await visitor.press("q")
        await visitor.sees("fair order")


async def test_a_wide_screen_shows_list_and_article_together(desk: Desk) -> None:
    async with visit(desk, size=(140, 45)) as visitor:
        await visitor.press("2")
        await visitor.sees("Ask the owner of the share first.", "published · owner anna")
        await visitor.press("G")
        await visitor.sees("Printer: blank pages", "ping -M do")


async def test_an_article_can_be_opened_from_elsewhere(desk: Desk) -> None:
    async with visit(desk) as visitor:
        visitor.app.post_message(OpenArticle(3))
        await visitor.sees("Check the drum, then the toner seal.", "owner anna")


async def test_numbers_are_copied(desk: Desk) -> None:
    async with visit(desk) as visitor:
        await visitor.press("2")
        await visitor.sees("4 articles")
        await visitor.press("y")
        await visitor.sees("KB-4 was sent to the terminal's clipboard.")
