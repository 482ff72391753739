"""Verbs of the schedule: add, move, swap and delete what people have, as forms over the desk's actions.

Each gets the spot that the cursor stands on; those that change what is there look at the whole day where nothing stands
in the hour. Team leads plan for everybody, others enter their own absences; whoever may not is told so before a form
is opened.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

from itdesk.desk import schedule as actions
from itdesk.desk.change import Change
from itdesk.desk.errors import DatabaseProblem, DeskError
from itdesk.desk.queries.schedule import Scheduled, ScheduledPerson, ToSettle
from itdesk.desk.session import Session
from itdesk.domain.people import LEADS
from itdesk.domain.schedule import Absence, Appointment, OnCall, Plan, Shift, overlaps
from itdesk.domain.schedule_words import (
    OPEN,
    day_text,
    length_text,
    parse_day,
    parse_span,
    parse_times,
    parse_weekdays,
    span_text,
    times_text,
)
from itdesk.domain.wall_time import at_minute
from itdesk.ui.context import WriteCalendar
from itdesk.ui.dialogs.confirm import ConfirmDialog
from itdesk.ui.dialogs.form import Field
from itdesk.ui.text import content
from itdesk.ui.theme import roles
from itdesk.ui.times import clock
from itdesk.ui.verbs import Ticket, TicketScreenWithVerbs
from itdesk.ui.widgets.choice_list import Choice
from itdesk.ui.widgets.schedule_page import Spot

if TYPE_CHECKING:
    from itdesk.desk.form_drafts import About
    from itdesk.desk.queries.visits import Visit

Act = Callable[[Session], Change]
Understand = Callable[[Mapping[str, str]], Act]
"""Makes an act of what stands in a form; raises ValueError with a sentence where it cannot be understood."""

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_WEEK = timedelta(weeks=1)
_MORNING = 9 * 60
"""The minute of the day for which a visit is proposed where nobody's shift says when."""
_WEEKS, _MOST_WEEKS = 8, 104
_LEADS_PLAN = "Shifts and duty on call are planned by team leads. + adds an absence of your own, or a visit."
_WHEN = "2026-12-21, tomorrow, fri 12:00"
_TIMES = "08:00-16:00; 22:00-06:00 goes over midnight"


class _Reach(Enum):
    """Which days of a weekly shift are meant."""

    DAY = "this day alone"
    ON = "this day and those after it"
    EVER = "all, as if they had never been"


@dataclass(frozen=True, slots=True)
class _Thing:
    """Something that stands at a spot; `reach` says how much of a weekly shift is meant."""

    what: Shift | Absence | OnCall | Appointment
    text: str
    reach: _Reach = _Reach.DAY


def may_plan(screen: TicketScreenWithVerbs) -> bool:
    """Whether this person plans for others."""
    return screen.desk.me.role in LEADS


# --- add --------------------------------------------------------------------------------------------------------------


async def add(screen: TicketScreenWithVerbs, spot: Spot, kind: str | None = None) -> None:
    """Add something; `kind` says what (`absence`, `on_call` …), else it is asked for."""
    kinds = {"absence": "Absence", "visit": "Visit for a ticket"}
    if may_plan(screen):
        kinds = {"shift": "Shift on a day", "weekly": "Shift of every week", "on_call": "Duty on call"} | kinds
    if kind is None:
        choices = [Choice(name, content(title)) for name, title in kinds.items()]
        kind = await screen.choose(
            f"Add for {_login(screen, spot)}, {spot.day:%a} {spot.day.day} {spot.day:%b}", choices
        )
    elif kind not in kinds:
        screen.say(_LEADS_PLAN, alarm=True)
        return
    match kind:
        case "shift":
            await _add_shift(screen, spot)
        case "weekly":
            await _add_weekly(screen, spot)
        case "absence":
            await _add_absence(screen, spot)
        case "on_call":
            await _add_on_call(screen, spot)
        case "visit":
            await _add_visit(screen, spot)


