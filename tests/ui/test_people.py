"""People by keyboard: who somebody is, what he can do, that he leaves, and that he is back."""

import pytest

from itdesk.desk.abilities import set_abilities
from itdesk.desk.departure import leave
from itdesk.desk.people import NewPerson, add_people
from itdesk.desk.queries import tickets
from itdesk.desk.queries.people import Colleague, known_person
from itdesk.desk.session import SYSTEM, Desk, Session
from itdesk.domain.assignment import Skill
from itdesk.domain.people import Role
from tests.support.desks import StillClock
from tests.ui.rota import plan_week
from tests.ui.visit import Visit, visit
from tests.ui.world import NOW, session_of

SKILLS = [Skill("access", 2), Skill("network", 3), Skill("network.vpn", 5)]


@pytest.fixture
def staffed(desk: Desk) -> Desk:
    """The desk with a week's schedule, an administrator, and what jonas can do."""
    plan_week(desk)
    add_people(Session(desk, SYSTEM, StillClock(NOW)), [NewPerson("ada", "Ada Lem", Role.ADMINISTRATOR)])
    set_abilities(session_of(desk, "sam"), "jonas", skills=SKILLS, languages=["de", "en"], capacity=12)
    return desk


def person(desk: Desk, login: str) -> Colleague:
    found = known_person(session_of(desk, "sam"), login)
    assert found is not None
    return found


async def at_row(visitor: Visit, login: str) -> None:
    """On the schedule, with the cursor in the row of a person."""
    await visitor.press("4")
    await visitor.sees("Network · L2", "▌")
    await visitor.press("g")
    for _ in range(9):
        if f"▌ {login} " in visitor.text:
            return
        await visitor.press("j")
    raise AssertionError(f"{login} has no row in\n{visitor.text}")


async def card_of(visitor: Visit, login: str) -> None:
    await at_row(visitor, login)
    await visitor.press("p")
    await visitor.sees(f"Person {login}", "esc close")


async def look_up(visitor: Visit, typed: str, *also: str) -> None:
    """From the schedule, choose somebody of all there are and were."""
    await visitor.press("P")
    await visitor.sees("─ People ─")
    await visitor.type(typed)
    await visitor.sees("1 of ", *also)
    await visitor.press("enter")
    await visitor.sees("Person ", "esc close")


# --- read -------------------------------------------------------------------------------------------------------------


async def test_a_key_on_a_row_shows_who_it_is_what_he_can_do_and_how_things_stand(staffed: Desk) -> None:
    async with visit(staffed) as visitor:
        await card_of(visitor, "jonas")
        await visitor.sees("Jonas Berg", "technician", "on shift until 16:00 · on call for network", "L2")
        await visitor.sees("de, en", "2  access", "3  network", "5  network.vpn", "of 12 · 2 open tickets")
        await visitor.press("escape")
        await visitor.misses("Person jonas")
        await card_of(visitor, "petra")
        await visitor.sees("always there: no shifts entered", "usual, as in the team", "all tickets of the teams fit")
        await visitor.press("p")
        await card_of(visitor, "mei")
        await visitor.sees("Now        off until 10:00")


async def test_whoever_is_away_or_full_is_told_so(staffed: Desk) -> None:
    set_abilities(session_of(staffed, "sam"), "jonas", capacity=1)
    async with visit(staffed) as visitor:
        clock = visitor.app.desk.clock
        assert isinstance(clock, StillClock)
        clock.advance(days=3)
        await card_of(visitor, "jonas")
        await visitor.sees("Now        away to Fri 20 Nov: holiday", "of 1, full")


async def test_whoever_may_only_read_is_offered_nothing_and_told_why(staffed: Desk) -> None:
    for login in ("anna", "otto"):
        async with visit(staffed, login) as visitor:
            await card_of(visitor, "jonas")
            assert not any(word in visitor.status for word in ("change", "let leave", "bring back"))
            await visitor.press("e")
            await visitor.sees("What people can do is changed by team leads, supervisors and", "administrators.")
            for key in "DB":
                await visitor.press(key)
                await visitor.sees("Administrators let people leave, and bring them back.")
    assert person(staffed, "jonas").skills == tuple(SKILLS)


async def test_a_supervisor_may_change_what_people_can_do_but_lets_nobody_leave(staffed: Desk) -> None:
    async with visit(staffed, "sam") as visitor:
        await card_of(visitor, "jonas")
        assert "e change" in visitor.status
        assert "let leave" not in visitor.status
        await visitor.press("D")
        await visitor.sees("Administrators let people leave")


