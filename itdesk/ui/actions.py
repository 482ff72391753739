"""The one table of what a person can do on the screens.

It feeds the key bindings, the help, the palette, the hints in the status bar, the table in the README and the user's
`keymap.yaml`. A binding's id is its action's id, so `keymap.yaml` names actions by the ids of this table.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """Where an action's keys work."""

    APP = "everywhere"
    QUEUE = "queue"
    TICKET = "ticket"
    KNOWLEDGE = "knowledge"
    METRICS = "metrics"
    SCHEDULE = "schedule"
    COMPOSER = "composer"
    WHY = "why"
    VIEWS = "views"
    WATCH = "watch"
    FORM = "new ticket"
    NOTICES = "notices"
    CLOCKS = "clocks"
    PERSON = "person"


class Group(StrEnum):
    """The help's headings, in their order."""

    MOVE = "Move"
    FIND = "Find"
    LIVE = "Live"
    MARKS = "Marks"
    WORK = "Work"
    SAY = "Say"
    KNOW = "Know"
    LEAVE = "Leave"


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a person can do.

    `keys` in Textual's words (`ctrl+d`, `question_mark`) or as the character itself (`?`); none: only in the palette.
    `title` is the hint's word, `tooltip` a sentence. `rank` orders the status bar's hints (1 is
    dropped last, 0 is never a hint). `beside` is the action in whose row of the help this one stands.
    `always`: its keys work over dialogs and in fields too. The screens run it as `action_<id>`.
    """

    id: str
    keys: tuple[str, ...]
    title: str
    scopes: tuple[Scope, ...]
    group: Group
    tooltip: str
    rank: int = 0
    beside: str = ""
    always: bool = False


_APP, _QUEUE, _TICKET = Scope.APP, Scope.QUEUE, Scope.TICKET
_KNOWLEDGE, _METRICS, _COMPOSER, _WHY = Scope.KNOWLEDGE, Scope.METRICS, Scope.COMPOSER, Scope.WHY
_VIEWS, _WATCH = Scope.VIEWS, Scope.WATCH
_SCHEDULE = Scope.SCHEDULE
_FORM = Scope.FORM
_NOTICES, _CLOCKS, _PERSON = Scope.NOTICES, Scope.CLOCKS, Scope.PERSON
_WORK = (_QUEUE, _TICKET)
_LISTS = (_QUEUE, _TICKET, _KNOWLEDGE, _METRICS, _SCHEDULE)

ACTIONS: tuple[Action, ...] = (
    # Move
    Action("down", ("j", "down"), "down", _LISTS, Group.MOVE, "One line down"),
    Action("up", ("k", "up"), "up", _LISTS, Group.MOVE, "One line up", beside="down"),
    Action("left", ("h", "left"), "left", (_METRICS, _SCHEDULE), Group.MOVE, "To the figure or hour at the left"),
    Action(
        "right",
        ("l", "right"),
        "right",
        (_METRICS, _SCHEDULE),
        Group.MOVE,
        "To the figure or hour at the right",
        beside="left",
    ),
    Action("day_before", ("b", "shift+left"), "a day", (_SCHEDULE,), Group.MOVE, "A day back"),
    Action("day_after", ("w", "shift+right"), "a day", (_SCHEDULE,), Group.MOVE, "A day on", beside="day_before"),
    Action("week_before", ("<",), "earlier", (_SCHEDULE,), Group.MOVE, "A week back; on the page Month a month", 9),
    Action(
        "week_after",
        (">",),
        "later",
        (_SCHEDULE,),
        Group.MOVE,
        "A week on; on the page Month a month",
        beside="week_before",
    ),
    Action("today", ("t",), "today", (_SCHEDULE,), Group.MOVE, "To this hour of today", 9),
    Action("to_settle", ("tab",), "to settle", (_SCHEDULE,), Group.MOVE, "To what is to be settled, and back", 7),
    Action("first", ("g", "home"), "first", _LISTS, Group.MOVE, "To the first; on the queue also shows what is new"),
    Action("last", ("G", "end"), "last", _LISTS, Group.MOVE, "To the last", beside="first"),
    Action("half_down", ("ctrl+d",), "half a page", _LISTS, Group.MOVE, "Half a page down"),
    Action("half_up", ("ctrl+u",), "half a page", _LISTS, Group.MOVE, "Half a page up", beside="half_down"),
    Action("page_down", ("pagedown",), "a page", _LISTS, Group.MOVE, "A page down"),
    Action("page_up", ("pageup",), "a page", _LISTS, Group.MOVE, "A page up", beside="page_down"),
    Action(
        "open",
        ("enter",),
        "open",
        (_QUEUE, _TICKET, _KNOWLEDGE, _METRICS, _SCHEDULE, _WHY),
        Group.MOVE,
        "Open what the cursor is on; from an article, one that it names",
        6,
    ),
    Action(
        "section",
        ("tab",),
        "sections",
        (_TICKET,),
        Group.MOVE,
        "People, links, decisions, articles, one after the other",
    ),
    Action("previous_ticket", ("[",), "other tickets", (_TICKET,), Group.MOVE, "Open the ticket before this one"),
    Action(
        "next_ticket",
        ("]",),
        "other tickets",
        (_TICKET,),
        Group.MOVE,
        "Open the next ticket of the queue",
        beside="previous_ticket",
    ),
    Action("next_section", ("tab",), "sections", (_METRICS,), Group.MOVE, "The next section", 7),
    Action(
        "previous_section",
        ("shift+tab",),
        "sections",
        (_METRICS,),
        Group.MOVE,
        "The section before it",
        beside="next_section",
    ),
    Action("queue", ("1",), "screens", (_APP,), Group.MOVE, "The queue"),
    Action(
        "knowledge",
        ("2",),
        "screens",
        (_APP,),
        Group.MOVE,
        "The knowledge base; from a ticket, what fits it",
        beside="queue",
    ),
    Action("metrics", ("3",), "screens", (_APP,), Group.MOVE, "The desk in figures", beside="queue"),
    Action("schedule", ("4",), "screens", (_APP,), Group.MOVE, "Who is on shift, on call or away", beside="queue"),
    # Find
    Action("filter", ("/",), "filter", (_QUEUE,), Group.FIND, "Filter the queue as you type"),
    Action(
        "drop_word",
        ("backspace",),
        "shorten",
        (_QUEUE,),
        Group.FIND,
        "Drop the last word of the filter",
        beside="filter",
    ),
    Action("team", ("/",), "team", (_SCHEDULE,), Group.FIND, "One team, or all of them", 11),
    Action("search", ("/",), "search", (_KNOWLEDGE,), Group.FIND, "Search the articles as you type", 2),
    Action("views", ("v",), "views", (_QUEUE,), Group.FIND, "Choose a saved view", 11),
    Action("previous_view", ("[",), "other views", (_QUEUE, _KNOWLEDGE, _SCHEDULE), Group.FIND, "The view before"),
    Action(
        "next_view",
        ("]",),
        "other views",
        (_QUEUE, _KNOWLEDGE, _SCHEDULE),
        Group.FIND,
        "The next view",
        beside="previous_view",
    ),
    Action("keep_view", (), "keep as a view", (_QUEUE,), Group.FIND, "Keep this filter as a view of your own"),
    Action("save_view", ("s",), "save the filter", (_VIEWS,), Group.FIND, "Save the filter as a view of your own", 2),
    Action("rename_view", ("r",), "rename", (_VIEWS,), Group.FIND, "Give a view of your own another name", 3),
    Action("remove_view", ("D",), "remove", (_VIEWS,), Group.FIND, "Remove a view of your own; asks first", 4),
    Action("previous_team", ("[",), "team", (_WATCH,), Group.FIND, "The team before"),
    Action("next_team", ("]",), "team", (_WATCH,), Group.FIND, "Another team, or all of them", beside="previous_team"),
    Action("shorter", ("<",), "period", (_METRICS,), Group.FIND, "A shorter period: 365, 90, 30, 7 days", 9),
    Action("longer", (">",), "period", (_METRICS,), Group.FIND, "A longer period", beside="shorter"),
    Action("table", ("T",), "table", (_METRICS,), Group.FIND, "The section as a table, and back", 8),
    Action("palette", (":", "ctrl+p"), "commands", (_APP,), Group.FIND, "Everything you can do or open", 10),
    # Live
    Action("refresh", ("ctrl+r",), "refresh", _LISTS, Group.LIVE, "Read it anew, now"),
    Action("freeze", ("F",), "freeze", (_QUEUE,), Group.LIVE, "Hold the queue still, or let it live again"),
    Action(
        "order", ("o",), "order", (_QUEUE,), Group.LIVE, "Fair order, due first, newest, oldest; with words best first"
    ),
    Action("reverse", ("O",), "reverse", (_QUEUE,), Group.LIVE, "Turn the order round", beside="order"),
    # Marks
    Action("mark", ("space",), "mark", (_QUEUE,), Group.MARKS, "Mark the ticket; every verb acts on the marked ones"),
    Action("mark_all", ("*",), "all shown", (_QUEUE,), Group.MARKS, "Mark all that are shown, or none", beside="mark"),
    # Work
    Action("new", ("n",), "new", _WORK, Group.WORK, "A new ticket", 12),
    Action("take", ("t",), "take", _WORK, Group.WORK, "Take it: it becomes yours", 4),
    Action("take_next", ("N",), "take the next", _WORK, Group.WORK, "Take the next that fits you; it is named first"),
    Action("assign", ("a",), "assign", _WORK, Group.WORK, "Give it to a person or a team", 7),
    Action("status", ("s",), "status", _WORK, Group.WORK, "Change the status; also closes and cancels", 5),
    Action(
        "priority",
        ("p",),
        "priority",
        (_QUEUE, _TICKET, _WHY, _FORM),
        Group.WORK,
        "Impact x urgency, or a priority by hand",
        13,
    ),
    Action("category", ("l",), "category", (_QUEUE, _TICKET, _WHY, _FORM), Group.WORK, "Choose another category", 14),
    Action("template", ("t",), "template", (_FORM,), Group.WORK, "Begin with a template of a recurring request", 7),
    Action("kind", ("i",), "kind", (_FORM,), Group.WORK, "Say whether it is an incident or a request"),
    Action("resolve", ("x",), "resolve", _WORK, Group.WORK, "Resolve it, with what solved it", 8),
    Action("reopen", ("X",), "reopen", _WORK, Group.WORK, "Reopen it, with a reason", beside="resolve"),
    Action("steps", ("S",), "checklist", _WORK, Group.WORK, "Its checklist: tick, add a step, apply another SOP"),
    Action("tick", ("space",), "tick", (_TICKET,), Group.WORK, "Tick the step under the cursor", beside="steps"),
    Action("approve", ("A",), "approve", _WORK, Group.WORK, "Approve or reject it, or ask somebody to"),
    Action("diagnose", ("d",), "diagnosis", _WORK, Group.WORK, "Note the root cause and a workaround"),
    Action("test", ("T",), "test", _WORK, Group.WORK, "Record a test, or ask the requester to test"),
    Action(
        "escalate", ("E",), "escalate", _WORK, Group.WORK, "Hand it to another team or level, or tell management", 15
    ),
    Action("tag", ("+",), "tag", _WORK, Group.WORK, "Add or remove tags"),
    Action("link", ("&",), "link or merge", _WORK, Group.WORK, "Link it (duplicate, child, related), merge, split"),
    Action("merge", (), "merge", _WORK, Group.WORK, "Merge it with another ticket, or the marked ones into one"),
    Action("split", (), "split", _WORK, Group.WORK, "Make a second concern of it a ticket of its own"),
    Action("files", ("f",), "files", _WORK, Group.WORK, "Its files: attach, save, remove"),
    Action("visit", ("V",), "visit", _WORK, Group.WORK, "Plan a visit: when, how long, where, who"),
    Action("log", ("L",), "log time", _WORK, Group.WORK, "Log working time; offers what the timer counted", 16),
    Action("watchers", ("W",), "watch", _WORK, Group.WORK, "Watch it or stop; say who else watches it"),
    Action("plan", ("+",), "add", (_SCHEDULE,), Group.WORK, "Add a shift, an absence, duty on call or a visit", 2),
    Action("move", ("m",), "move", (_SCHEDULE,), Group.WORK, "Move a shift, an absence, duty on call or a visit", 3),
    Action("swap", ("s",), "swap", (_SCHEDULE,), Group.WORK, "Swap a shift with somebody else", 4),
    Action("remove", ("d",), "delete", (_SCHEDULE,), Group.WORK, "Delete what stands here; asks first", 5),
    Action(
        "ask_cover",
        ("a",),
        "ask for cover",
        (_SCHEDULE,),
        Group.WORK,
        "Ask who could step in where something is to be settled; asks first",
        10,
    ),
    Action("abilities", ("e",), "change", (_PERSON,), Group.WORK, "Change skills, languages and capacity", 2),
    Action("departure", ("D",), "let leave", (_PERSON,), Group.WORK, "Let the person leave the desk; asks first", 3),
    Action("comeback", ("B",), "bring back", (_PERSON,), Group.WORK, "Bring back a person who left; asks first", 3),
    Action("export", ("i",), "export .ics", (_SCHEDULE,), Group.WORK, "Write a calendar file (.ics)", 12),
    Action("major", ("!",), "major", _WORK, Group.WORK, "Declare a major incident, or withdraw it"),
    # Say
    Action("reply", ("r",), "reply", _WORK, Group.SAY, "Write to the requester, who will see it", 2),
    Action("note", ("c",), "note", _WORK, Group.SAY, "Write a work note for staff only", 3),
    Action("kept", ("D",), "kept text", _WORK, Group.SAY, "Show what a form keeps of you: copy it, throw it away"),
    Action("send", ("s",), "send", (_COMPOSER,), Group.SAY, "Send what is written", 2),
    Action("submit", ("s",), "submit", (_FORM,), Group.SAY, "Open the ticket", 2),
    Action("write_on", ("r", "enter"), "write on", (_COMPOSER, _FORM), Group.SAY, "Go on writing", 3),
    Action("turn", ("c",), "other kind", (_COMPOSER,), Group.SAY, "Make the reply a work note, or the note a reply", 4),
    Action("insert_reply", ("i",), "canned reply", (_COMPOSER,), Group.SAY, "Insert a canned reply, filled in", 7),
    Action("edit", ("e",), "$EDITOR", (_COMPOSER, _FORM), Group.SAY, "Write on in $EDITOR", 6),
    Action("discard", ("D",), "discard", (_COMPOSER, _FORM), Group.SAY, "Throw the text away; asks first", 5),
    # Know
    Action("why", ("w",), "why", _WORK, Group.KNOW, "Why it has its category, priority and team", 9),
    Action(
        "copy",
        ("y",),
        "copy number",
        (_QUEUE, _TICKET, _KNOWLEDGE, _WHY, _CLOCKS),
        Group.KNOW,
        "Send its number to the clipboard",
    ),
    Action(
        "copy_all",
        ("Y",),
        "all",
        (_QUEUE, _TICKET, _KNOWLEDGE),
        Group.KNOW,
        "Send all of it to the clipboard",
        beside="copy",
    ),
    Action("clocks", ("C",), "clocks", _WORK, Group.KNOW, "Its clocks: what is due when, and what happened to them"),
    Action("person", ("p",), "person", (_SCHEDULE,), Group.KNOW, "Who it is: teams, skills, languages, load", 8),
    Action("people", ("P",), "all", (_SCHEDULE,), Group.KNOW, "Look somebody up, also who has left", beside="person"),
    Action("notices", ("i",), "notices", _WORK, Group.KNOW, "What you were told and have not read yet"),
    Action("read_notice", ("r",), "mark read", (_NOTICES,), Group.KNOW, "Mark the notice as read", 2),
    Action("read_all", ("R", "*"), "all read", (_NOTICES,), Group.KNOW, "Mark all notices as read", 3),
    Action("help", ("?",), "help", (_APP, _WATCH), Group.KNOW, "The keys of this screen", 1),
    Action("theme", (), "theme", (_APP,), Group.KNOW, "Choose other colours"),
    # Leave
    Action("undo", ("u",), "undo", (*_WORK, _SCHEDULE), Group.LEAVE, "Undo what you did last"),
    Action("close_one", ("escape",), "close one thing", (_APP,), Group.LEAVE, "Close one thing; never quits"),
    Action("go_back", ("q",), "back, quit", (_APP, _WATCH), Group.LEAVE, "Go back, and quit at the root"),
    Action("leave", ("ctrl+q",), "quit", (_APP, _WATCH), Group.LEAVE, "Quit; drafts are kept", always=True),
)

BY_ID: Mapping[str, Action] = {action.id: action for action in ACTIONS}

Keymap = Mapping[str, Sequence[str]]
"""A user's keys: action id -> keys, in place of the action's own."""


def keys_of(action: Action, keymap: Keymap) -> tuple[str, ...]:
    """The keys of an action: the user's, else its own."""
    return tuple(keymap.get(action.id, action.keys))