def _login(screen: TicketScreenWithVerbs, spot: Spot) -> str:
    """Whose cell it is; for whoever cannot plan, always his own."""
    return spot.person.login if spot.person is not None and may_plan(screen) else screen.desk.me.login


def _whose_new(screen: TicketScreenWithVerbs, spot: Spot) -> tuple[tuple[str, str], ...]:
    """What a form that adds something is about: what was written for somebody is found again from any of his days."""
    return (("person", _login(screen, spot)),)


async def _add_shift(screen: TicketScreenWithVerbs, spot: Spot) -> None:
    def understand(answer: Mapping[str, str]) -> Act:
        day, (starts, ends) = parse_day(answer["day"], _today(screen)), parse_times(answer["times"])
        return lambda session: actions.add_shift(session, answer["person"], day, starts, ends)

    fields = [
        Field("times", "Times", placeholder=_TIMES),
        Field("person", "Who", value=_login(screen, spot)),
        Field("day", "Day", value=spot.day.isoformat()),
    ]
    await _fill_in(screen, "Shift on a day", fields, understand, verb="add it", about=_whose_new(screen, spot))


async def _add_weekly(screen: TicketScreenWithVerbs, spot: Spot) -> None:
    def understand(answer: Mapping[str, str]) -> Act:
        starts, ends = parse_times(answer["times"])
        first, last = parse_day(answer["from"], _today(screen)), answer["until"]
        if answer["holidays"].lower() not in ("", "yes", "no"):
            raise ValueError("Say yes or no: does it take place on holidays?")
        return lambda session: actions.add_weekly_shifts(
            session,
            answer["people"].replace(",", " ").split(),
            parse_weekdays(answer["days"]),
            starts,
            ends,
            first_day=first,
            last_day=parse_day(last, _today(screen)) if last else None,
            on_holidays=answer["holidays"].lower() == "yes",
        )

    fields = [
        Field("times", "Times", placeholder=_TIMES),
        Field("people", "Who", value=_login(screen, spot), placeholder="anna jonas"),
        Field("days", "Days", value="mon-fri", placeholder="mon-fri, sat, daily"),
        Field("from", "From", value=spot.day.isoformat()),
        Field("until", "Until", needed=False, placeholder="without end"),
        Field("holidays", "On holidays", needed=False, placeholder="no"),
    ]
    await _fill_in(screen, "Shift of every week", fields, understand, verb="add it", about=_whose_new(screen, spot))


async def _add_absence(screen: TicketScreenWithVerbs, spot: Spot) -> None:
    def understand(answer: Mapping[str, str]) -> Act:
        start, end = _span(screen, answer)
        return lambda session: actions.add_absence(session, answer["person"], start, end, answer["reason"])

    fields = [
        Field("reason", "Reason", placeholder="holiday, sick, training"),
        Field("from", "From", value=spot.day.isoformat(), placeholder=_WHEN),
        Field("until", "Until", needed=False, placeholder="that day; a last day, fri 16:00, or open"),
        Field("person", "Who", value=_login(screen, spot)),
    ]
    await _fill_in(screen, "Absence", fields, understand, verb="add it", about=_whose_new(screen, spot))


async def _add_on_call(screen: TicketScreenWithVerbs, spot: Spot) -> None:
    def understand(answer: Mapping[str, str]) -> Act:
        start, end = _duty_span(screen, answer)
        return lambda session: actions.add_on_call(session, answer["person"], start, end, answer["team"] or None)

    fields = [
        Field("from", "From", value=f"{spot.day.isoformat()} 16:00", placeholder=_WHEN),
        Field("until", "Until", value=f"{(spot.day + _DAY).isoformat()} 08:00", placeholder=_WHEN),
        Field("person", "Who", value=_login(screen, spot)),
        Field("team", "Team", needed=False, value=spot.team.name if spot.team else "", placeholder="the only one"),
    ]
    await _fill_in(screen, "Duty on call", fields, understand, verb="add it", about=_whose_new(screen, spot))