async def test_all_of_a_card_is_read_on_a_small_screen(staffed: Desk) -> None:
    async with visit(staffed, "ada", size=(60, 15)) as visitor:
        await card_of(visitor, "jonas")
        await visitor.sees("Jonas Berg", "e change", "D let leave")
        seen = visitor.text
        await visitor.press("G")
        await visitor.sees("5  network.vpn")
        seen += visitor.text
        labels = ("Name", "Login", "Role", "Now", "Mail", "Site", "Teams", "Level", "Load", "Capacity", "Languages")
        assert all(f"│ {label}" in seen for label in (*labels, "Skills"))
        assert "…" not in "".join(line for line in seen.split("\n") if line.startswith("│"))


async def test_nobody_stands_where_a_team_is_short_but_a_conflict_is_of_somebody(staffed: Desk) -> None:
    async with visit(staffed) as visitor:
        await visitor.press("4")
        await visitor.sees("Network · L2")
        await visitor.press("tab")
        await visitor.sees("▌ ! Mon 16 16-18    network: nobody on shift")
        await visitor.press("p")
        await visitor.sees("Nobody stands here. P looks somebody up.")
        await visitor.press("j", "p")
        await visitor.sees("Person mei")
        await visitor.press("escape", "tab", "]", "]", "]", "]")
        await visitor.sees("training          Tue 17 Nov")
        await visitor.press("p")
        await visitor.sees("Person mei")


async def test_whose_visit_stands_to_settle_though_he_left_is_a_key_away(staffed: Desk) -> None:
    leave(session_of(staffed, "ada"), "mei")
    async with visit(staffed) as visitor:
        await visitor.press("4")
        await visitor.sees("Network · L2")
        await visitor.press("tab", "j", "j")
        await visitor.sees("▌ ! Tue 17 10-11    mei has left and has an appointment")
        await visitor.press("p")
        await visitor.sees("Person mei", "Now        has left the desk")


# --- what somebody can do ---------------------------------------------------------------------------------------------


async def test_skills_languages_and_capacity_are_changed_in_a_form_that_keeps_what_was_written(staffed: Desk) -> None:
    async with visit(staffed, "sam") as visitor:
        await card_of(visitor, "jonas")
        await visitor.press("e")
        await visitor.sees("What jonas can do", "network.vpn=5", "Languages   de en", "Capacity    12")
        await visitor.press("down", "down", "end")
        await visitor.paste(" hardware=7")
        await visitor.press("tab", "tab", "enter")
        await visitor.sees("'hardware=7' is no skill; write a category and a level from 1 to 5", "Not done yet")
        await visitor.press("down", "down", "end", "backspace")
        await visitor.paste("2, plumbing=1")
        await visitor.press("tab", "tab", "enter")
        await visitor.sees("There is no category 'plumbing'", "hardware=2, plumbing=1")
        assert person(staffed, "jonas").skills == tuple(SKILLS), "nothing is half done"
        await visitor.press("escape", "escape")
        await visitor.sees("Person jonas")
        await visitor.press("e")
        await visitor.sees("What you wrote before stands there", "plumbing=1")
        await visitor.press("down", "down", "end", *["backspace"] * len(", plumbing=1"), "tab", "ctrl+a", "ctrl+k")
        await visitor.paste("de, PL")
        await visitor.press("enter", "ctrl+a", "ctrl+k")
        await visitor.paste("usual")
        await visitor.press("enter")
        await visitor.sees("Person jonas", "2  hardware", "de, pl", "usual, as in the team")
        await visitor.press("escape")
        await visitor.sees("Skills of jonas: access 2, hardware 2, network 3,", "▌ jonas  6/20")
    jonas = person(staffed, "jonas")
    assert jonas.skills == (Skill("access", 2), Skill("hardware", 2), Skill("network", 3), Skill("network.vpn", 5))
    assert (jonas.languages, jonas.capacity) == (("de", "pl"), None)


