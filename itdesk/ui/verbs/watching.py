"""Verbs about being told: who watches a ticket, and the notices that one has not read."""

from itdesk.domain.people import STAFF
from itdesk.ui.messages import NoticesRead
from itdesk.ui.text import content
from itdesk.ui.theme import roles
from itdesk.ui.verbs import TicketScreenWithVerbs
from itdesk.ui.widgets.choice_list import Choice


async def action_watchers(screen: TicketScreenWithVerbs) -> None:
    """Watch, or stop: oneself first, then the others."""
    from itdesk.desk import watchers
    from itdesk.desk.queries import people
    from itdesk.desk.queries.watchers import watchers as who_watches

    chosen = screen.targets()
    if not chosen:
        screen.say("There is no ticket here.", alarm=True)
        return
    ids, me = [ticket.id for ticket in chosen], screen.desk.me
    watching = await screen.read(lambda session: who_watches(session, ids))
    if watching is None:
        return
    others = await screen.read(people.staff) if me.role in STAFF else ()
    dim = roles(screen.query_one("*")).dim
    named = {me.login: me.name} | {member.login: member.name for member in others or ()}
    named |= {login: "" for login in watching if login not in named}

    def choice(login: str) -> Choice:
        watches = watching.get(login, 0)
        state = "watches" if watches == len(ids) else f"watches {watches} of {len(ids)}" if watches else ""
        who = "me" if login == me.login else f"{login}  {named[login]}"
        deed = "stop watching" if watches == len(ids) else "watch" if login == me.login else "let watch"
        return Choice(login, content(who), content(f"{state} · {deed}" if state else deed, dim))

    order = sorted(named, key=lambda login: (login != me.login, login not in watching, login))
    login = await screen.choose(
        screen.titled("Who watches", chosen), [choice(one) for one in order], said="Watchers are told what happens"
    )
    if not isinstance(login, str):
        return
    stop = watching.get(login, 0) == len(ids)
    await screen.act(
        "Stop watching" if stop else "Watch",
        chosen,
        lambda session, refs: (watchers.unwatch if stop else watchers.watch)(session, refs, login),
        what=f"{login} is told {'no longer ' if stop else ''}what happens on them.",
    )


async def action_notices(screen: TicketScreenWithVerbs) -> None:
    """What one was told and has not read; open one, or mark them as read."""
    from itdesk.desk.queries.notices import unread
    from itdesk.ui.dialogs.notices import NoticesDialog

    notices = await screen.read(unread)
    if notices is None:
        return
    if not notices:
        screen.say("You have no unread notices.")
        return
    opens = await screen.app.push_screen_wait(NoticesDialog(screen.desk, notices))
    screen.app.post_message(NoticesRead())
    if opens is not None:
        screen.app.post_message(opens)