async def _add_visit(screen: TicketScreenWithVerbs, spot: Spot) -> None:
    from itdesk.desk.queries import tickets
    from itdesk.ui.verbs import visits

    number = await screen.ask("Visit", "For ticket", verb="go on")
    if number is None:
        return
    ticket = await screen.read(lambda session: tickets.view(session, tickets.find_ticket(session, number)))
    if ticket is not None:
        local = _hour_to_come(screen, spot).astimezone(screen.desk.zone)
        start = {"at": f"{local:%Y-%m-%d %H:%M}"} | ({"person": spot.person.login} if spot.person else {})
        await visits.plan(screen, [ticket], start)


def _hour_to_come(screen: TicketScreenWithVerbs, spot: Spot) -> datetime:
    """The hour that the cursor stands on, of a whole day the first of the person's shift; not before the next hour."""
    zone, start = screen.desk.zone, spot.start
    if spot.end - start != _HOUR:
        shifts = [shift.start for shift in spot.shifts if shift.day == spot.day]
        start = min(shifts, default=at_minute(spot.day, _MORNING, zone))
    this_hour = screen.desk.clock().astimezone(zone).replace(minute=0, second=0, microsecond=0)
    return max(start, this_hour.astimezone(UTC) + _HOUR)


# --- move, swap, delete -----------------------------------------------------------------------------------------------


async def move(screen: TicketScreenWithVerbs, of: Scheduled, spot: Spot, day: Spot) -> None:
    """Move a shift, an absence, duty on call or a visit."""
    thing = await _pick(screen, of, (spot, day), "Move", reaches=(_Reach.ON,))
    if thing is None:
        return
    match thing.what:
        case Shift() as shift:
            await _move_shift(screen, spot, shift, thing.reach)
        case Absence() as absence:
            await _move_absence(screen, absence)
        case OnCall() as duty:
            await _move_on_call(screen, of, duty)
        case Appointment() as appointment:
            await _with_visit(screen, of, appointment, "move")


async def _move_shift(screen: TicketScreenWithVerbs, spot: Spot, shift: Shift, reach: _Reach) -> None:
    login, weekly = spot.person.login if spot.person else "", shift.weekly_shift

    def understand(answer: Mapping[str, str]) -> Act:
        move = (
            partial(actions.move_weekly_shift, shift=weekly)
            if weekly is not None and reach is _Reach.ON
            else partial(actions.move_shift, who=login, starts=shift.times[0])
        )
        given = _changed(fields, answer)
        return partial(
            move,
            day=shift.day,
            to_day=parse_day(given["day"], _today(screen)) if "day" in given else None,
            times=parse_times(given["times"]) if "times" in given else None,
            to_person=given.get("person"),
        )

    fields = [
        Field("times", "Times", value=times_text(*shift.times), placeholder=_TIMES),
        Field("day", "Day", value=shift.day.isoformat()),
        Field("person", "Who", value=login),
    ]
    remark = "This day alone: other weeks stay as they are." if weekly is not None else ""
    if reach is _Reach.ON:
        remark = "Every week from this day on: the weeks before stay as they are."
    about = (*_which_shift(spot, shift), ("reach", reach.name))
    title = f"Move the shift of {login}"
    await _fill_in(screen, title, fields, understand, verb="move it", remark=remark, about=about)


def _which_shift(spot: Spot, shift: Shift) -> tuple[tuple[str, str], ...]:
    """By what one of a person's shifts is known again: its row is another one as soon as somebody moves it."""
    of_day = [one for one in spot.person.plan.shifts if one.day == shift.day] if spot.person else [shift]
    return ("day", shift.day.isoformat()), ("shift", str(of_day.index(shift)))


async def _move_absence(screen: TicketScreenWithVerbs, absence: Absence) -> None:
    def understand(answer: Mapping[str, str]) -> Act:
        start, end = _span(screen, answer)
        given = _changed(fields, answer)
        return partial(
            actions.change_absence,
            absence=absence.id,
            start=start if "from" in given else None,
            end=end if "until" in given else None,
            open_end="until" in given and end is None,
            reason=given.get("reason"),
        )

    fields = [
        Field("from", "From", value=_typed(screen, absence.start), placeholder=_WHEN),
        Field("until", "Until", value=_typed(screen, absence.end, is_end=True), placeholder=f"{_WHEN}, {OPEN}"),
        Field("reason", "Reason", value=absence.reason),
    ]
    about = (("absence", str(absence.id)),)
    await _fill_in(screen, "Change the absence", fields, understand, verb="change it", about=about)


