"""Calendars and agreements: what is read, and every fault with its place and what was meant."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from itdesk.domain.agreement_rules import agreements_of
from itdesk.domain.agreements import ClockName, OnCalendarChange, OnPriorityChange, OnReopen
from itdesk.domain.conditions import AllOf, AnyOf, Field, In, Not, StartsWith
from itdesk.domain.matching import TicketFacts
from itdesk.domain.people import Asker
from itdesk.domain.rule_check import warnings
from itdesk.domain.rulebook import Rulebook
from itdesk.domain.ticket import WaitingReason
from itdesk.settings.loader import load_rulebook
from itdesk.settings.locations import shipped_config
from tests.settings.folders import OPTIONAL, faults, small_folder

CALENDARS, SLA = OPTIONAL["calendars.yaml"], OPTIONAL["sla.yaml"]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    return load_rulebook(small_folder(tmp_path_factory.mktemp("sla") / "config", calendars=CALENDARS, sla=SLA))


def test_a_desk_without_these_files_has_no_clocks(tmp_path: Path) -> None:
    book = load_rulebook(small_folder(tmp_path / "config"))
    assert (tuple(book.calendars), tuple(book.agreements)) == ((), ())


def test_the_shipped_agreements_fit_every_ticket() -> None:
    book = load_rulebook(shipped_config())
    assert book.agreements[-1].when == AllOf(())
    assert all(book.calendar(one.calendar) for one in book.agreements)
    assert all(one.targets[ClockName.RESOLUTION] for one in book.agreements)


def test_a_calendar_has_its_frames_and_its_holidays(book: Rulebook) -> None:
    office = book.calendar("office")
    assert office is not None
    assert (office.time_zone, office.place) == ("Europe/Berlin", "calendars.yaml:2")
    assert office.frames[0] == office.frames[3] == ((480, 720), (780, 1020))
    assert office.frames[4] == ((480, 840),)
    assert set(office.frames) == {0, 1, 2, 3, 4}
    assert date(2026, 1, 6) in office.holidays, "Epiphany, in Bavaria"
    assert {date(2026, 12, 24), date(2026, 12, 31), date(2030, 12, 31)} <= office.holidays.keys()
    assert not {date(2027, 12, 24), date(2026, 6, 4), date(2026, 5, 1)} & office.holidays.keys()
    year = datetime.now(UTC).year
    assert {day.year for day in office.holidays} == set(range(year - 10, year + 11))


def test_a_calendar_of_the_desk_has_the_desks_zone(tmp_path: Path) -> None:
    book = load_rulebook(
        small_folder(tmp_path / "config", calendars='calendars: { nights: { frames: { sun-mon: "22:00-06:00" } } }')
    )
    assert book.calendars[0].time_zone == book.desk.time_zone
    assert book.calendars[0].frames == {0: ((1320, 1800),), 6: ((1320, 1800),)}


def test_an_agreement_says_what_is_promised_and_how_its_clocks_run(book: Rulebook) -> None:
    board = book.agreement("board")
    assert board is not None
    assert board.place == "sla.yaml:5"
    assert board.when == AllOf(
        (
            In(Field.TAGS, ("board",)),
            AnyOf((In(Field.PRIORITY, ("P1", "P2")), Not(In(Field.TEAM, ("first",))))),
        )
    )
    assert board.targets == {
        ClockName.FIRST_RESPONSE: 15,
        ClockName.UPDATE: 60,
        ClockName.RESOLUTION: 240,
        ClockName.OLA_L1: 30,
        ClockName.OLA_L3: 120,
    }
    assert board.pause_reasons == {WaitingReason.VENDOR}
    assert board.pause_clocks == {ClockName.RESOLUTION, ClockName.OLA_L1, ClockName.OLA_L2, ClockName.OLA_L3}
    assert (board.on_reopen, board.on_priority_change) == (OnReopen.NEW_CYCLE, OnPriorityChange.RESTART)
    assert board.on_calendar_change is OnCalendarChange.NEW_ONLY


def test_the_defaults_stand_where_an_agreement_says_nothing(book: Rulebook) -> None:
    vpn = book.agreement("vpn")
    assert vpn is not None
    assert (vpn.calendar, vpn.when) == ("office", StartsWith(Field.CATEGORY, "network"))
    assert vpn.pause_reasons == {WaitingReason.REQUESTER, WaitingReason.APPOINTMENT}
    assert vpn.pause_clocks == set(ClockName) - {ClockName.UPDATE}
    assert (vpn.on_reopen, vpn.on_priority_change) == (OnReopen.RESUME, OnPriorityChange.CARRY)
    assert vpn.on_calendar_change is OnCalendarChange.RECOMPUTE_OPEN


def test_they_come_back_from_the_database_as_they_were(book: Rulebook) -> None:
    again = Rulebook.from_json(book.to_json())
    assert again.calendars == book.calendars
    assert again.agreements == book.agreements
    assert again.terms() == book.terms()


def test_a_rulebook_of_a_time_without_them_can_be_read(book: Rulebook) -> None:
    import json

    stored = {
        name: part for name, part in json.loads(book.to_json()).items() if name not in ("calendars", "agreements")
    }
    again = Rulebook.from_json(json.dumps(stored))
    assert (tuple(again.calendars), tuple(again.agreements)) == ((), ())


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        ((CALENDARS, "# a remark\n" + SLA), True),
        ((CALENDARS, SLA.replace("8 h", "9 h")), False),
        ((CALENDARS.replace("12-31", "12-30"), SLA), False),
        ((CALENDARS.replace("14:00", "15:00"), SLA), False),
    ],
)
def test_terms_differ_where_clocks_would_run_otherwise(
    book: Rulebook, tmp_path: Path, changed: tuple[str, str], same: bool
) -> None:
    other = load_rulebook(small_folder(tmp_path / "config", calendars=changed[0], sla=changed[1]))
    assert (other.terms() == book.terms()) is same


FAULTS = """
calendars | "08:00-14:00" | "8-14" | 6:12: a frame is two times of day: '08:00-17:00'
calendars | "08:00-14:00" | "08:00-24:30" | 6:12: a frame is two times
calendars | "08:00-14:00" | "08:00-08:00" | 6:12: the frame '08:00-08:00' is empty
calendars | "08:00-14:00" | ["08:00-14:00", "13:00-15:00"] | 6:28: this frame overlaps fri 08:00-14:00
calendars | fri: "08:00-14:00" | sun: "22:00-09:00" | 5:17: this frame overlaps sun 22:00-09:00
calendars | fri: | thu: | 5:32: this frame overlaps thu 08:00-14:00
calendars | fri: | friday: | 6:15: days are 'mon', or 'mon-fri' for several, not 'friday' … did you mean 'fri'?
calendars | { always: true } | { time_zone: UTC } | 12:3: the calendar 'always' has no working hour
calendars | { always: true } | { always: false } | 12:3: the calendar 'always' has no working hour
calendars | { always: true } | { always: true, frames: { mon: "08:00-09:00" } } | 12:3: the calendar 'always' has
calendars | DE | de | 8:16: no holidays are known of a country 'de' … did you mean 'DE'?
calendars | country: DE | country: Atlantis | 8:16: no holidays are known of a country 'Atlantis'
calendars | BY | BX | 9:20: DE has no subdivision 'BX'; possible: BB, BE, BW, BY
calendars | country: DE | country: "" | 8:16: 'country' must not be empty
calendars | country: DE | # | 9:20: a subdivision needs its 'country'
calendars | 2026-06-04 | 2026-08-15 | 11:16: '2026-08-15' is no holiday of DE, BY, so there is nothing to remove; a day
calendars | 2026-05-01 | 05-02 | 11:30: '05-02' is no holiday of DE, BY
calendars | 2026-05-01 | 1999-05-02 | 11:30: '1999-05-02' is no holiday of DE, BY
calendars | 12-31 | 12-32 | 10:27: there is no day '12-32'
calendars | 12-31 | 2-29 | 10:27: days are '2026-12-24', or '12-24' for every year, not '2-29'
calendars | 12-31 | 31.12. | 10:27: days are '2026-12-24', or '12-24' for every year, not '31.12.'
calendars | Europe/Berlin | Berlin | 3:16: there is no time zone 'Berlin' … did you mean 'Europe/Berlin'?
calendars | frames: | frame: | 4:5: unknown key 'frame' … did you mean 'frames'?
sla | calendar: always | calendar: alway | 12:15: there is no calendar 'alway' … did you mean 'always'?
sla | calendar: office | on_reopen: resume | 21:5: the agreement 'vpn' has no 'calendar', and the defaults
sla | is: first | is: frist | 11:34: there is no team 'frist' … did you mean 'first'?
sla | starts_with: network | starts_with: netwrk | 22:38: there is no category 'netwrk' … did you mean 'network'?
sla | [P1, P2] | [P1, P9] | 10:36: item 2 of 'in' cannot be the text 'P9'
sla | 15 min | 1 d | 13:21: a target is hours or minutes of the calendar's time
sla | 15 min | 0 min | 13:21: a target must lie between 1 min and 8784 h
sla | [vendor] | [vender] | 17:24: item 1 of 'reasons' cannot be the text 'vender' … did you mean 'vendor'?
sla | [resolution, ola] | [resolution, olas] | 17:54: item 2 of 'clocks' cannot be the text 'olas'
sla | new_cycle | newcycle | 18:16: 'on_reopen' cannot be the text 'newcycle' … did you mean 'new_cycle'?
sla | name: rest | name: board | 24:11: the agreement 'board' is there already, in
sla | category: { starts_with: network } | all: [] | 22:18: 'all' must not be empty
sla | tags: { is: board } | text: { is: board } | 8:11: unknown key 'text'
"""
"""File, what stands there, what is put in its place, and the fault."""


@pytest.mark.parametrize("told", FAULTS.strip().splitlines())
def test_a_fault_is_told_with_its_place(tmp_path: Path, told: str) -> None:
    file, old, new, fault = told.split(" | ")
    files = {"calendars": CALENDARS, "sla": SLA}
    assert files[file].count(old) == 1, old
    found = faults(small_folder(tmp_path / "config", **{**files, file: files[file].replace(old, new)}))
    assert found[0].startswith(f"{file}.yaml:{fault}"), found


def test_a_requester_is_named_by_login_or_mail_address_and_a_vip_by_his_mark(tmp_path: Path) -> None:
    sla = """\
