"""The demo desk's stories and articles: everything they name exists, and every text reads well."""

import re
from pathlib import Path

from itdesk.domain.text import safe
from itdesk.domain.ticket import LinkType, WaitingReason
from itdesk.domain.work_time import parse_minutes
from itdesk.gateways.demo_content import stories
from itdesk.gateways.demo_content.people import REQUESTERS, SUPERVISOR, TECHNICIANS
from itdesk.gateways.demo_content.stories import Deed
from tests.support.desks import shipped_rulebook

FOLDER = Path(stories.__file__).parent
ACTS = {"take", "assign", "reply", "answer", "note", "wait", "test", "escalate", "major", "link", "resolve"} | {
    *("merge", "tick", "approval", "tested", "log", "watch", "attach")
}
SLOTS = {"first", "colleague", "printer", "room", "share", "laptop", "ext", "app", "server"}


def texts() -> list[str]:
    """Every text that a visitor may read."""
    found = [text for article in stories.articles() for text in (article.title, article.body)]
    for story in stories.open_stories():
        found += [story.subject, story.body, *(deed.text for deed in story.deeds), *(deed.more for deed in story.deeds)]
    for past in stories.past_stories():
        found += [text for ask in past.asks for text in ask]
        found += [past.resolution, past.cause, *(deed.text for deed in past.talk)]
    for arriving in stories.arriving_stories():
        found += [arriving.subject, arriving.body]
    return found


def deeds() -> list[Deed]:
    return [
        deed
        for told in (
            *(story.deeds for story in stories.open_stories()),
            *(story.talk for story in stories.past_stories()),
        )
        for deed in told
    ]


def test_there_are_25_articles_with_a_title_a_category_and_something_to_read() -> None:
    articles = stories.articles()
    assert len(articles) == 25
    assert len({article.title for article in articles}) == 25
    for article in articles:
        assert shipped_rulebook().category(article.category), article.slug
        assert len(article.body.split()) > 80, article.slug
        assert "##" in article.body or "1." in article.body, article.slug


def test_there_are_12_technicians_and_about_60_requesters_with_logins_of_their_own() -> None:
    assert len(TECHNICIANS) == 12
    assert 50 <= len(REQUESTERS) <= 70
    logins = [one.login for one in (*TECHNICIANS, SUPERVISOR)] + [one.login for one in REQUESTERS]
    assert len(set(logins)) == len(logins)
    assert all(re.fullmatch(r"[a-z.]+", login) for login in logins)
    assert len({one.site for one in REQUESTERS}) >= 4
    assert len({one.department for one in REQUESTERS}) >= 10


def test_stories_name_people_that_there_are() -> None:
    staff = {one.login for one in (*TECHNICIANS, SUPERVISOR)}
    for story in stories.open_stories():
        assert story.requester in {one.name for one in REQUESTERS}, story.subject
        assert story.who is None or story.who in staff, story.subject
        for deed in story.deeds:
            assert deed.by is None or deed.by in staff, story.subject
            assert deed.act not in ("assign", "approval", "watch") or deed.text in staff, story.subject


def test_stories_use_words_that_the_desk_knows() -> None:
    names = {story.name for story in stories.open_stories()}
    for deed in deeds():
        assert deed.act in ACTS, deed
        assert deed.act in ("take", "test") or deed.text, deed
        if deed.act == "wait":
            WaitingReason(deed.text)
        if deed.act == "link":
            assert deed.text in names, deed
            LinkType(deed.link_as)
        if deed.act == "merge":
            assert deed.text in names, deed
        if deed.act == "log":
            assert parse_minutes(deed.text), deed


def test_steps_that_are_ticked_are_steps_of_an_sop() -> None:
    steps = [step.text for sop in shipped_rulebook().procedures.sops for step in sop.steps]
    for deed in deeds():
        assert deed.act != "tick" or any(deed.text in step for step in steps), deed


def test_stories_name_categories_of_the_shipped_settings() -> None:
    named = [story.category for story in stories.open_stories()] + [story.category for story in stories.past_stories()]
    for category in named:
        assert category is None or shipped_rulebook().category(category), category


def test_what_happened_to_an_open_ticket_is_told_in_order() -> None:
    for story in stories.open_stories():
        moments = [story.ago, *(deed.ago for deed in story.deeds)]
        assert moments == sorted(moments, reverse=True), story.subject


def test_an_open_ticket_is_with_somebody_if_somebody_took_it() -> None:
    for story in stories.open_stories():
        given = any(deed.act in ("take", "assign") for deed in story.deeds)
        assert given is (story.who is not None), story.subject


def test_texts_are_clean_and_their_slots_exist() -> None:
    slugs = {article.slug for article in stories.articles()}
    for text in texts():
        assert safe(text, multiline=True) == text
        for name, _, argument in re.findall(r"\{(\w+)(:([\w-]+))?\}", text):
            assert argument in slugs if name == "kb" else name in SLOTS, text
        assert not re.search(r"\b(TODO|XXX|lorem|ipsum|foo)\b", text, re.IGNORECASE)


def test_messages_are_not_broken_into_lines_where_a_sentence_goes_on() -> None:
    bodies = [story.body for story in stories.open_stories()]
    for text in [*bodies, *(deed.text for deed in deeds())]:
        assert not re.search(r"[\w,]\n\w", text), text


def test_subjects_fit_a_line_and_tell_open_tickets_apart() -> None:
    subjects = [story.subject for story in stories.open_stories()]
    assert len(set(subjects)) == len(subjects)
    assert all(10 <= len(subject) <= 60 for subject in subjects)


def test_article_files_have_lines_that_fit_an_editor() -> None:
    for file in (FOLDER / "articles").glob("*.md"):
        for line in file.read_text().splitlines():
            assert len(line) <= 130 or line.startswith("|"), (file.name, line)