async def _move_on_call(screen: TicketScreenWithVerbs, of: Scheduled, duty: OnCall) -> None:
    login, team = _whose(of, duty), of.team_names.get(duty.team_id, "")

    def understand(answer: Mapping[str, str]) -> Act:
        start, end = _duty_span(screen, answer)
        given = _changed(fields, answer)
        return partial(
            actions.change_on_call,
            on_call=duty.id,
            start=start if "from" in given else None,
            end=end if "until" in given else None,
            to_person=given.get("person"),
            team=given.get("team"),
        )

    fields = [
        Field("from", "From", value=_typed(screen, duty.start), placeholder=_WHEN),
        Field("until", "Until", value=_typed(screen, duty.end, is_end=True), placeholder=_WHEN),
        Field("person", "Who", value=login),
        Field("team", "Team", value=team),
    ]
    title, about = f"Move the duty on call of {login}", (("on_call", str(duty.id)),)
    await _fill_in(screen, title, fields, understand, verb="move it", about=about)


def _changed(fields: Sequence[Field], answer: Mapping[str, str]) -> dict[str, str]:
    """What was written into a form, without what stands there as before: somebody may have changed that meanwhile."""
    return {field.name: answer[field.name] for field in fields if answer[field.name] != field.value}


async def swap(screen: TicketScreenWithVerbs, of: Scheduled, spot: Spot, day: Spot) -> None:
    """Swap a shift with one of somebody else in these days."""
    if not may_plan(screen):
        screen.say(_LEADS_PLAN, alarm=True)
        return
    shifts = spot.shifts or day.shifts
    if not shifts or spot.person is None:
        screen.say("There is no shift here to swap.")
        return
    login, mine = spot.person.login, shifts[0]
    if len(shifts) > 1:
        choices = [Choice(one, content(span_text(one.start, one.end, of.zone))) for one in shifts]
        mine = await screen.choose(f"Swap which shift of {login}", choices)
        if mine is None:
            return
    partners = _partners(of, spot.person, mine)
    if not partners:
        screen.say("Nobody else has another shift in these days.")
        return
    title = f"Swap {login}, {span_text(mine.start, mine.end, of.zone)}, with"
    picked = await screen.choose(title, _partner_choices(screen, of, partners))
    if picked is not None:
        other, its = picked
        which = {"starts": mine.times[0], "with_starts": its.times[0]}
        await _do(screen, lambda session: actions.swap_shifts(session, login, mine.day, other, its.day, **which))


@dataclass(frozen=True, slots=True)
class _Partner:
    """Somebody's shift to be had for another one; `away`: who would be away from what he gets, empty for nobody."""

    person: ScheduledPerson
    shift: Shift
    own_team: bool
    away: str


def _partners(of: Scheduled, person: ScheduledPerson, mine: Shift) -> list[_Partner]:
    """With whom somebody could swap a shift: his own team first, there those who are there, then the nearest day."""
    found = [
        _Partner(
            other,
            one,
            not {*person.teams}.isdisjoint(other.teams),
            _away(other, mine, "away") or _away(person, one, f"{person.login} away"),
        )
        for other in of.people
        if other.id != person.id
        for one in other.plan.shifts
        if of.first <= one.day <= of.last
        and one.end > of.at
        and (one.start, one.end) != (mine.start, mine.end)
        and _is_free(other.plan, mine, one)
        and _is_free(person.plan, one, mine)
    ]

    def place(one: _Partner) -> tuple[object, ...]:
        days = abs((one.shift.day - mine.day).days)
        return not one.own_team, bool(one.away), days, one.shift.start, one.person.login

    return sorted(found, key=place)