async def test_a_skill_that_is_taken_out_is_forgotten_and_an_empty_line_means_none(staffed: Desk) -> None:
    async with visit(staffed, "sam") as visitor:
        await card_of(visitor, "jonas")
        await visitor.press("e")
        await visitor.sees("What jonas can do")
        await visitor.press("ctrl+home", *["delete"] * len("access=2 "), "tab", "tab", "enter")
        await visitor.sees("Person jonas", "3  network")
        assert [skill.category for skill in person(staffed, "jonas").skills or ()] == ["network", "network.vpn"]
        await visitor.press("e")
        await visitor.sees("What jonas can do")
        await visitor.press("ctrl+home", *["delete"] * 30, "tab", "ctrl+a", "ctrl+k", "enter", "enter")
        await visitor.sees("Person jonas", "none entered: all tickets of the teams fit", "Languages  -")
    assert (person(staffed, "jonas").skills, person(staffed, "jonas").languages) == ((), ())


async def test_what_was_written_stands_there_again_though_others_changed_the_person(staffed: Desk) -> None:
    async with visit(staffed, "sam") as visitor:
        await card_of(visitor, "jonas")
        await visitor.press("e")
        await visitor.sees("What jonas can do")
        await visitor.press("tab", "tab", "ctrl+a", "ctrl+k")
        await visitor.paste("9")
        await visitor.press("escape")
        await visitor.sees("Person jonas")
        await visitor.press("escape")
        set_abilities(session_of(staffed, "ada"), "jonas", languages=["fr"])
        await visitor.press("p")
        await visitor.sees("Person jonas", "fr")
        await visitor.press("e")
        await visitor.sees("What jonas can do", "Languages   fr", "Capacity    9", "As it is now, Capacity: 12")


async def test_what_others_entered_meanwhile_stays(staffed: Desk) -> None:
    async with visit(staffed, "sam") as visitor:
        await card_of(visitor, "jonas")
        await visitor.press("e")
        await visitor.sees("What jonas can do")
        set_abilities(session_of(staffed, "ada"), "jonas", skills=[Skill("hardware", 4)], languages=["fr"])
        await visitor.press("tab", "tab", "ctrl+a", "ctrl+k")
        await visitor.paste("9")
        await visitor.press("enter")
        await visitor.sees("Person jonas", "4  hardware", "fr")
    assert (person(staffed, "jonas").capacity, person(staffed, "jonas").languages) == (9, ("fr",))


async def test_a_form_in_which_nothing_differs_changes_nothing(staffed: Desk) -> None:
    newest = staffed.database.row("SELECT max(seq) FROM journal")
    async with visit(staffed, "sam") as visitor:
        await card_of(visitor, "jonas")
        await visitor.press("e")
        await visitor.sees("What jonas can do")
        await visitor.press("tab", "tab", "enter")
        await visitor.sees("Person jonas")
    assert staffed.database.row("SELECT max(seq) FROM journal") == newest


async def test_of_whoever_is_not_staff_languages_alone_are_changed(staffed: Desk) -> None:
    async with visit(staffed, "sam") as visitor:
        await visitor.press("4")
        await visitor.sees("Network · L2")
        await look_up(visitor, "otto", "Otto Falk")
        await visitor.sees("auditor")
        assert "Skills" not in visitor.text
        await visitor.press("e")
        await visitor.sees("What otto speaks")
        assert "Capacity" not in visitor.text
        await visitor.type("fr pt-br")
        await visitor.press("enter")
        await visitor.sees("Person otto", "fr, pt-br")
    assert person(staffed, "otto").languages == ("fr", "pt-br")


# --- leave and return -------------------------------------------------------------------------------------------------


async def test_an_administrator_lets_somebody_leave_and_brings_him_back(staffed: Desk) -> None:
    async with visit(staffed, "ada") as visitor:
        await card_of(visitor, "jonas")
        await visitor.press("D")
        await visitor.sees("Who gets the tickets of jonas?", "their teams", "2 open tickets")
        assert "Jonas Berg" not in visitor.text, "he is not his own heir"
        await visitor.type("petra")
        await visitor.press("enter")
        await visitor.sees("Let jonas leave?", "INC-6, INC-10 went to", "shifts of jonas", "yes, let leave")
        await visitor.press("D", "enter")
        await visitor.sees("Person jonas", "on shift")
        assert person(staffed, "jonas").active
        await visitor.press("D")
        await visitor.sees("Who gets the tickets of jonas?")
        await visitor.type("petra")
        await visitor.press("enter")
        await visitor.sees("Let jonas leave?")
        await visitor.press("y")
        await visitor.sees("jonas is no longer active at this desk. Tickets: INC-6, INC-10 went", "has left the desk")
        assert "e change" not in visitor.status
        await visitor.press("D")
        await visitor.sees("jonas has left the desk.")
        await visitor.press("escape")
        await visitor.misses("Person jonas", "▌ jonas")
    assert not person(staffed, "jonas").active
    assert [tickets.view(session_of(staffed), number).assignee for number in (6, 10)] == ["petra", "petra"]
    async with visit(staffed, "ada") as visitor:
        await visitor.press("4")
        await visitor.sees("Network · L2")
        await visitor.press("P")
        await visitor.sees("─ People ─", "Left the desk")
        await visitor.press("escape")
        await look_up(visitor, "berg", "jonas", "left")
        await visitor.sees("Now        has left the desk", "B bring back")
        await visitor.press("B")
        await visitor.sees("Bring jonas back?", "jonas is active again: technician, in network.")
        await visitor.press("y")
        await visitor.sees("jonas is active again", "on shift until 16:00", "D let leave")
        await visitor.press("escape")
        await visitor.sees("  jonas ")
    assert person(staffed, "jonas").active