def in_scope(scope: Scope) -> list[Action]:
    """The actions whose keys work in a scope, the ones that work everywhere last. `itdesk watch` stands by itself."""
    own = [action for action in ACTIONS if scope in action.scopes]
    if scope is Scope.WATCH:
        return own
    return own + [action for action in ACTIONS if Scope.APP in action.scopes and action not in own]


def hints(scope: Scope) -> list[Action]:
    """The actions that the status bar names, the most wanted first."""
    return sorted((action for action in in_scope(scope) if action.rank), key=lambda action: action.rank)


_SHOWN = {
    "question_mark": "?",
    "colon": ":",
    "slash": "/",
    "escape": "esc",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "pagedown": "pgdn",
    "pageup": "pgup",
    "backspace": "bksp",
}


def shown(key: str) -> str:
    """A key as people read it: `esc`, `?`, `ctrl+d`."""
    return _SHOWN.get(key, key)


# --- the user's keymap ---------------------------------------------------------------------------------------------

_SAME_AS = {
    "ctrl+h": "backspace",
    "ctrl+i": "tab",
    "ctrl+j": "enter",
    "ctrl+m": "enter",
    "ctrl+left_square_bracket": "escape",
    "ctrl+[": "escape",
}
_TAKEN = {
    "ctrl+s": "it stops the terminal's output",
    "ctrl+z": "it suspends the program",
    "ctrl+c": "it interrupts the program",
}
_FIXED = frozenset({"close_one", "leave"})
"""Actions that always keep their own keys beside the user's, so that nobody is locked in."""