def _away(person: ScheduledPerson, shift: Shift, who: str) -> str:
    """`away: holiday`, where somebody is that during a shift."""
    reasons = {one.reason: None for one in person.plan.absences if overlaps(one, shift.start, shift.end)}
    return f"{who}: {', '.join(reasons)}" if reasons else ""


def _partner_choices(screen: TicketScreenWithVerbs, of: Scheduled, partners: Sequence[_Partner]) -> list[Choice]:
    palette = roles(screen.query_one("*"))
    choices: list[Choice] = []
    for own_team, group in groupby(partners, key=lambda one: one.own_team):
        choices.append(Choice("", content("Own team" if own_team else "Other teams", palette.dim), heading=True))
        for one in group:
            login, shift = one.person.login, one.shift
            text = f"{login:<12} {span_text(shift.start, shift.end, of.zone)}"
            right = one.away or ("" if own_team else ", ".join(one.person.teams))
            left = content(text, palette.dim if one.away else "")
            choices.append(Choice((login, shift), left, content(right, palette.dim)))
    return choices


def _is_free(plan: Plan, wanted: Shift, given: Shift) -> bool:
    """Whether somebody who gives a shift away could take the other one: he has none at that time but this."""
    return not any(one != given and one.start < wanted.end and wanted.start < one.end for one in plan.shifts)


async def remove(screen: TicketScreenWithVerbs, of: Scheduled, spot: Spot, day: Spot) -> None:
    """Delete a shift of a day or of every week, an absence, duty on call; cancel a visit. Asks first."""
    thing = await _pick(screen, of, (spot, day), "Delete", reaches=(_Reach.ON, _Reach.EVER))
    if thing is None:
        return
    if isinstance(thing.what, Appointment):
        await _with_visit(screen, of, thing.what, "cancel")
        return
    dialog = ConfirmDialog("Delete it?", [thing.text], verb="delete it", keymap=screen.desk.keymap)
    if await screen.app.push_screen_wait(dialog):
        await _do(screen, _removal(spot, thing))


def _removal(spot: Spot, thing: _Thing) -> Act:
    what, login = thing.what, spot.person.login if spot.person else ""
    if isinstance(what, Shift):
        if what.weekly_shift is not None and thing.reach is _Reach.EVER:
            return partial(actions.remove_weekly_shifts, ids=[what.weekly_shift])
        if what.weekly_shift is not None and thing.reach is _Reach.ON:
            return partial(_end_weekly, weekly=what.weekly_shift, day=what.day)
        return partial(actions.drop_shift, who=login, day=what.day, starts=what.times[0])
    if isinstance(what, Absence):
        return partial(actions.remove_absence, absence=what.id)
    return partial(actions.remove_on_call, on_call=what.id)


def _end_weekly(session: Session, *, weekly: int, day: date) -> Change:
    """The weekly shift ends before one of its days; where that is its first, it is removed."""
    from itdesk.desk.queries.schedule import weekly_shift

    shift = weekly_shift(session, weekly)
    if shift.first_day > day - _WEEK:
        return actions.remove_weekly_shifts(session, [weekly])
    return actions.change_weekly_shift(session, replace(shift, last_day=day - _DAY))


async def _with_visit(screen: TicketScreenWithVerbs, of: Scheduled, appointment: Appointment, verb: str) -> None:
    """Move or cancel a visit, for all tickets that it is for."""
    from itdesk.ui.verbs import visits

    person = of.person(appointment.person_id)
    together = [one for one in person.plan.appointments if one.is_the_visit_of(appointment)] if person else []
    ids = [appointment.ticket_id, *(one.ticket_id for one in together if one.ticket_id != appointment.ticket_id)]
    found = await screen.read(partial(_visit_and_tickets, ids=ids, visit_id=appointment.id))
    if found is not None:
        visit, chosen = found
        await (visits.move if verb == "move" else visits.cancel)(screen, visit, chosen)


def _visit_and_tickets(session: Session, *, ids: Sequence[int], visit_id: int) -> "tuple[Visit, list[Ticket]]":
    from itdesk.desk.queries import tickets
    from itdesk.desk.queries.visits import visits

    chosen: list[Ticket] = [tickets.view(session, ticket_id) for ticket_id in ids]
    return next(one for one in visits(session, ids[0]) if one.id == visit_id), chosen


