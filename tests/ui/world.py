"""A small desk for the screens: few rules, known people, a queue that never changes, a clock that stands."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from itdesk.desk import communication, intake, knowledge, resolution, triage
from itdesk.desk import rulebook as rulebooks
from itdesk.desk.notices import mark_read
from itdesk.desk.people import NewPerson, add_people
from itdesk.desk.queries.notices import unread
from itdesk.desk.session import SYSTEM, Desk, Session, open_desk, sign_in
from itdesk.domain.agreements import Agreement, ClockName
from itdesk.domain.calendar import Calendar
from itdesk.domain.canned import CannedReply
from itdesk.domain.classification import Category, Level, Priorities, Route, Rule
from itdesk.domain.conditions import AllOf, Contains, Field, In
from itdesk.domain.decisions import Thing
from itdesk.domain.people import Role
from itdesk.domain.procedures import Asks, Procedures, Sop, SopStep
from itdesk.domain.queue_order import Order
from itdesk.domain.rulebook import DeskSettings, Rulebook, TeamSetting, View
from itdesk.domain.templates import Template, TemplateField
from itdesk.domain.ticket import Channel, Kind, MessageKind, Status, WaitingReason
from tests.support.desks import StillClock

NOW = datetime(2026, 11, 16, 8, 14, tzinfo=UTC)
"""Monday, 09:14 in Warsaw."""

PEOPLE = (
    NewPerson("anna", "Anna Nowak", Role.TECHNICIAN, level=2, teams=("network",)),
    NewPerson("jonas", "Jonas Berg", Role.TECHNICIAN, level=2, teams=("network",)),
    NewPerson("petra", "Petra Lind", Role.TECHNICIAN, level=2, teams=("workplace",)),
    NewPerson("tariq", "Tariq Aziz", Role.TECHNICIAN, level=1, teams=("service-desk",)),
    NewPerson("mei", "Mei Tanaka", Role.TECHNICIAN, level=1, teams=("service-desk",)),
    NewPerson("sam", "Sam Okoye", Role.SUPERVISOR),
    NewPerson("otto", "Otto Falk", Role.AUDITOR),
    NewPerson("marta", "Marta Kowalska", email="marta@example.com", department="Finance", site="Gdańsk"),
    NewPerson("emil", "Emil Sørensen", email="emil@example.com", department="Sales", site="Oslo"),
    NewPerson("yuki", "山田 雪", email="yuki@example.com", department="Legal", site="東京"),
)


SHAKY = Sop(
    "shaky-line",
    "Shaky line",
    (),
    None,
    False,
    (
        SopStep("since", "Ask since when, how often, and what was changed before", required=True),
        SopStep("message", "Ask for the exact message and its code", asks=Asks.VALUE, caption="code"),
        SopStep("hotspot", "Try another network, such as the hotspot of a phone"),
        SopStep("version", "Note client version and operating system", asks=Asks.NOTE),
        SopStep("account", "Check account, group and certificate: locked, missing, expired, or never ordered at all?"),
        SopStep("log", "Read the gateway's log at the time of the last attempt"),
        SopStep("mtu", "If large pages hang: set the MTU to 1380"),
        SopStep("wait", "Let the requester work for ten minutes before it counts as solved", required=True),
    ),
    "sops/shaky-line.md:1",
)
REPLIES = (
    CannedReply(
        "shaky-line",
        "Checks of a shaky line",
        MessageKind.REPLY,
        ("network",),
        "Hello {{ first_name }},\n\nfor {{ number }} please try three things and tell what you saw:\n\n"
        "1. another network, such as the hotspot of a phone\n2. the cable in place of the Wi-Fi\n"
        "3. the time of the next drop, to the minute: the gateway's log has many lines, and the minute finds yours.\n",
        "replies/shaky-line.md:1",
    ),
    CannedReply(
        "solved",
        "It should work now, please try again",
        MessageKind.REPLY,
        (),
        "It should work now.\n",
        "replies/solved.md:1",
    ),
)
"""A checklist that is applied by hand, and replies to be inserted."""


def rulebook(*, keymap: dict[str, tuple[str, ...]] | None = None) -> Rulebook:
    """Three teams, six categories, a rule for each of the most usual things."""

    def rule(name: str, line: int, thing: Thing, value: str, *phrases: str) -> Rule:
        file = "categories.yaml" if thing is Thing.CATEGORY else "priorities.yaml"
        return Rule(name, f"{file}:{line}", ((thing, value),), Contains(Field.TEXT, phrases))

    def agreement(name: str, line: int, calendar: str, priority: int, **targets: int) -> Agreement:
        return Agreement(
            name,
            f"sla.yaml:{line}",
            In(Field.PRIORITY, (f"P{priority}",)) if priority < 4 else AllOf(()),
            calendar,
            {ClockName(clock): minutes for clock, minutes in targets.items()},
            pause_reasons=frozenset({WaitingReason.REQUESTER}),
        )

    impacts = (Level("company", "company"), Level("team", "one team"), Level("person", "one person"))
    urgencies = (Level("high", "high"), Level("medium", "medium"), Level("low", "low"))
    grid = ((1, 2, 3), (2, 3, 4), (3, 4, 5))
    return Rulebook(
        desk=DeskSettings(
            name="Helpdesk",
            time_zone="Europe/Warsaw",
            teams=(
                TeamSetting("service-desk", "Service desk", 1),
                TeamSetting("network", "Network", 2),
                TeamSetting("workplace", "Workplace", 2),
            ),
            default_team="service-desk",
            default_kind=Kind.INCIDENT,
            default_category="other.unknown",
            default_impact="person",
            default_urgency="medium",
        ),
        categories=(
            Category("network", "Network", Kind.INCIDENT, "categories.yaml:3"),
            Category("network.vpn", "VPN", Kind.INCIDENT, "categories.yaml:5"),
            Category("network.wifi", "Wi-Fi", Kind.INCIDENT, "categories.yaml:9"),
            Category("hardware", "Hardware", Kind.INCIDENT, "categories.yaml:14"),
            Category("hardware.printer", "Printer", Kind.INCIDENT, "categories.yaml:16"),
            Category("access", "Access", Kind.REQUEST, "categories.yaml:22"),
            Category("access.share", "Shares", Kind.REQUEST, "categories.yaml:24"),
            Category("other", "Other", None, "categories.yaml:30"),
            Category("other.unknown", "Unknown", None, "categories.yaml:32"),
        ),
        rules=(
            rule("vpn-drops", 88, Thing.CATEGORY, "network.vpn", "vpn"),
            rule("wifi", 94, Thing.CATEGORY, "network.wifi", "wi-fi", "wlan"),
            rule("printer", 101, Thing.CATEGORY, "hardware.printer", "print*", "toner"),
            rule("share", 110, Thing.CATEGORY, "access.share", "access to", "share"),
        ),
        priorities_data=Priorities(
            impacts=impacts,
            urgencies=urgencies,
            cells={
                (impact.name, urgency.name): grid[row][column]
                for row, impact in enumerate(impacts)
                for column, urgency in enumerate(urgencies)
            },
            places={"company": "priorities.yaml:20", "team": "priorities.yaml:21", "person": "priorities.yaml:22"},
            head_starts={
                priority: timedelta(days=days) for priority, days in ((1, 90), (2, 60), (3, 7), (4, 2), (5, 0))
            },
            rules=(
                rule("team", 41, Thing.IMPACT, "team", "whole team", "our team"),
                rule("company", 44, Thing.IMPACT, "company", "all of", "everybody"),
                rule("today", 57, Thing.URGENCY, "high", "today", "closes the month"),
                rule("someday", 61, Thing.URGENCY, "low", "when you have time"),
            ),
        ).to_data(),
        routes=(
            Route("network", None, "network", 2, "routing.yaml:3"),
            Route("hardware", None, "workplace", 2, "routing.yaml:7"),
            Route(None, None, "service-desk", 1, "routing.yaml:20"),
        ),
        views=(
            View("all", "All", "status:open"),
            View("mine", "Mine", "@me"),
            View("unassigned", "Unassigned", "@none"),
            View("overdue", "Overdue", "overdue:yes", Order.DUE),
            View("waiting", "Waiting", "status:waiting"),
            View("resolved", "Resolved", "status:resolved", Order.NEWEST),
        ),
        calendars=(
            Calendar("office", "Europe/Warsaw", dict.fromkeys(range(5), ((480, 1080),))),
            Calendar("round-the-clock", "Europe/Warsaw", always=True),
        ),
        agreements=(
            agreement("critical", 4, "round-the-clock", 1, first_response=40, update=60, resolution=240, ola_l2=120),
            agreement("high", 11, "office", 2, first_response=60, resolution=480),
            agreement("normal", 17, "office", 3, first_response=240, resolution=1200, ola_l1=240),
            agreement("low", 23, "office", 4, first_response=600, resolution=3600),
        ),
        keymap=keymap or {},
        procedures_data=Procedures(sops=(SHAKY,)).to_data(),
        replies=REPLIES,
        templates=(
            Template(
                "starter",
                "New starter",
                "New starter: {person}",
                kind=Kind.REQUEST,
                category="access.share",
                tags=("starter",),
                fields=(
                    TemplateField("person", "Full name", required=True),
                    TemplateField("place", "Workplace", choices=("office", "home")),
                ),
            ),
        ),
    )


# Minutes ago, requester, subject, text, who has it, what then happened.
TICKETS: tuple[tuple[int, str, str, str, str | None, str], ...] = (
    (34, "emil", "SAP login fails for all of Finance", "Nobody can book today.", "anna", "major"),
    (62, "emil", "Core switch Gdańsk floor 3 unreachable, everybody is cut off", "Since today 08:12.", "jonas", ""),
    (19 * 60, "marta", "Shared mailbox billing@ rejects mail for our team", "Bounces today.", "petra", "vendor"),
    (
        43,
        "marta",
        "VPN drops every few minutes from home",
        "Our whole team closes the month today\nand needs the ledger.",
        "anna",
        "talk",
    ),
    (9, "emil", "Badge reader at loading dock offline for our team", "Doors stay shut today.", None, ""),
    (3 * 1440, "emil", "New starter 23 Nov: Emil Sørensen needs a laptop", "Standard set.", "tariq", "requester"),
    (2 * 1440 + 300, "marta", "Outlook asks for password again and again", "Since the update.", "tariq", ""),
    (2 * 1440, "yuki", "会議室の電話が鳴らない: phone in meeting room silent", "東京オフィス 3F", "jonas", "testing"),
    (1440 + 100, "marta", "Laptop battery drains within an hour", "Model X.", "mei", "requester"),
    (15 * 60, "yuki", "Access to \\\\files\\legal for two paralegals", "From Monday on.", "petra", ""),
    (51, "marta", "Adobe Acrobat Pro for contract team", "Two seats.", None, ""),
    (26, "marta", "Printer 2-014 prints blank pages", "New toner did not help.", "mei", ""),
    (4 * 1440, "emil", "Licence count for the drawing program, when you have time", "For the audit.", "tariq", ""),
    (4 * 1440 + 60, "marta", "Old intranet link in the welcome mail, when you have time", "404.", "anna", "resolved"),
    (5 * 1440, "emil", "Wi-Fi weak in the canteen, when you have time", "One bar.", None, ""),
)

ARTICLES = (
    knowledge.NewArticle(
        "VPN drops: lower the MTU",
        "# Problem\n\nThe VPN connects, then drops every few minutes, mostly when a large page opens.\n\n"
        "# Solution\n\n1. Open the profile in the VPN console and set the MTU to `1380`.\n"
        "2. Ask the requester to disconnect and connect again.\n3. Let them open the page that failed.\n\n"
        "```\nping -M do -s 1352 gw-vpn-02\n```\n\n# Workaround\n\nUse the *web portal* of the ledger.\n",
        "network.vpn",
        review_at=NOW + timedelta(days=57),
    ),
    knowledge.NewArticle("VPN client: first steps", "Install, sign in, first VPN connection.", "network.vpn"),
    knowledge.NewArticle("Printer: blank pages", "Check the drum, then the toner seal.", "hardware.printer"),
    knowledge.NewArticle("Access to a share", "Ask the owner of the share first.", "access.share"),
)


def furnish(location: str | Path, *, keymap: dict[str, tuple[str, ...]] | None = None) -> Desk:
    """Make an empty database the desk of this world, and leave it open."""
    desk = open_desk(str(location), create=True)
    clock = StillClock(NOW - timedelta(days=6))
    system = Session(desk, SYSTEM, clock)
    rulebooks.adopt(system, rulebook(keymap=keymap), "test")
    add_people(system, PEOPLE)
    knowledge.add_articles(Session(desk, sign_in(desk, "anna"), clock), ARTICLES)
    for minutes, requester, subject, text, assignee, then in sorted(TICKETS, reverse=True):
        clock.now = NOW - timedelta(minutes=minutes)
        session = Session(desk, sign_in(desk, "tariq"), clock)
        new = intake.NewTicket(subject, text, requester=requester, channel=Channel.MAIL)
        ticket = intake.submit(session, new).tickets[0]
        if assignee:
            clock.advance(minutes=4)
            triage.take(Session(desk, sign_in(desk, assignee), clock), [ticket])
            _go_on(desk, clock, assignee, ticket, then)
    return desk


def _go_on(desk: Desk, clock: StillClock, assignee: str, ticket: int, then: str) -> None:
    me = Session(desk, sign_in(desk, assignee), clock)
    clock.advance(minutes=2)
    match then:
        case "major":
            triage.declare_major(me, [ticket], "Finance cannot book")
        case "vendor" | "requester":
            resolution.change_status(me, [ticket], Status.WAITING, waiting_reason=WaitingReason(then))
        case "testing":
            resolution.change_status(me, [ticket], Status.TESTING)
        case "resolved":
            resolution.resolve(me, [ticket], "Replaced the link.", root_cause="The page had moved.")
        case "talk":
            communication.reply(
                me,
                [ticket],
                "Hello Marta, I have your ticket. Does it also happen on another network, for example a phone hotspot?",
            )
            clock.advance(minutes=21)
            communication.note(me, [ticket], "MTU 1500 on her profile. Three peers with 1380: no drops since Friday.")
            clock.advance(minutes=12)
            marta = Session(desk, sign_in(desk, "marta"), clock)
            communication.reply(
                marta, [ticket], "Same on the phone hotspot. It drops when I open the ledger.", channel=Channel.MAIL
            )
            mark_read(me, [notice.id for notice in unread(me)])


def session_of(desk: Desk, login: str = "anna", *, now: datetime = NOW) -> Session:
    """A person's session, at the moment that every picture shows."""
    return Session(desk, sign_in(desk, login), StillClock(now))
