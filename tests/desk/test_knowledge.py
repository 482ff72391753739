"""Articles: found best first, listed by state, fitted to tickets; the same on both databases."""

from datetime import timedelta

import pytest

from itdesk.desk.errors import NotFound
from itdesk.desk.intake import NewTicket, submit
from itdesk.desk.knowledge import NewArticle, add_articles
from itdesk.desk.queries import knowledge
from itdesk.desk.queries.knowledge import ArticleSet
from itdesk.domain.knowledge import ArticleState
from tests.support.desks import OPENING, SignIn


def write(sign_in_as: SignIn, *articles: NewArticle) -> None:
    add_articles(sign_in_as("tom"), articles)


def titles(sign_in_as: SignIn, text: str, who: str = "tom", **options: object) -> list[str]:
    return [article.title for article in knowledge.articles(sign_in_as(who), text, **options)]  # type: ignore[arg-type]


def test_the_title_counts_more_than_the_text_and_a_whole_word_more_than_its_beginning(sign_in_as: SignIn) -> None:
    write(
        sign_in_as,
        NewArticle("Beginning in the text", "All about mailboxes."),
        NewArticle("Mailboxes", "Beginning in the title."),
        NewArticle("Word in the text", "The mail does not arrive."),
        NewArticle("Mail", "The word itself."),
        NewArticle("Nothing", "Of the kind."),
    )
    assert titles(sign_in_as, "mail") == ["Mail", "Mailboxes", "Word in the text", "Beginning in the text"]


def test_every_word_has_to_be_there_whatever_its_case_or_accents(sign_in_as: SignIn) -> None:
    write(
        sign_in_as,
        NewArticle("Drucker überprüfen", "Papier, Toner."),
        NewArticle("Drucker kaufen", "Beim Einkauf."),
    )
    assert titles(sign_in_as, "DRUCKER uberpr") == ["Drucker überprüfen"]
    assert titles(sign_in_as, "drucker toner") == ["Drucker überprüfen"]
    assert titles(sign_in_as, "drucker zebra") == []


def test_an_article_is_found_by_its_number(sign_in_as: SignIn) -> None:
    write(sign_in_as, NewArticle("First", "KB-2 says more."), NewArticle("Second", "More."))
    first, second = (article.number for article in knowledge.articles(sign_in_as("tom")))
    assert titles(sign_in_as, second) == ["Second"]
    assert titles(sign_in_as, first.lower().replace("-", "")) == ["First"]
    assert knowledge.count(sign_in_as("tom"), second) == 1
    assert titles(sign_in_as, "kb-999") == []


def test_among_equals_the_own_category_comes_first_and_then_the_title(sign_in_as: SignIn) -> None:
    write(
        sign_in_as,
        NewArticle("B vpn", "x", "network.vpn"),
        NewArticle("a vpn", "x", "network.vpn"),
        NewArticle("C vpn", "x", "network.wifi"),
        NewArticle("Z", "vpn", "network.wifi"),
    )
    assert titles(sign_in_as, "vpn") == ["B vpn", "C vpn", "a vpn", "Z"]
    assert titles(sign_in_as, "vpn", category="network.wifi") == ["C vpn", "B vpn", "a vpn", "Z"]
    assert titles(sign_in_as, "vpn", limit=2) == ["B vpn", "C vpn"]


@pytest.fixture
def one_of_each(sign_in_as: SignIn) -> None:
    """An article in each state, and one whose review is overdue."""
    write(
        sign_in_as,
        NewArticle("Good", "x", review_at=OPENING + timedelta(days=1)),
        NewArticle("Old", "x", review_at=OPENING - timedelta(days=4)),
        NewArticle("Draft", "x", state=ArticleState.DRAFT, review_at=OPENING - timedelta(days=4)),
        NewArticle("Gone", "x", state=ArticleState.RETIRED, review_at=OPENING - timedelta(days=4)),
    )


@pytest.mark.usefixtures("one_of_each")
def test_staff_and_auditors_list_articles_by_state(sign_in_as: SignIn) -> None:
    for who in ("tom", "otto"):
        listed = {within: titles(sign_in_as, "", who, within=within) for within in ArticleSet}
        assert listed == {
            ArticleSet.ALL: ["Draft", "Good", "Old"],
            ArticleSet.DRAFTS: ["Draft"],
            ArticleSet.REVIEW_DUE: ["Old"],
            ArticleSet.RETIRED: ["Gone"],
        }
        counted = knowledge.counts(sign_in_as(who))
        assert counted == {within: len(found) for within, found in listed.items()}
        assert all(knowledge.count(sign_in_as(who), "x", within=within) == counted[within] for within in ArticleSet)
    assert [article.overdue(OPENING) for article in knowledge.articles(sign_in_as("tom"))] == [False, False, True]