# --- cover ------------------------------------------------------------------------------------------------------------


async def ask_cover(screen: TicketScreenWithVerbs, one: ToSettle) -> None:
    """Ask whoever could step in where something is to be settled. Names them first, since others are told."""
    from itdesk.desk.cover import ask_for_cover
    from itdesk.desk.queries.cover import could_cover

    people = await screen.read(lambda session: could_cover(session, one))
    if people is None:
        return
    if not people:
        screen.say("Nobody else of the team could step in: all are away, or on shift then.")
        return
    lines = [
        f"{span_text(one.start, one.end, screen.desk.zone)}: {one.text}.",
        "",
        f"A notice to: {', '.join(helper.login for helper in people)}.",
    ]
    dialog = ConfirmDialog("Ask for cover?", lines, verb="ask them", keymap=screen.desk.keymap)
    if await screen.app.push_screen_wait(dialog):
        ids = [helper.id for helper in people]
        await _do(screen, lambda session: ask_for_cover(session, one, ids))


# --- export -----------------------------------------------------------------------------------------------------------


async def export(screen: TicketScreenWithVerbs, spot: Spot | None, team: str | None, first: date) -> None:
    """Write a calendar file, of a team or a person, from a day on."""
    write = screen.desk.write_calendar
    if write is None:
        screen.say("Here no files can be written. `itdesk schedule export` prints the calendar file.")
        return
    whose = team or (spot.person.login if spot is not None and spot.person is not None else screen.desk.me.login)
    fields = [
        Field("file", "File", value=f"{whose}.ics", placeholder="~/schedule.ics"),
        Field("whose", "Whose", value=whose, placeholder="a login, or a team"),
        Field("weeks", "Weeks", value=str(_WEEKS)),
    ]

    async def attempt(answer: Mapping[str, str]) -> str | None:
        if not (answer["weeks"].isdecimal() and 1 <= int(answer["weeks"]) <= _MOST_WEEKS):
            return f"Weeks: a number from 1 to {_MOST_WEEKS}."
        done, said = await screen.desk.threads.read(partial(_written, write, answer, first))
        if done:
            screen.form_is_done()
            screen.say(said)
        return None if done else said

    remark = f"From {first:%a} {first.day} {first:%b} on. Exported again, it brings a calendar up to date."
    title, about = "Export a calendar file", (("whose", whose),)
    await screen.fill_in_until_done(title, fields, attempt, verb="write it", remark=remark, about=about)


def _written(write: WriteCalendar, answer: Mapping[str, str], first: date, session: Session) -> tuple[bool, str]:
    """Whether the file was written, and what to say of it."""
    teams = {team.name for team in session.rulebook.desk.teams}
    whose = answer["whose"]
    team, person = (whose, None) if whose in teams else (None, whose)
    try:
        return True, write(session, answer["file"], first, int(answer["weeks"]), team, person)
    except (DeskError, DatabaseProblem) as error:
        return False, str(error)


# --- what they share --------------------------------------------------------------------------------------------------


async def _pick(
    screen: TicketScreenWithVerbs,
    of: Scheduled,
    spots: Sequence[Spot],
    verb: str,
    *,
    reaches: Sequence[_Reach],
) -> _Thing | None:
    """What of that which stands in the first of the spots that has any is meant; asked for where there are several.

    Only what this person may change is offered; `reaches` of a weekly shift can be meant as well, by those who plan.
    None: nothing, which is said.
    """
    reaches = reaches if may_plan(screen) else ()
    there = next(filter(None, (_things(of, spot, reaches) for spot in spots)), [])
    if not there:
        screen.say(f"There is nothing here to {verb.lower()}.")
        return None
    refusals = [_refusal(screen, thing.what) for thing in there]
    things = [thing for thing, refusal in zip(there, refusals, strict=True) if not refusal]
    if not things:
        screen.say(refusals[0], alarm=True)
        return None
    if len(things) == 1:
        return things[0]
    picked: _Thing | None = await screen.choose(verb, [Choice(thing, content(thing.text)) for thing in things])
    return picked


