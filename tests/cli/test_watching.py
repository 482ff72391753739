"""Watching tickets and reading notices on the command line."""

from tests.cli.conftest import CommandLine


def test_who_follows_a_ticket_reads_what_others_did(cli: CommandLine) -> None:
    cli.done("new", "VPN is slow", login="rita")
    assert cli.done("follow", "1", login="tom") == "tom now watches INC-1.\n"
    cli.done("follow", "1", "--person", "lea", login="tom")
    assert cli.told("show", "1")["watchers"] == ["lea", "tom"]
    assert "Watchers   lea, tom" in cli.done("show", "1")
    assert cli.done("list", "watching:me", "--count", login="tom") == "1\n"
    cli.done("note", "1", "look at this, @tina", login="desi")
    assert cli.done("notices", login="tom").splitlines()[1].split(maxsplit=2)[1:] == [
        "watched",
        "INC-1: desi wrote a work note",
    ]
    [notice] = cli.told("notices", login="tina")
    assert (notice["kind"], notice["number"]) == ("mention", "INC-1")
    cli.done("notices", "--read", login="tom")
    assert cli("notices", login="tom").errors == "You have no unread notices.\n"
    assert cli.done("unfollow", "1", login="tom") == "tom watches INC-1 no longer.\n"


def test_a_canned_reply_is_shown_and_sent(cli: CommandLine) -> None:
    cli.done("new", "VPN is slow", login="rita")
    text = cli.done("reply", "1", "--canned", "need-more-details", "--show")
    assert text.startswith("Hello Rita,")
    assert "INC-1 waits for you" in text
    assert cli.told("show", "1")["messages"] == []
    cli.done("reply", "1", "--canned", "need-more-details")
    assert cli.told("show", "1")["messages"][0]["text"] == text.strip()
    assert "there are: vpn-first-checks" in cli.refused("reply", "1", "--canned", "nothing")
    assert "is a canned note" in cli.refused("reply", "1", "--canned", "handover-note", status=2)
    assert "not both" in cli.refused("reply", "1", "text", "--canned", "need-more-details", status=2)
    cli.done("note", "1", "--canned", "handover-note")
