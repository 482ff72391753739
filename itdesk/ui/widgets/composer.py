"""Where replies and work notes are written. Nothing that was typed is ever lost."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import TextArea

from itdesk.domain.mentions import completed
from itdesk.domain.text import safe
from itdesk.domain.ticket import MessageKind
from itdesk.ui.actions import Scope
from itdesk.ui.bindings import bindings
from itdesk.ui.text import EMPTY, between, content, first_fitting, join
from itdesk.ui.theme import BOLD, roles
from itdesk.ui.widgets.lines import Lines

_LEAST_ROWS, _MOST_ROWS = 4, 12
"""How tall it is with its label: as tall as the text needs."""

_TEXT_ROWS = 3
"""Rows that what others changed leaves to the label and the text."""

_COLLIDED_SHARE = 0.8
"""How much of the place it takes at most with what others changed above it."""

_REST_SECONDS = 0.7
"""How long one must rest from typing before the draft is kept."""


THE_DESK = "the desk"
"""Whom staff write to on a ticket that they opened for themselves."""


class Composer(Vertical, can_focus=True):
    """A reply or a work note, told apart by label, tint and words.

    While the text area has the focus one writes. `esc` leaves it without losing anything; then the composer's own keys
    act: send, write on, make it the other kind, $EDITOR, discard.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.COMPOSER)]
    DEFAULT_CSS = """
    Composer { display: none; height: 9; max-height: 60%; background: $desk-bar; }
    Composer.shown { display: block; }
    Composer.collided { max-height: 80%; }
    Composer.note { background: $desk-note-tint; }
    Composer > TextArea {
        height: 1fr; background: $desk-bar; color: $desk-text; padding: 0 1;
        border: none; border-left: outer $desk-accent;
    }
    Composer > TextArea:focus { border: none; border-left: outer $desk-accent; }
    Composer.note > TextArea { background: $desk-note-tint; border-left: outer $desk-note; }
    Composer.note > TextArea:focus { border-left: outer $desk-note; }
    """

    class Typed(Message):
        """Another text stands in the composer."""

        def __init__(self, kind: MessageKind, text: str) -> None:
            super().__init__()
            self.kind = kind
            self.text = text

    class Rested(Message):
        """The person stopped typing: time to keep the draft."""

    class Send(Message):
        """The text shall be sent."""

        def __init__(self, kind: MessageKind, text: str) -> None:
            super().__init__()
            self.kind = kind
            self.text = text

    class Discard(Message):
        """The text shall be thrown away, if the person is sure."""

    class Edit(Message):
        """The person wants to write on in $EDITOR."""

    class Turned(Message):
        """The reply became a note, or the note a reply."""

        def __init__(self, was: MessageKind) -> None:
            super().__init__()
            self.was = was

    class InsertReply(Message):
        """The person wants to insert a canned reply."""

    class StateChanged(Message):
        """Writing began or ended, so other keys work."""

    def __init__(self) -> None:
        super().__init__()
        self.kind = MessageKind.REPLY
        self._to = ""
        self._known = ""
        self._remark = ""
        self._cannot = self._instead = ""
        self._collision: tuple[str, ...] = ()
        self._who = ""
        self._rest: Timer | None = None
        self._logins: tuple[str, ...] = ()

    def compose(self) -> ComposeResult:
        """What changed meanwhile, the label, the text."""
        yield Collision()
        yield Label()
        area = MessageArea("", soft_wrap=True, show_line_numbers=False)
        area.cursor_blink = False
        yield area

    @property
    def is_open(self) -> bool:
        """Whether there is a text being written, at rest or not."""
        return self.has_class("shown")

    @property
    def writing(self) -> bool:
        """Whether the keys go into the text."""
        return self.query_one(TextArea).has_focus

    @property
    def text(self) -> str:
        """What was written so far."""
        return self.query_one(TextArea).text

    def write(
        self, kind: MessageKind, to: str, text: str, *, remark: str = "", cannot: str = "", instead: str = ""
    ) -> None:
        """Open the composer and let the person write. `to` is the requester's name, or THE_DESK; `text` a draft.

        `cannot` is why a reply would not be taken now: it stands there at once, and not after the text; `instead` is
        the number of the ticket that takes it.
        """
        self.kind, self._to, self._remark, self._cannot, self._instead = kind, to, remark, cannot, instead
        area = self.query_one(TextArea)
        area.text = self._known = safe(text, multiline=True)
        area.move_cursor(area.document.end)
        self._show_kind()
        self.add_class("shown")
        self.write_on()

    def write_on(self) -> None:
        """Back into the text."""
        self.query_one(TextArea).focus()

    def rest(self) -> None:
        """Leave the text: its keys act now."""
        self._keep()
        self.focus()

    def close(self) -> None:
        """Put the composer away; what stands in it is not asked for any more."""
        self._stop_timer()
        self._collision = ()
        self.query_one(Collision).show(())
        self.remove_class("shown", "collided")

    def show_collision(
        self, lines: tuple[str, ...], *, who: str = "", cannot: str | None = None, instead: str = ""
    ) -> None:
        """Show what others changed while one wrote, above the untouched text. The keys act, the text does not.

        `who` is the one person who did it; empty for several. `cannot` and `instead` as `write` has them, if they may
        be others by that.
        """
        self._collision, self._who = lines, who
        if cannot is not None:
            self._cannot, self._instead = cannot, instead
        self.set_class(bool(lines), "collided")
        self._show_kind()
        if lines:
            self.focus()

    @property
    def collided(self) -> bool:
        """Whether the person was shown what others changed and has not yet said what to do."""
        return bool(self._collision)

    def note_kept(self, remark: str) -> None:
        """Say that the draft was kept, or not; empty while that is not known."""
        if remark != self._remark:
            self._remark = remark
            self._show_kind()

    def put(self, text: str) -> None:
        """Another text, from $EDITOR."""
        self.query_one(TextArea).text = safe(text, multiline=True)

    def put_above(self, text: str) -> None:
        """A text that was begun before, above what stands there; nobody is told that it stands there."""
        area = self.query_one(TextArea)
        area.text = self._known = safe(f"{text}\n\n{area.text}".rstrip(), multiline=True)
        area.move_cursor(area.document.end)

    def put_in(self, text: str) -> None:
        """A canned reply, where the cursor stands; below what stands before it in its line. Then one writes on."""
        area = self.query_one(TextArea)
        before = area.get_line(area.cursor_location[0]).plain[: area.cursor_location[1]]
        area.insert(safe(f"\n{text}" if before.strip() else text, multiline=True))
        self.write_on()

    def know(self, logins: Sequence[str]) -> None:
        """These logins are offered while one types a mention."""
        self._logins = tuple(logins)

    def _offer_login(self) -> None:
        """Offer what is missing of a login behind `@`, in the label's row, so that nothing moves."""
        area = self.query_one(MessageArea)
        row, column = area.cursor_location
        line = area.get_line(row).plain
        behind = line[column : column + 1]
        missing = None if behind.isalnum() else completed(line[:column], self._logins)
        typed = line[:column].rpartition("@")[2]
        offered = missing or ""
        if offered != area.offered:
            area.offered = offered
            self.query_one(Label).offer(f"@{typed}{offered}" if offered else "")

    def _show_kind(self) -> None:
        note = self.kind is MessageKind.NOTE
        self.set_class(note, "note")
        label = "WORK NOTE, staff only" if note else f"REPLY to {self._to}"
        reader = self._to if self._to == THE_DESK else self._to.partition(" ")[0]
        seen = "the requester never sees this" if note else self._cannot or f"{reader} will see this"
        self.query_one(Label).show(label, " · ".join(filter(None, (seen, self._remark))), note=note)
        instead = f"write it on {self._instead}" if self._instead else ""
        sends = ("send mine as well", "send") if note or not self._cannot else (instead, instead)
        self.query_one(Collision).show(self._collision, self._who, note=note, sends=sends)
        self.take_height()

    def take_height(self) -> None:
        """As tall as the text: what is written stays in view, and the timeline keeps the rest."""
        text = self.query_one(TextArea).wrapped_document.height + 1
        above = 0
        if self._collision:
            assert isinstance(self.parent, Widget)
            above = self.query_one(Collision).take_rows(
                int(_COLLIDED_SHARE * self.parent.size.height) - min(text, _TEXT_ROWS)
            )
        rows = min(_MOST_ROWS, max(_LEAST_ROWS, 1 + text)) + above
        if self.styles.height is None or self.styles.height.value != rows:
            self.styles.height = rows

    # --- drafts --------------------------------------------------------------------------------------------------

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Keep the draft when the person rests."""
        event.stop()
        self.take_height()
        self._offer_login()
        if self.text == self._known:
            return
        self._known = self.text
        self.post_message(self.Typed(self.kind, self.text))
        self._stop_timer()
        self._rest = self.set_timer(_REST_SECONDS, self._keep)

    def on_text_area_selection_changed(self, event: TextArea.SelectionChanged) -> None:
        """The cursor stands elsewhere: another login may be meant, or none."""
        event.stop()
        self._offer_login()

    def _keep(self) -> None:
        self._stop_timer()
        self.post_message(self.Rested())

    def _stop_timer(self) -> None:
        if self._rest is not None:
            self._rest.stop()
            self._rest = None

    # --- keys ----------------------------------------------------------------------------------------------------

    def on_descendant_focus(self) -> None:
        """Writing began."""
        self.post_message(self.StateChanged())

    def on_focus(self, event: events.Focus) -> None:
        """Writing ended."""
        event.stop()
        self.post_message(self.StateChanged())

    def action_send(self) -> None:
        """Send it."""
        self.post_message(self.Send(self.kind, self.text))

    def action_write_on(self) -> None:
        """Write on; what changed meanwhile has been seen."""
        self.show_collision(())
        self.write_on()

    def action_turn(self) -> None:
        """Reply to note, note to reply."""
        was = self.kind
        self.kind = MessageKind.REPLY if was is MessageKind.NOTE else MessageKind.NOTE
        self._show_kind()
        self.post_message(self.Turned(was))

    def action_edit(self) -> None:
        """On in $EDITOR."""
        self.post_message(self.Edit())

    def action_insert_reply(self) -> None:
        """A canned reply."""
        self.post_message(self.InsertReply())

    def action_discard(self) -> None:
        """Away with it."""
        self.post_message(self.Discard())


class MessageArea(TextArea):
    """Where the text is written; `tab` takes the login that is `offered`: the part of it that is missing."""

    offered = ""

    def on_key(self, event: events.Key) -> None:
        """Take the login."""
        if event.key == "tab" and self.offered:
            event.stop()
            event.prevent_default()
            self.insert(safe(f"{self.offered} "))


class Label(Lines):
    """What is being written, reversed, so that nobody ever sends a note by mistake."""

    DEFAULT_CSS = "Label { height: 1; }"

    def __init__(self) -> None:
        super().__init__()
        self._label = self._right = ""
        self._note = False
        self._offered = ""

    def offer(self, login: str) -> None:
        """Offer a login; empty for none."""
        self._offered = login
        self.repaint()

    def show(self, label: str, right: str, *, note: bool) -> None:
        """Show this label."""
        self._label, self._right, self._note = label, right, note
        self.repaint()

    def line(self, y: int, width: int) -> Content:
        """The label, and who will see it."""
        del y
        palette = roles(self)
        label = content(f" {self._label} ", (palette.note_label if self._note else palette.label) + BOLD)
        if self._offered:
            offered = join(content("tab", palette.accent + BOLD), content(f" writes {self._offered} ", palette.text))
            return between(label, offered, width)
        return between(label, content(f"{self._right} ", palette.note if self._note else palette.accent), width)


_WHILE = " while you wrote"


class Collision(Lines):
    """An amber banner over the untouched draft: what changed while one wrote."""

    DEFAULT_CSS = (
        "Collision { height: auto; display: none; background: $desk-bar; } Collision.shown { display: block; }"
    )

    def __init__(self) -> None:
        super().__init__()
        self._lines: tuple[str, ...] = ()
        self._who = ""
        self._note = False
        self._sends = ("", "")
        self._rows = 0

    def show(
        self, lines: tuple[str, ...], who: str = "", *, note: bool = False, sends: tuple[str, str] = ("", "")
    ) -> None:
        """Show these changes, by this one person or by several; none hides the banner.

        `note`: over a work note. `sends` is what the key that sends does, and in fewer words; empty where it would be
        refused.
        """
        self._lines, self._who, self._note, self._sends = lines, who, note, sends
        self.set_class(bool(lines), "shown")
        self.repaint()

    def take_rows(self, room: int) -> int:
        """Take as many rows as there are changes, or as have room; how many it takes.

        Those that have no room are the oldest. The title, what to press and a row for changes are always there.
        """
        self._rows = max(3, min(room, len(self._lines) + 3))
        self.styles.height = self._rows
        self.repaint()
        return self._rows

    def line(self, y: int, width: int) -> Content:
        """A title, the changes, what to press."""
        palette = roles(self)
        bar = content("▌ ", palette.amber)
        changes = self._changes(self._rows - 2)
        if y == 0:
            what = f"! {self._who} changed this ticket" if self._who else "! This ticket changed"
            nothing = content("  Nothing is sent yet.", palette.text)
            titles = [join(bar, content(f"{what}{when}.", palette.amber + BOLD), nothing) for when in (_WHILE, "")]
            return first_fitting(titles, width)
        if y <= len(changes):
            return join(bar, content(changes[y - 1], palette.text))
        if y == len(changes) + 1:
            other = "a reply" if self._note else "a work note"
            long, short = self._sends
            choices = (
                (("s", long), ("r", "go on writing"), ("c", f"make it {other}"), ("D", "discard")),
                (("s", short), ("r", "write on"), ("c", f"as {other}"), ("D", "discard")),
            )
            return first_fitting([join(bar, self._told(keys)) for keys in choices], width)
        return EMPTY

    def _changes(self, room: int) -> tuple[str, ...]:
        """The newest changes; where older ones have no room, where they stand."""
        hidden = len(self._lines) - room
        if hidden <= 0 or room < 2:
            return self._lines[-room:]
        return ("older changes stand in the timeline", *self._lines[hidden + 1 :])

    def _told(self, keys: Sequence[tuple[str, str]]) -> Content:
        palette = roles(self)
        told = [
            join(content(key, palette.accent + BOLD), content(f" {word}", palette.text)) for key, word in keys if word
        ]
        return content("   ").join(told)
