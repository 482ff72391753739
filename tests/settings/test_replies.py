"""Canned replies in a config folder: what is read, and every fault with its place."""

from pathlib import Path

import pytest

from itdesk.domain.canned import PLACEHOLDERS, for_category
from itdesk.domain.rulebook import Rulebook
from itdesk.domain.ticket import MessageKind
from itdesk.settings.config_folder import content_hash
from itdesk.settings.loader import load_rulebook
from itdesk.settings.locations import shipped_config
from tests.settings.folders import faults, shipped_copy, small_folder

FAULTY = "replies/a.md:5:1: the placeholders are faulty"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = small_folder(tmp_path / "config")
    (folder / "replies").mkdir()
    return folder


def test_the_shipped_replies_load_and_are_stored() -> None:
    book = load_rulebook(shipped_config())
    assert len(book.replies) == 10
    assert {reply.kind for reply in book.replies} == {MessageKind.REPLY, MessageKind.NOTE}
    assert list(Rulebook.from_json(book.to_json()).replies) == list(book.replies)
    assert Rulebook.from_json(book.to_json()).desk == book.desk


def test_those_for_the_tickets_category_come_first(folder: Path) -> None:
    for name, settings in (
        ("other", "title: A\ncategories: general"),
        ("always", "title: B"),
        ("vpn", "title: C\ncategories: [network]\nkind: note"),
    ):
        (folder / "replies" / f"{name}.md").write_text(f"---\n{settings}\n---\nHello {{{{ requester }}}}\n")
    book = load_rulebook(folder)
    assert [reply.name for reply in for_category(book.replies, "network.vpn")] == ["vpn", "always", "other"]
    vpn = next(reply for reply in book.replies if reply.name == "vpn")
    assert (vpn.title, vpn.kind, vpn.place) == ("C", MessageKind.NOTE, "replies/vpn.md:6")


def test_a_changed_reply_is_another_rulebook(folder: Path) -> None:
    before = content_hash(folder)
    (folder / "replies" / "a.md").write_text("---\ntitle: A\n---\nHello\n")
    assert content_hash(folder) != before


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            "---\ntitle: A\n---\n\nHello {{ reqester }} and {{ nobody }}\n",
            [
                "replies/a.md:5:10: there is no placeholder 'reqester' … did you mean 'requester'?",
                f"replies/a.md:5:29: there is no placeholder 'nobody'; possible: {', '.join(PLACEHOLDERS)}",
            ],
        ),
        (
            "---\ntitle: A\n---\nHello\n{{ me\n",
            [f"{FAULTY}: unexpected end of template, expected 'end of print statement'."],
        ),
        ("---\ntitle: A\n---\n\n", ["replies/a.md:4:1: has no text below its settings"]),
        (
            "---\ntitle: A\ncategories: [netwrk]\n---\nx\n",
            ["replies/a.md:3:14: there is no category 'netwrk' … did you mean 'network'?"],
        ),
        ("---\ntitle: A\nkind: requester\n---\nx\n", ["replies/a.md:3:7: must be one of: reply, note"]),
        (
            "---\ntitel: A\n---\nx\n",
            ["replies/a.md:2:1: unknown key 'titel' … did you mean 'title'?"],
        ),
        ("Hello\n", ["replies/a.md:1:1: must begin with a line '---', settings, and another line '---'"]),
    ],
    ids=range(7),
)
def test_every_fault_says_where_it_is_and_what_was_meant(folder: Path, written: str, said: list[str]) -> None:
    (folder / "replies" / "a.md").write_text(written)
    assert faults(folder) == said


def test_the_example_in_the_documentation_is_right(tmp_path: Path) -> None:
    text = (shipped_config().parent / "docs" / "configuration.md").read_text()
    example = text.partition("## Canned replies")[2].partition("```markdown\n")[2].partition("```")[0]
    folder = shipped_copy(tmp_path / "config")
    (folder / "replies" / "example.md").write_text(example)
    assert faults(folder) == []
    assert all(f"`{name}`" in text for name in PLACEHOLDERS)
