"""Verbs about people: look somebody up, change what he can do, let him leave, bring him back."""

from collections.abc import Callable, Mapping
from functools import partial

from itdesk.desk.abilities import USUAL_CAPACITY, set_abilities
from itdesk.desk.change import Change
from itdesk.desk.departure import come_back, leave
from itdesk.desk.queries.people import Colleague, colleagues, staff
from itdesk.desk.queries.person import PersonCard, person_card
from itdesk.desk.session import Session
from itdesk.domain.ability_words import USUAL, parse_capacity, parse_skills, parse_words, skill_words
from itdesk.domain.people import STAFF
from itdesk.ui.dialogs.confirm import ConfirmDialog
from itdesk.ui.dialogs.form import Field
from itdesk.ui.dialogs.person import Outcome, PersonDialog
from itdesk.ui.screen import DeskScreen
from itdesk.ui.text import content, plural
from itdesk.ui.theme import roles
from itdesk.ui.widgets.choice_list import Choice

Act = Callable[[Session], Change]


async def look_up(screen: DeskScreen, current: str) -> None:
    """Choose one of all who are more than requesters, also of those who left; `current` is where the cursor begins."""
    people = await screen.read(partial(colleagues, also_left=True))
    if people is None:
        return
    choices = [_entry(screen, person) for person in people if person.active]
    left = [_entry(screen, person) for person in people if not person.active]
    if left:
        choices += [Choice("", content("Left the desk", roles(screen.query_one("*")).dim), heading=True), *left]
    login = await screen.choose("People", choices, current=current)
    if login:
        await show(screen, login)


def _entry(screen: DeskScreen, person: Colleague) -> Choice:
    right = ", ".join(person.teams) or person.role.title
    return screen.plain_choice(person.login, f"{person.login}  {person.name}", right if person.active else "left")


async def show(screen: DeskScreen, login: str) -> None:
    """The card of a person, again after each change, until it is closed."""
    outcome: Outcome = None
    while True:
        card = await screen.read(partial(person_card, login=login), after_writes=True)
        if card is None:
            return
        wish = await screen.app.push_screen_wait(PersonDialog(screen.desk, card, outcome))
        outcome = None
        match wish:
            case "abilities":
                await _change_abilities(screen, card.person)
            case "departure":
                outcome = await _let_leave(screen, card)
            case "comeback":
                outcome = await _bring_back(screen, card.person)
            case _:
                return


# --- what somebody can do ---------------------------------------------------------------------------------------------


async def _change_abilities(screen: DeskScreen, person: Colleague) -> None:
    await (_change_work if person.role in STAFF else _change_languages)(screen, person)


async def _change_languages(screen: DeskScreen, person: Colleague) -> None:
    """All that requesters have."""

    async def attempt(answer: Mapping[str, str]) -> str | None:
        languages = parse_words(answer["languages"])
        if languages == person.languages:
            screen.form_is_done()
            return None
        return await screen.done_or_why(partial(set_abilities, who=person.login, languages=languages))

    remark = "Tickets go to who speaks one of them, as long as the team has somebody who does."
    title = f"What {person.login} speaks"
    await screen.fill_in_until_done(title, [_languages(person)], attempt, verb="change it", remark=remark, about=())


def _languages(person: Colleague) -> Field:
    spoken = " ".join(person.languages or ())
    return Field("languages", "Languages", needed=False, value=spoken, placeholder="de en pt-br")


async def _change_work(screen: DeskScreen, person: Colleague) -> None:
    known = {skill.category: skill for skill in person.skills or ()}

    async def attempt(answer: Mapping[str, str]) -> str | None:
        wanted = {skill.category: skill for skill in parse_skills(answer["skills"])}
        languages = parse_words(answer["languages"])
        capacity = parse_capacity(answer["capacity"])
        act = partial(
            set_abilities,
            who=person.login,
            skills=[skill for skill in wanted.values() if known.get(skill.category) != skill],
            forget=[category for category in known if category not in wanted],
            languages=languages if languages != person.languages else None,
            capacity=None if capacity == person.capacity else USUAL_CAPACITY if capacity is None else capacity,
        )
        if (wanted, languages, capacity) == (known, person.languages, person.capacity):
            screen.form_is_done()
            return None
        return await screen.done_or_why(act)

    fields = [
        Field(
            "skills",
            "Skills",
            needed=False,
            tall=True,
            value="\n".join(skill_words(known.values())),
            placeholder="network=3 network.vpn=5; without any, all tickets fit",
        ),
        _languages(person),
        Field("capacity", "Capacity", value=USUAL if person.capacity is None else str(person.capacity)),
    ]
    remark = f"A category, with all below it, and a level from 1 to 5. Capacity: the load that is enough, or {USUAL}."
    await screen.fill_in_until_done(
        f"What {person.login} can do", fields, attempt, verb="change it", remark=remark, about=()
    )


# --- leave and return -------------------------------------------------------------------------------------------------


async def _let_leave(screen: DeskScreen, card: PersonCard) -> Outcome:
    """Ask who gets the tickets, then whether it is really wanted."""
    login, heir = card.person.login, ""
    if card.person.role in STAFF:
        picked = await _choose_heir(screen, card)
        if picked is None:
            return None
        heir = picked
    rest = (
        f"{login} can do nothing more at this desk and sees nothing more. Shifts and duty on call no longer count. "
        "What was done stays under that name."
    )
    return await _sure(screen, f"Let {login} leave?", partial(leave, who=login, to=heir or None), rest, "let leave")


async def _choose_heir(screen: DeskScreen, card: PersonCard) -> str | None:
    """The login of who gets the open tickets, empty for the teams; None: nobody leaves after all."""
    members = await screen.read(staff)
    if members is None:
        return None
    choices = [screen.plain_choice("", "their teams", "unassigned, or pushed to others")]
    choices += [
        screen.plain_choice(member.login, f"{member.login}  {member.name}", ", ".join(member.teams))
        for member in members
        if member.login != card.person.login
    ]
    count = card.at_work.open_tickets if card.at_work else 0
    picked: str | None = await screen.choose(
        f"Who gets the tickets of {card.person.login}?", choices, said=plural(count, "open ticket")
    )
    return picked


async def _bring_back(screen: DeskScreen, person: Colleague) -> Outcome:
    act = partial(come_back, who=person.login)
    return await _sure(screen, f"Bring {person.login} back?", act, "Skills and shifts are as they were.", "bring back")


async def _sure(screen: DeskScreen, title: str, act: Act, rest: str, verb: str) -> Outcome:
    """Tell what would happen, and do it if it is still wanted; None: it is not.

    `rest` is what the desk's own sentence does not say.
    """
    would = await screen.would_or_why(act)
    if isinstance(would, str):
        return would
    told = ["Once you say yes:", would.sentence, "", rest]
    if not await screen.app.push_screen_wait(ConfirmDialog(title, told, verb=verb, keymap=screen.desk.keymap)):
        return None
    change = await screen.write_or_why(act)
    if not isinstance(change, str):
        await screen.acted(change)
    return change