agreements:
  - { name: vera, calendar: always, when: { requester: { is: Vera } }, resolution: 1 h }
  - { name: mail, calendar: always, when: { requester: { in: [tim@example.com] } }, resolution: 2 h }
  - { name: vip, calendar: always, when: { vip: { is: yes } }, resolution: 3 h }
  - { name: usual, calendar: always, when: { vip: { is: no } }, resolution: 4 h }
"""
    book = load_rulebook(small_folder(tmp_path / "config", calendars=CALENDARS, sla=sla))

    def agreed(name: str, login: str, email: str = "", *, vip: bool = False) -> str:
        return agreements_of(book).decide(TicketFacts("", requester=Asker(name, login, email, vip))).value

    assert agreed("V. Ek", "vera") == "vera"
    assert agreed("Tim", "tim", "tim@example.com") == "mail"
    assert agreed("Al", "al", vip=True) == "vip"
    assert agreed("Al", "al") == "usual"
    wrong = sla.replace("vip: { is: yes }", "vip: { is: true }")
    assert (
        "'is' cannot be true; possible: yes, no"
        in faults(small_folder(tmp_path / "wrong", calendars=CALENDARS, sla=wrong))[0]
    )


@pytest.mark.parametrize(
    ("holidays", "told"),
    [
        ("country: DE, subdivision: BY, remove: [2026-06-04, 06-04]", ""),  # Corpus Christi is on 4 June in some years
        ("country: DE, remove: [2026-06-04]", "'2026-06-04' is no holiday of DE, so"),
        ("country: DE, remove: [1999-05-01]", ""),
        ("add: [12-24], remove: [2027-12-24]", ""),
        ("add: [12-24], remove: [2027-12-25]", "'2027-12-25' is no holiday here, so"),
    ],
)
def test_a_holiday_that_is_removed_is_one_whenever_the_settings_are_read(
    tmp_path: Path, holidays: str, told: str
) -> None:
    quoted = re.sub(r"[0-9-]{5,}", lambda day: f'"{day[0]}"', holidays)
    calendars = f'calendars: {{ shop: {{ frames: {{ mon: "08:00-12:00" }}, holidays: {{ {quoted} }} }} }}'
    found = faults(small_folder(tmp_path / "config", calendars=calendars))
    assert len(found) == bool(told)
    assert not told or told in found[0]


def test_everything_that_is_wrong_with_calendars_is_told_in_one_run(tmp_path: Path) -> None:
    calendars = """\
