"""The test terminal itself: what a program shows and leaves behind is seen as a real terminal would show it."""

import signal
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.terminal import Terminal

APP = textwrap.dedent(
    """
    from textual.app import App
    from textual.binding import Binding
    from textual.widgets import Input, Label

    class Sample(App):
        AUTO_FOCUS = None
        BINDINGS = [("q", "quit", "Quit")]
        def compose(self):
            yield Label("hello \\u4f60\\u597d world", id="label")
            yield Label(id="size")
            yield Input(id="input")
        def on_resize(self, event):
            self.query_one("#size", Label).update(f"{event.size.height} x {event.size.width}")
        def on_click(self, event):
            self.query_one("#label", Label).update(f"clicked {event.screen_y} {event.screen_x}")
        def on_key(self, event):
            self.query_one("#label", Label).update(f"key {event.key}")

    Sample().run()
    """
)


@pytest.fixture
def sample(tmp_path: Path) -> Callable[..., Terminal]:
    program = tmp_path / "sample.py"
    program.write_text(APP)
    return lambda **options: Terminal([sys.executable, str(program)], **options)


def shell(script: str) -> Terminal:
    return Terminal(["/bin/sh", "-c", script])


def test_a_program_shows_its_screen_and_quits_leaving_the_terminal_as_it_was(
    sample: Callable[..., Terminal],
) -> None:
    with sample() as terminal:
        terminal.wait_for("hello 你好 world")
        assert len(terminal.screen) == 24
        assert terminal.find("world") == (0, 11)
        assert terminal.cell(0, 6).text == "你"
        assert terminal.cell(0, 7).text == ""
        assert terminal.damage(), "the program is still full-screen"
        terminal.press("q")
        assert terminal.wait_exit() == 0
        assert "hello" not in terminal.text
        terminal.restored()


def test_keys_pastes_and_clicks_reach_the_program(sample: Callable[..., Terminal]) -> None:
    with sample() as terminal:
        terminal.wait_for("hello")
        for key in ("x", "ctrl+d", "up", "shift+tab", "f1", "esc"):
            terminal.press(key)
            terminal.wait_for(f"key {'escape' if key == 'esc' else key}")
        terminal.paste("from elsewhere")
        terminal.wait_for("from elsewhere")
        terminal.click(5, 7)
        terminal.wait_for("clicked 5 7")


def test_a_resized_terminal_tells_the_program(sample: Callable[..., Terminal]) -> None:
    with sample(rows=30, columns=100) as terminal:
        terminal.wait_for("30 x 100")
        terminal.resize(40, 120)
        terminal.wait_for("40 x 120")
        assert len(terminal.screen) == 40
        assert len(terminal.screen[1]) == 120


def test_a_killed_program_is_seen_to_leave_the_terminal_broken(sample: Callable[..., Terminal]) -> None:
    with sample() as terminal:
        terminal.wait_for("hello")
        terminal.signal(signal.SIGKILL)
        assert terminal.wait_exit() == -signal.SIGKILL
        damage = " ".join(terminal.damage())
        for what in ("alternate screen", "cursor", "mouse", "bracketed paste", "terminal settings"):
            assert what in damage
        with pytest.raises(AssertionError, match="left the terminal changed"):
            terminal.restored()


def test_a_lost_terminal_ends_a_program_that_does_not_care() -> None:
    with shell("echo ready; exec sleep 60") as terminal:
        terminal.wait_for("ready")
        terminal.hang_up()
        assert terminal.wait_exit() == -signal.SIGHUP


def test_the_exit_status_and_all_bytes_are_kept() -> None:
    with shell("printf 'a\\033[31mb'; exit 3") as terminal:
        assert terminal.wait_exit() == 3
        assert bytes(terminal.output) == b"a\x1b[31mb"
        assert terminal.cell(0, 1).foreground == "red"
        assert terminal.damage()[0].startswith("colours or style")


def test_sequences_that_the_screen_does_not_know_leave_no_trace() -> None:
    """Private SGR, kitty keys, DCS, mode questions, also when they come in pieces."""
    strange = r"\033[?4m\033[>4;2m\033[>1u\033[?u\033[?2026\$p\033P>|x\033\\\\\033[=1;2u\033[<u"
    in_pieces = r"printf '\033['; sleep 0.05; printf '?4'; sleep 0.05; printf 'mfoo'"
    with shell(f"printf \"{strange}\"; {in_pieces}; printf ' end'") as terminal:
        terminal.wait_exit()
        assert terminal.text.rstrip() == "foo end"


def test_what_was_on_the_main_screen_comes_back() -> None:
    script = "echo before; printf '\\033[?1049h'; echo inside; read key; printf '\\033[?1049l'; echo after"
    with shell(script) as terminal:
        terminal.wait_for("inside")
        assert "before" not in terminal.text
        terminal.press("enter")
        terminal.wait_exit()
        assert terminal.text.split() == ["before", "after"]
        terminal.restored()


def test_waiting_in_vain_fails_with_the_screen() -> None:
    with shell("echo something else; exec sleep 60") as terminal:
        terminal.wait_for("else")
        with pytest.raises(AssertionError, match=r"(?s)'never'.*\|something else"):
            terminal.wait_for("never", patience=0.1)


def test_waiting_on_a_program_that_ended_fails_at_once() -> None:
    with shell("echo gone") as terminal, pytest.raises(AssertionError, match="the program ended"):
        terminal.wait_for("never")


def test_much_input_blocks_nobody() -> None:
    with shell("stty raw -echo; echo ready; cat") as terminal:
        terminal.wait_for("ready")
        terminal.type("x" * 100_000 + "done")
        terminal.wait_for("done")