async def test_without_an_heir_the_tickets_wait_for_their_teams(staffed: Desk) -> None:
    anna = session_of(staffed)
    assert tickets.view(anna, 12).assignee == "anna"
    async with visit(staffed, "ada") as visitor:
        await card_of(visitor, "anna")
        await visitor.press("D", "enter")
        await visitor.sees("Let anna leave?", "unassigned, in the queue of their team")
        await visitor.press("y")
        await visitor.sees("has left the desk")
    assert tickets.view(session_of(staffed, "ada"), 12).assignee is None


async def test_whoever_only_asks_leaves_without_an_heir(staffed: Desk) -> None:
    async with visit(staffed, "ada") as visitor:
        await visitor.press("colon")
        await visitor.type("marta")
        await visitor.sees("Who is Marta Kowalska")
        while "Who is Marta" not in visitor.row("▌  "):
            await visitor.press("down")
        await visitor.press("enter")
        await visitor.sees("Person marta", "Finance")
        await visitor.press("D")
        await visitor.sees("Let marta leave?")


async def test_nobody_leaves_by_himself_and_what_others_did_first_is_told(staffed: Desk) -> None:
    async with visit(staffed, "ada") as visitor:
        await visitor.press("4")
        await visitor.sees("Network · L2")
        await look_up(visitor, "ada", "Ada Lem")
        assert "let leave" not in visitor.status
        await visitor.press("D")
        await visitor.sees("Nobody makes himself inactive; another administrator does it.")
        await visitor.press("B")
        await visitor.sees("ada is active at this desk.")
        await visitor.press("escape")
        await card_of(visitor, "mei")
        await visitor.press("D", "enter")
        await visitor.sees("Let mei leave?")
        leave(session_of(staffed, "ada"), "mei")
        await visitor.press("y")
        await visitor.sees("mei is no longer active at this desk already.", "has left the desk")


# --- the palette ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("screen", "seen"), [("1", "tickets"), ("2", "articles"), ("3", "Needs attention first")])
async def test_the_palette_shows_who_somebody_is_over_every_screen(staffed: Desk, screen: str, seen: str) -> None:
    leave(session_of(staffed, "ada"), "tariq")
    async with visit(staffed, "sam") as visitor:
        await visitor.press(screen)
        await visitor.sees(seen)
        people = (("jonas", "Jonas Berg", "network.vpn"), ("who is tariq", "Tariq Aziz", "has left the desk"))
        for typed, name, told in people:
            await visitor.press("colon")
            await visitor.type(typed)
            await visitor.sees(f"Who is {name}")
            while f"Who is {name}" not in visitor.row("▌  "):
                await visitor.press("down")
            await visitor.press("enter")
            login = typed.rpartition(" ")[2]
            await visitor.sees(f"Person {login}", told)
            await visitor.press("escape")
            await visitor.misses(f"Person {login}")
            await visitor.sees(seen)


async def test_names_of_others_are_only_text(staffed: Desk) -> None:
    add_people(
        Session(staffed, SYSTEM, StillClock(NOW)),
        [NewPerson("jonas", "[red]J\x1b[2J", Role.TECHNICIAN, level=2, teams=("network",), site="\u202eKiev")],
    )
    async with visit(staffed) as visitor:
        await card_of(visitor, "jonas")
        await visitor.sees("[red]J␛[2J", "�Kiev")