@pytest.mark.usefixtures("one_of_each")
def test_requesters_see_what_is_published_and_nothing_else(sign_in_as: SignIn) -> None:
    rita = sign_in_as("rita")
    assert titles(sign_in_as, "", "rita") == ["Good", "Old"]
    assert knowledge.counts(rita)[ArticleSet.ALL] == 2
    assert knowledge.counts(rita)[ArticleSet.DRAFTS] == knowledge.counts(rita)[ArticleSet.RETIRED] == 0
    assert titles(sign_in_as, "x", "rita", within=ArticleSet.RETIRED) == []
    with pytest.raises(NotFound):
        knowledge.article(rita, 4)
    assert knowledge.article(sign_in_as("otto"), 4).title == "Gone"


ARTICLES = (
    NewArticle("VPN drops: lower the MTU", "The VPN connects, then drops when a large page opens.", "network.vpn"),
    NewArticle("VPN client: first steps", "Install it, sign in.", "network.vpn"),
    NewArticle("Printer prints blank pages", "Check the drum.", "printing.printer"),
    NewArticle("Draft about VPN drops", "x", "network.vpn", state=ArticleState.DRAFT),
)


def test_a_ticket_is_fitted_with_articles_by_the_words_that_both_have(sign_in_as: SignIn) -> None:
    write(sign_in_as, *ARTICLES)
    fits = knowledge.fitting(sign_in_as("tom"), "VPN drops every hour", "When a large page opens.", "network.vpn")
    assert [fit.article.title for fit in fits] == ["VPN drops: lower the MTU", "VPN client: first steps"]
    best, other = fits
    assert best.words == ("drops", "vpn", "large", "opens", "page")
    assert other.words == ("vpn",)
    assert 20 <= other.percent < best.percent <= 100


def test_an_article_that_says_all_that_the_ticket_says_fits_wholly(sign_in_as: SignIn) -> None:
    write(sign_in_as, *ARTICLES)
    [fit] = knowledge.fitting(sign_in_as("tom"), "printer blank pages", "", "printing.printer")
    assert fit.percent == 100
    [fit] = knowledge.fitting(sign_in_as("tom"), "printer blank pages", "")
    assert fit.percent == 100, "without a category there are no points for it"
    fits = knowledge.fitting(sign_in_as("tom"), "printer blank pages", "", "network.vpn")
    assert [(fit.percent, fit.words) for fit in fits] == [(80, ("blank", "pages", "printer")), (20, ()), (20, ())]


def test_a_word_of_the_subject_that_no_article_has_lowers_the_percentage(sign_in_as: SignIn) -> None:
    write(sign_in_as, *ARTICLES)
    [known] = knowledge.fitting(sign_in_as("tom"), "printer blank", "")
    [unknown] = knowledge.fitting(sign_in_as("tom"), "printer blank zebra", "")
    [in_text] = knowledge.fitting(sign_in_as("tom"), "printer blank", "zebra")
    assert known.percent == in_text.percent == 100
    assert unknown.percent == 67


@pytest.mark.parametrize("text", ["", "the and of it", "zebra", "\0\ud800", "sign"])
def test_without_a_telling_word_in_common_nothing_fits(sign_in_as: SignIn, text: str) -> None:
    write(sign_in_as, *ARTICLES)
    assert knowledge.fitting(sign_in_as("tom"), text, "") == ()


def test_what_fits_a_ticket_is_asked_by_its_number_and_only_of_ones_own(sign_in_as: SignIn) -> None:
    write(sign_in_as, *ARTICLES)
    ticket = submit(sign_in_as("rita"), NewTicket("VPN drops", category="network.vpn")).tickets[0]
    found = knowledge.fitting_ticket(sign_in_as("rita"), ticket, limit=1)
    assert (found.number, found.category) == (f"INC-{ticket}", "network.vpn")
    assert [fit.article.title for fit in found.fits] == ["VPN drops: lower the MTU"]
    with pytest.raises(NotFound):
        knowledge.fitting_ticket(sign_in_as("ron"), ticket)
