"""Markdown in lines: every kind of block, hits underlined, nothing ever taken for Textual's markup."""

from textual.content import Content

from itdesk.ui.theme import BOLD, UNDERLINE
from itdesk.ui.widgets.markdown_lines import markdown_lines
from tests.support.hostile import foreign, hostile_texts
from tests.ui.looks import look

DARK = next(theme.roles for theme in look().themes if theme.name == "itdesk-dark")
MONO = next(theme.roles for theme in look().themes if theme.name == "monochrome")


def plain(text: str, width: int = 40, asked: tuple[str, ...] = ()) -> list[str]:
    return [line.content.plain for line in markdown_lines(text, width, DARK, asked)]


def parts(line: Content, style: object) -> list[str]:
    return [line.plain[span.start : span.end] for span in line.spans if span.style == style]


def test_headings_stand_above_their_text_and_paragraphs_apart() -> None:
    text = "# Problem\nIt drops\nevery hour.\n\nAlways.\n\n## Cause\n\nThe line."
    assert plain(text) == ["Problem", "It drops every hour.", "", "Always.", "", "Cause", "The line."]
    heading = markdown_lines(text, 40, DARK)[0].content
    assert parts(heading, DARK.text + BOLD) == ["Problem"]


def test_lists_keep_their_numbers_and_depth() -> None:
    assert plain("9. nine\n10. ten\n    - deep\n\n* a\n* b") == [
        "  9  nine",
        " 10  ten",
        "      • deep",
        "",
        " • a",
        " • b",
    ]
    assert plain("- one\n\n  more\n- two") == [" • one", "", "   more", "", " • two"]


def test_code_is_kept_as_it_is_and_never_cut() -> None:
    lines = plain("```sh\nping   -M do -s 1352 gw\n\tnext\n```\n\n    indented", 16)
    assert lines == [" ping   -M do - ", " s 1352 gw      ", "     next       ", "", " indented       "]
    assert all(len(line) == 16 for line in lines if line)
    code = markdown_lines("Set `1380`.", 40, DARK)[0].content
    assert parts(code, DARK.text + DARK.bar) == ["1380"]
    assert markdown_lines("Set `1380`.", 40, MONO)[0].content.plain == "Set `1380`."


def test_a_table_stands_in_columns_and_is_wrapped_in_its_cells() -> None:
    table = "| word | what it means to you |\n|---|---|\n| MTU | the largest packet that passes |\n| 山田 | x |"
    assert plain(table, 28) == [
        "word  what it means to you",
        "MTU   the largest packet",
        "      that passes",
        "山田  x",
    ]


def test_a_table_with_more_columns_than_room_becomes_paragraphs() -> None:
    assert plain("|a|b|c|\n|-|-|-|\n|1|2|3|\n|4|5|6|", 18) == ["a  1", "b  2", "c  3", "", "a  4", "b  5", "c  6"]


def test_links_show_where_they_lead_and_pictures_what_they_are() -> None:
    text = "[the portal](https://x.example/a) <https://y.example> ![plan](floor.png) <me@x.example>"
    assert plain(text, 200) == ["the portal (https://x.example/a) https://y.example plan (floor.png) me@x.example"]


def test_quotes_rules_and_breaks() -> None:
    assert plain("> said\n> so\n\n***\n\na  \nb", 12) == ["▌ said so", "", "─" * 12, "", "a", "b"]


def test_html_and_markup_are_text() -> None:
    assert plain("a <b>x</b> [red]y[/red] [/] [@click=app.quit]z[/]", 80) == [
        "a <b>x</b> [red]y[/red] [/] [@click=app.quit]z[/]"
    ]
    assert plain("<div>\nx\n</div>", 80) == ["<div> x </div>"]


def test_words_that_were_searched_for_are_underlined_wherever_they_stand() -> None:
    text = "# Überprüfung\nA word, **uberprufen**.\n\n```\nueber überprüft\n```\n\n|überprüfte|\n|-|\n|x|"
    underlined = [
        hit for line in markdown_lines(text, 40, DARK, ["uberpruf"]) for hit in parts(line.content, UNDERLINE)
    ]
    assert underlined == ["Überprüfung", "uberprufen", "überprüft", "überprüfte"]


def test_any_text_is_shown_within_its_width_without_a_foreign_character() -> None:
    for at, text in enumerate(hostile_texts(1_000)):
        width = 10 + at % 80
        for line in markdown_lines(f"# {text}\n\n- {text}\n\n```\n{text}\n```\n\n|{text}|\n|-|", width, DARK, ["a"]):
            assert foreign(line.content.plain) == []
            assert line.content.cell_length <= width


def test_a_very_long_text_is_cut_and_says_so() -> None:
    assert plain("word " * 60_000, 60)[-1] == "The rest of this text is too long to be shown."