def _things(of: Scheduled, spot: Spot, reaches: Sequence[_Reach]) -> list[_Thing]:
    zone, login = of.zone, spot.person.login if spot.person else ""
    found = []
    for visit in spot.appointments:
        place = f", {visit.place}" if visit.place else ""
        number, subject = of.ticket(visit.ticket_id)
        text = f"Visit {clock(visit.start, zone)}, {length_text(visit.minutes)}{place}: {number} {subject}"
        found.append(_Thing(visit, text))
    found += [
        _Thing(away, f"Absence of {login}: {away.reason}, {span_text(away.start, away.end, zone)}")
        for away in spot.absences
    ]
    for shift in spot.shifts:
        when = span_text(shift.start, shift.end, zone)
        found.append(_Thing(shift, f"Shift of {login}, {when}{', this day alone' if shift.weekly_shift else ''}"))
        if shift.weekly_shift is not None:
            every = f"Shift of {login} of every {shift.day:%A} {times_text(*shift.times)}"
            which = {_Reach.ON: f"from {day_text(shift.day)} on", _Reach.EVER: "as if it had never been"}
            found += [_Thing(shift, f"{every}, {which[reach]}", reach) for reach in reaches]
    for duty in spot.on_call:
        team = of.team_names.get(duty.team_id, "")
        text = f"Duty on call of {_whose(of, duty)} for {team}, {span_text(duty.start, duty.end, zone)}"
        found.append(_Thing(duty, text))
    return found


def _whose(of: Scheduled, duty: OnCall) -> str:
    """The login of whoever is on call: several may be at once."""
    person = of.person(duty.person_id)
    return person.login if person is not None else ""


def _refusal(screen: TicketScreenWithVerbs, what: Shift | Absence | OnCall | Appointment) -> str:
    """Who may change it, where this person may not; else empty. The desk checks it again."""
    if may_plan(screen) or isinstance(what, Appointment):
        return ""
    if isinstance(what, Absence):
        mine = what.person_id == screen.desk.me.id
        return "" if mine else "You enter your own absences; those of others are entered by team leads."
    return _LEADS_PLAN


async def _fill_in(
    screen: TicketScreenWithVerbs,
    title: str,
    fields: Sequence[Field],
    understand: Understand,
    *,
    verb: str,
    about: "About",
    remark: str = "",
) -> None:
    """Ask, and do it; a form that is not understood, or that the desk refuses, is shown again with the reason."""

    async def attempt(answer: Mapping[str, str]) -> str | None:
        return await screen.done_or_why(understand(answer))

    await screen.fill_in_until_done(title, fields, attempt, verb=verb, remark=remark, about=about)


async def _do(screen: TicketScreenWithVerbs, act: Act) -> None:
    change = await screen.write(act)
    if change is not None:
        await screen.acted(change)


def _today(screen: TicketScreenWithVerbs) -> date:
    return screen.desk.clock().astimezone(screen.desk.zone).date()


def _span(screen: TicketScreenWithVerbs, answer: Mapping[str, str]) -> tuple[datetime, datetime | None]:
    return parse_span(answer["from"], answer["until"], screen.desk.clock(), screen.desk.zone)


def _duty_span(screen: TicketScreenWithVerbs, answer: Mapping[str, str]) -> tuple[datetime, datetime]:
    start, end = _span(screen, answer)
    if end is None:
        raise ValueError("Duty on call has an end: a day or a time.")
    return start, end


def _typed(screen: TicketScreenWithVerbs, at: datetime | None, *, is_end: bool = False) -> str:
    """A moment as one types it: a day where it is a midnight (for an end, the day before), else with its time."""
    if at is None:
        return OPEN
    local = at.astimezone(screen.desk.zone)
    if local.hour or local.minute:
        return f"{local:%Y-%m-%d %H:%M}"
    return (local.date() - is_end * _DAY).isoformat()
