"""A ticket's conversation and history as one timeline."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, tzinfo
from functools import partial

from textual.content import Content
from textual.style import Style

from itdesk.desk.queries.tickets import Event, TicketView, TimelineEntry, WrittenMessage
from itdesk.domain.mentions import mentioned
from itdesk.domain.ticket import Channel, MessageKind
from itdesk.ui.text import between, content, join
from itdesk.ui.theme import BOLD, UNDERLINE, Roles
from itdesk.ui.times import clock, day
from itdesk.ui.widgets.scroll_lines import Block, Blocks, TextLine

_INDENT = 7
"""Cells before a text: margin, time, gap."""

_MOST_WIDTH = 112
"""Cells of a line at most: the eye loses longer ones on its way back."""


def timeline_lines(
    ticket: TicketView,
    entries: Sequence[TimelineEntry],
    width: int,
    *,
    palette: Roles,
    zone: tzinfo,
    now: datetime,
    logins: Collection[str] = (),
) -> Blocks:
    """The lines of a timeline: the ticket's own text, then every message and event, with a title for each new day.

    `logins` (of staff, in lower case) are underlined where they are mentioned.
    """
    width = min(width, _MOST_WIDTH)
    blocks: list[Block] = []
    last_day = now.astimezone(zone).date()
    last_was_event = False
    opening = WrittenMessage(
        0,
        MessageKind.REQUESTER,
        ticket.requester.name,
        "",
        ticket.body or ticket.subject,
        ticket.channel,
        ticket.opened_at,
    )
    for entry in _in_order(opening, entries):
        entry_day = entry.at.astimezone(zone).date()
        new_day = entry_day != last_day
        apart = new_day or not (last_was_event and isinstance(entry, Event))
        blocks.append(partial(_block, entry, ticket, width, palette, zone, logins, new_day=new_day, apart=apart))
        last_day, last_was_event = entry_day, isinstance(entry, Event)
    return Blocks([*blocks, lambda: [TextLine()]])


def _block(
    entry: TimelineEntry,
    ticket: TicketView,
    width: int,
    palette: Roles,
    zone: tzinfo,
    logins: Collection[str],
    *,
    new_day: bool,
    apart: bool,
) -> list[TextLine]:
    """An entry; before it the title of its day, if that is `new_day`, and a blank line, if it stands `apart`."""
    lines: list[TextLine] = []
    if new_day:
        lines += [TextLine(), TextLine(join(" ", content(day(entry.at, zone), palette.dim + BOLD)))]
    if apart:
        lines.append(TextLine())
    if isinstance(entry, Event):
        return lines + _event(entry, width, palette, zone)
    return lines + _message(entry, ticket, width, palette, zone, logins)


def _in_order(opening: WrittenMessage, entries: Sequence[TimelineEntry]) -> Iterable[TimelineEntry]:
    """The opening text stands first, whatever else happened in the same moment."""
    yield opening
    yield from (
        entry for entry in entries if not (isinstance(entry, Event) and entry.verb == "submitted" and not entry.text)
    )


def _event(event: Event, width: int, palette: Roles, zone: tzinfo) -> list[TextLine]:
    head = join(" ", content(clock(event.at, zone), palette.dim), content(" · ", palette.dim))
    said = join(content(f"{event.who} ", palette.dim), content(event.text, palette.dim))
    return [
        TextLine(join(head if not index else " " * head.cell_length, part))
        for index, part in enumerate(said.wrap(max(10, width - head.cell_length - 1)))
    ]


def _message(
    message: WrittenMessage, ticket: TicketView, width: int, palette: Roles, zone: tzinfo, logins: Collection[str]
) -> list[TextLine]:
    kind = message.kind
    bar_style = {MessageKind.REPLY: palette.accent, MessageKind.NOTE: palette.note}.get(kind, palette.requester)
    tint = palette.note_tint if kind is MessageKind.NOTE else Style()
    bar = content("▌", bar_style)
    time = content(f" {clock(message.at, zone)} ", palette.dim)
    head = between(join(time, bar, " ", _who(message, palette)), join(_seen_by(message, ticket, palette), " "), width)
    lines = [TextLine(head, tint)]
    blank = " " * _INDENT
    text = content(message.text.rstrip(), palette.text, multiline=True)
    for first, last, _ in mentioned(text.plain, logins) if logins else ():
        text = text.stylize(UNDERLINE, first, last)
    lines += [TextLine(join(blank, bar, " ", part), tint) for part in text.wrap(max(10, width - _INDENT - 3))]
    return lines


def _who(message: WrittenMessage, palette: Roles) -> Content:
    match message.kind:
        case MessageKind.REPLY:
            return join(
                content("Reply", palette.accent + BOLD), content(f" by {message.login or message.author}", palette.text)
            )
        case MessageKind.NOTE:
            return join(
                content("Work note", palette.note + BOLD),
                content(f" by {message.login or message.author}", palette.text),
            )
        case _:
            return content(message.author, palette.text + BOLD)


def _seen_by(message: WrittenMessage, ticket: TicketView, palette: Roles) -> Content:
    match message.kind:
        case MessageKind.REPLY:
            first_name = ticket.requester.name.partition(" ")[0]
            return content(f"{first_name or 'the requester'} sees this", palette.accent)
        case MessageKind.NOTE:
            return content("staff only", palette.note)
        case _:
            return content(came_by(message.channel), palette.dim)


def came_by(channel: Channel) -> str:
    """How it reached the desk: `by mail`, `in person`."""
    return _CAME_BY.get(channel, f"by {channel.value}")


_CAME_BY = {
    Channel.TERMINAL: "in the terminal",
    Channel.CLI: "on the command line",
    Channel.PORTAL: "in the portal",
    Channel.CHAT: "in chat",
    Channel.MONITORING: "from monitoring",
    Channel.WALK_IN: "in person",
    Channel.IMPORT: "imported",
}