def check_keymap(keymap: Keymap) -> list[tuple[str, str]]:
    """What is wrong with a user's keymap, as `(action id, sentence)`; empty if all is well.

    Found are ids that no action has, keys that no terminal can send, and keys that mean two things in one scope.
    """
    errors: list[tuple[str, str]] = []
    for action_id, keys in keymap.items():
        if action_id not in BY_ID:
            errors.append((action_id, f"No action is called '{action_id}'{_did_you_mean(action_id)}."))
            continue
        errors.extend((action_id, reason) for key in keys if (reason := _impossible(key)))
    known = {action_id: keys for action_id, keys in keymap.items() if action_id in BY_ID}
    return errors + list(_clashes(known))


def _did_you_mean(action_id: str) -> str:
    from rapidfuzz import process

    found = process.extractOne(action_id, list(BY_ID), score_cutoff=60)
    return f"; did you mean '{found[0]}'?" if found else ""


def _impossible(key: str) -> str | None:
    """Why no terminal can send this key; None if one can."""
    if key in _SAME_AS:
        return f"A terminal cannot tell '{key}' from '{_SAME_AS[key]}'."
    if key in _TAKEN:
        return f"'{key}' cannot be used: {_TAKEN[key]}."
    if not key:
        return "A key may not be empty."
    modifiers, _, last = _plain(key).rpartition("+") if len(key) > 1 else ("", "", key)
    possible = set(modifiers.split("+")) <= {"", "ctrl", "shift", "alt"}
    if possible and modifiers in ("", "alt") and len(last) == 1 and last.isprintable() and not last.isspace():
        return None
    from textual.keys import Keys

    names = {name.value for name in Keys} | {"space"}
    if key in names or (possible and last in names):
        return None
    from rapidfuzz import process

    close = process.extractOne(key, sorted(names), score_cutoff=70)
    meant = f"; did you mean '{close[0]}'?" if close else " (one character, or a name such as 'pagedown' or 'ctrl+d')"
    return f"'{key}' is no key{meant}."