calendars:
  empty:
    frames: {}
  office:
    time_zone: Europe/Belrin
    frames:
      mon-fri: ["08:00-12:00", "11:00-17:00"]
      mno: "08:00-12:00"
    holidays: { country: Atlantis }
  shop:
    time_zone: UTC
    holidays: { add: ["12-32"] }
"""
    assert [told.partition(" … ")[0] for told in faults(small_folder(tmp_path / "config", calendars=calendars))] == [
        "calendars.yaml:3:13: 'frames' must not be empty",
        "calendars.yaml:5:16: there is no time zone 'Europe/Belrin'",
        "calendars.yaml:7:32: this frame overlaps mon 08:00-12:00, so the time would count twice",
        "calendars.yaml:8:12: days are 'mon', or 'mon-fri' for several, not 'mno'",
        "calendars.yaml:9:26: no holidays are known of a country 'Atlantis'; write its ISO code, such as DE",
        "calendars.yaml:10:3: the calendar 'shop' has no working hour: it needs 'frames', or 'always: true'",
        "calendars.yaml:12:23: there is no day '12-32'; write '2026-12-24', or '12-24' for every year",
    ]


def test_an_agreement_that_never_comes_into_play_is_told_beside_another_fault(tmp_path: Path) -> None:
    sla = """\
