"""The action table: no clash of its own, and a user's keymap is checked before it can disable anything."""

import pytest

from itdesk.ui import actions
from itdesk.ui.actions import (
    ACTIONS,
    Group,
    Scope,
    check_keymap,
    hints,
    in_scope,
    keys_of,
    markdown_table,
    textual_keymap,
)
from itdesk.ui.dialogs.help import help_lines
from itdesk.ui.theme import mono_theme


def test_the_shipped_keys_clash_nowhere() -> None:
    assert check_keymap({action.id: action.keys for action in ACTIONS}) == []


def test_every_action_has_an_id_of_its_own_and_a_sentence() -> None:
    assert len({action.id for action in ACTIONS}) == len(ACTIONS)
    assert all(action.tooltip and action.title and action.scopes for action in ACTIONS)


def test_an_action_shares_a_help_row_only_with_one_of_its_own_group() -> None:
    for action in ACTIONS:
        if action.beside:
            first = actions.BY_ID[action.beside]
            assert first.group is action.group
            assert not first.beside


def test_help_is_the_last_hint_to_go_on_every_screen() -> None:
    for scope in (Scope.QUEUE, Scope.TICKET, Scope.KNOWLEDGE, Scope.METRICS, Scope.SCHEDULE):
        assert hints(scope)[0].id == "help"


def test_an_unknown_action_names_the_one_that_was_meant() -> None:
    [(action_id, sentence)] = check_keymap({"resovle": ("x",)})
    assert action_id == "resovle"
    assert "did you mean 'resolve'?" in sentence


@pytest.mark.parametrize(
    ("key", "part"),
    [
        ("ctrl+banana", "is no key"),
        ("g g", "is no key"),
        ("pagedwn", "did you mean 'pagedown'?"),
        ("", "may not be empty"),
        ("ctrl+m", "cannot tell 'ctrl+m' from 'enter'"),
        ("ctrl+i", "from 'tab'"),
        ("ctrl+s", "stops the terminal's output"),
        ("\x1b", "is no key"),
    ],
)
def test_a_key_that_no_terminal_sends_is_refused(key: str, part: str) -> None:
    [(action_id, sentence)] = check_keymap({"take": (key,)})
    assert action_id == "take"
    assert part in sentence


@pytest.mark.parametrize("key", ["Z", "f5", "ctrl+t", "alt+t", "é", "shift+left", "space", "question_mark", "ctrl+up"])
def test_a_key_that_terminals_send_is_taken(key: str) -> None:
    free = {"mark": ("m",), "tick": ("b",), "help": ("H",)}
    assert check_keymap(free | {"take": (key,)}) == []


def test_a_key_with_two_meanings_on_one_screen_is_told_once_at_the_action_that_was_moved() -> None:
    [(action_id, sentence)] = check_keymap({"take": ("r",)})
    assert action_id == "take"
    assert "'r' means both 'take' and 'reply'" in sentence


def test_a_key_that_works_everywhere_clashes_with_every_screen() -> None:
    assert ["help" in sentence for _, sentence in check_keymap({"take": ("?",)})] == [True]


def test_the_same_key_on_two_screens_is_no_clash() -> None:
    assert actions.BY_ID["next_view"].keys == actions.BY_ID["next_ticket"].keys
    assert check_keymap({"search": ("z",), "filter": ("z",)}) == []


def test_two_actions_may_swap_their_keys() -> None:
    assert check_keymap({"take": ("a",), "assign": ("t",)}) == []


def test_escape_and_quitting_cannot_be_taken_away() -> None:
    keymap = textual_keymap({"close_one": ("f1",), "leave": ("f10",), "take": ("T",)})
    assert keymap == {"close_one": "f1,escape", "leave": "f10,ctrl+q", "take": "T"}


def test_the_markdown_table_names_every_key_and_marks_a_users_own() -> None:
    table = markdown_table()
    for action in ACTIONS:
        for key in action.keys:
            assert f"`{actions.shown(key)}`" in table
    assert "| `T` | Take it" in markdown_table({"take": ("T",)})
    assert all(f"**{group.value}**" in table for group in Group)


def test_what_is_in_scope_is_what_the_screen_binds() -> None:
    ids = [action.id for action in in_scope(Scope.QUEUE)]
    assert "take" in ids
    assert "help" in ids
    assert "send" not in ids
    assert keys_of(actions.BY_ID["take"], {"take": ["T"]}) == ("T",)


@pytest.mark.parametrize("scope", [Scope.QUEUE, Scope.TICKET, Scope.KNOWLEDGE, Scope.WATCH])
def test_the_help_names_the_key_at_the_left_first_and_the_glyphs_of_the_queue_there_alone(scope: Scope) -> None:
    text = "\n".join(line.content.plain for line in help_lines(scope, {}, 72, mono_theme().roles))
    assert "[ ]  " in text
    assert "] [" not in text
    assert ("arrived above" in text) is (scope is Scope.QUEUE)