def _plain(key: str) -> str:
    """A key under its shortest name: `question_mark` is `?`."""
    if len(key) == 1 or "_" not in key:
        return {"colon": ":", "slash": "/", "plus": "+", "minus": "-", "comma": ",", "ampersand": "&"}.get(key, key)
    from textual.keys import key_to_character

    return key_to_character(key) or key


def _clashes(keymap: Keymap) -> Iterable[tuple[str, str]]:
    """Keys that two actions claim in one scope, told once for each pair at the action that the user moved."""
    told: set[tuple[str, str]] = set()
    for scope in Scope:
        claimed: dict[str, Action] = {}
        for action in in_scope(scope):
            for key in keys_of(action, keymap):
                other = claimed.setdefault(_plain(key), action)
                if other is action or (other.id, action.id) in told:
                    continue
                told.add((other.id, action.id))
                blamed, kept = (action, other) if action.id in keymap else (other, action)
                where = "" if scope is Scope.APP else f" on the {scope.value} screen"
                yield (
                    blamed.id,
                    f"'{key}' means both '{blamed.id}' and '{kept.id}'{where}; give one of them another key.",
                )


def textual_keymap(keymap: Keymap) -> dict[str, str]:
    """A checked keymap as Textual's `App.set_keymap` takes it."""
    return {
        action_id: ",".join([*keys, *(BY_ID[action_id].keys if action_id in _FIXED else ())])
        for action_id, keys in keymap.items()
    }


def markdown_table(keymap: Keymap | None = None) -> str:
    """The keys as the README shows them."""
    rows = ["| | key | does |", "|---|---|---|"]
    for group in Group:
        heading = f"**{group.value}**"
        for action in ACTIONS:
            if action.group is not group or not keys_of(action, keymap or {}):
                continue
            keys = " ".join(f"`{shown(key)}`" for key in keys_of(action, keymap or {}))
            rows.append(f"| {heading} | {keys} | {action.tooltip}{_where(action)} |")
            heading = ""
    return "\n".join(rows) + "\n"


def _where(action: Action) -> str:
    """Where the key works, if only in one place."""
    if len(action.scopes) != 1 or action.scopes[0] is Scope.APP:
        return ""
    return f" ({action.scopes[0].value})"