agreements:
  - { name: odd, calendar: always, resolution: 1 d }
  - { name: all, calendar: always, resolution: 8 h }
  - { name: rest, resolution: 9 h }
"""
    told = faults(small_folder(tmp_path / "config", calendars=CALENDARS, sla=sla))
    assert [one.partition(":")[2][:30] for one in told] == [
        "2:48: a target is hours or min",
        "4:5: the agreement 'rest' has ",
        "4:5: the agreement 'rest' neve",
    ]


def test_an_agreement_behind_one_that_fits_every_ticket_is_refused(tmp_path: Path) -> None:
    sla = SLA.replace("    when: { category: { starts_with: network } }\n", "")
    found = faults(small_folder(tmp_path / "config", calendars=CALENDARS, sla=sla))
    assert found == ["sla.yaml:23:5: the agreement 'rest' never comes into play: 'vpn' before it fits every ticket"]


@pytest.mark.parametrize(
    ("first", "second", "is_outdone"),
    [
        ("priority: { is: P1 }", "priority: { in: [P1] }", True),
        ("priority: { in: [P2, P1] }", "priority: { in: [P1, P2, P1] }", True),
        ("priority: { in: [P1, P2] }", "priority: { is: P2 }", True),
        ("priority: { is: P2 }", "priority: { in: [P1, P2] }", False),
        (
            "all: [{ kind: { is: request } }, { site: { is: Köln } }]",
            "all: [{ site: { is: KOLN } }, { kind: { is: request } }]",
            True,
        ),
        (
            "all: [{ kind: { is: request } }, { team: { is: first } }]",
            "all: [{ all: [{ team: { is: first } }, { kind: { is: request } }] }]",
            True,
        ),
        ("kind: { is: request }", "all: [{ kind: { is: request } }, { team: { is: first } }]", True),
        ("all: [{ kind: { is: request } }, { team: { is: first } }]", "kind: { is: request }", False),
        (
            "any: [{ tags: { contains: vip } }, { not: { team: { in: [first, network] } } }]",
            "any: [{ not: { team: { in: [network, first] } } }, { tags: { contains: vip } }]",
            True,
        ),
        ("category: { starts_with: network }", "category: { is: network.vpn }", True),
        ("category: { is: network }", "category: { is: network.vpn }", False),
        ("site: { starts_with: net }", "site: { is: network }", True),
        ("not: { team: { is: first } }", "team: { is: first }", False),
    ],
)
def test_an_agreement_for_the_tickets_of_one_before_it_is_refused(
    tmp_path: Path, first: str, second: str, is_outdone: bool
) -> None:
    sla = f"""\
