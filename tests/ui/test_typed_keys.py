"""What comes up the line: keys as they were typed, in one piece or not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events

from itdesk.ui.terminal import TypedKeys
from itdesk.ui.typeahead import as_typed


def keys_of(*pieces: str) -> list[str]:
    """The names of the keys that these pieces of input are taken for, in the order in which the app gets them."""
    parser = TypedKeys()
    found = [token for piece in pieces for token in parser.feed(piece)]
    found += parser.feed("")  # nothing more comes
    typed = [key for token in found if isinstance(token, events.Key) for key in as_typed(token)]
    return [key.key for key in typed if isinstance(key, events.Key)]


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("\x1b:", ["escape", "colon"]),
        ("\x1b?", ["escape", "question_mark"]),
        ("\x1b2", ["escape", "2"]),
        ("\x1b]w", ["escape", "right_square_bracket", "w"]),
        ("\x1b[w", ["escape", "left_square_bracket", "w"]),
        ("\x1bs", ["escape", "s"]),
        ("\x1bsq", ["escape", "s", "q"]),
        ("up\x1bsqgjj", ["u", "p", "escape", "s", "q", "g", "j", "j"]),
        ("\x1bO", ["escape", "O"]),
        ("\x1bD", ["escape", "D"]),
        ("\x1b\r", ["escape", "enter"]),
        ("\x1b\x1b", ["escape", "escape"]),
        ("\x1b\x1b:q", ["escape", "escape", "colon", "q"]),
        ("\x1b[A\x1b[B", ["up", "down"]),
        ("\x1bOA", ["up"]),
        ("\x1b[5~:", ["pageup", "colon"]),
        ("\x1b[1;5C", ["ctrl+right"]),
        ("/a\nt", ["slash", "a", "enter", "t"]),
    ],
)
def test_esc_and_the_key_behind_it_are_two_keys_and_a_terminals_own_sequences_are_one(
    typed: str, keys: list[str]
) -> None:
    assert keys_of(typed) == keys
    assert keys_of(*typed[:1], typed[1:]) == keys


@given(
    st.lists(
        st.sampled_from(["\x1b", "\x1bs", "\x1b[A", "\x1b[200~", "\x1b[20", "\x1b[I", "a", "é\n", "]"]), max_size=8
    ),
    st.data(),
)
def test_what_is_pasted_is_text_whatever_is_in_it(parts: list[str], data: st.DataObject) -> None:
    text = "".join(parts)
    sent = f"x\x1b[200~{text}\x1b[201~y"
    cuts = sorted(data.draw(st.sets(st.integers(1, len(sent) - 1), max_size=4)))
    parser = TypedKeys()
    told = [
        event
        for start, end in zip([0, *cuts], [*cuts, len(sent)], strict=True)
        for event in parser.feed(sent[start:end])
    ]
    keys = [event.key for event in told if isinstance(event, events.Key)]
    pasted = [event.text for event in told if isinstance(event, events.Paste)]
    assert keys == ["x", "y"]
    assert "".join(pasted) == text.replace("\x1b", "\N{SYMBOL FOR ESCAPE}")
    assert len(told) == len(keys) + len(pasted)