defaults: {{ calendar: always }}
agreements:
  - {{ name: one, when: {{ {first} }}, resolution: 1 h }}
  - {{ name: two, when: {{ {second} }}, resolution: 2 h }}
  - {{ name: rest, resolution: 3 h }}
"""
    never = "sla.yaml:4:5: the agreement 'two' never comes into play: 'one' before it fits all its tickets"
    found = faults(small_folder(tmp_path / "config", calendars=CALENDARS, sla=sla))
    assert found == ([never] if is_outdone else [])


def test_rules_check_names_an_agreement_without_a_target(tmp_path: Path) -> None:
    sla = SLA.replace("    resolution: 8 h\n", "").replace("    first_response: 4 h\n", "    ola: {}\n")
    book = load_rulebook(small_folder(tmp_path / "config", calendars=CALENDARS, sla=sla))
    assert [str(one) for one in warnings(book) if one.place.startswith("sla")] == [
        "sla.yaml:21: agreement vpn has no target: the tickets that it fits have no clocks",
        "sla.yaml:23: agreement rest has no target: the tickets that it fits have no clocks",
    ]


def test_an_agreement_without_any_calendar_file_names_what_is_missing(tmp_path: Path) -> None:
    found = faults(small_folder(tmp_path / "config", sla=SLA))
    assert found == ["sla.yaml:2:13: there is no calendar 'office'", "sla.yaml:12:15: there is no calendar 'always'"]


def test_the_days_of_holidays_need_their_package_only_while_settings_are_compiled() -> None:
    import subprocess
    import sys

    code = (
        "import sys; from tests.support.desks import shipped_rulebook; text = shipped_rulebook().to_json();"
        "sys.modules['holidays'] = None; from itdesk.domain.rulebook import Rulebook;"
        "from datetime import date; print(date(2026, 1, 1) in Rulebook.from_json(text).calendars[0].holidays)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "True\n"


def test_the_examples_of_the_documentation_are_right(tmp_path: Path) -> None:
    page = Path(__file__).parents[2].joinpath("docs", "configuration.md").read_text()
    calendars, sla = (
        page.partition(f"```yaml\n# {name}\n")[2].partition("```")[0] for name in ("calendars.yaml", "sla.yaml")
    )
    assert calendars
    assert sla
    assert faults(small_folder(tmp_path / "config", calendars=calendars, sla=sla)) == []


def test_the_bavarian_example_has_the_holidays_that_it_speaks_of(tmp_path: Path) -> None:
    shipped = (shipped_config() / "calendars.yaml").read_text()
    example = re.sub(r"(?m)^  # (?=workshop:| {2})", "  ", shipped)
    workshop = load_rulebook(small_folder(tmp_path / "config", calendars=example)).calendar("workshop")
    assert workshop is not None
    assert {date(2026, 1, 6), date(2026, 8, 15), date(2028, 8, 15)} <= workshop.holidays.keys()
    assert date(2027, 1, 6) not in workshop.holidays
