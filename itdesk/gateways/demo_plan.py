"""The plan of the demo desk: who does what on which ticket when, from a fixed seed. Nothing here touches a database."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import cycle
from random import Random
from zoneinfo import ZoneInfo

from itdesk.desk.intake import NewTicket
from itdesk.desk.knowledge import NewArticle
from itdesk.domain import rules
from itdesk.domain.decisions import Thing
from itdesk.domain.people import Asker
from itdesk.domain.procedures import TestOutcome
from itdesk.domain.rulebook import Rulebook
from itdesk.domain.ticket import Channel, Kind, LinkType, Status, WaitingReason
from itdesk.domain.work_time import parse_minutes
from itdesk.gateways import demo_acts as acts
from itdesk.gateways.demo_acts import Act
from itdesk.gateways.demo_content.people import REQUESTERS, TECHNICIANS, DemoRequester
from itdesk.gateways.demo_content.stories import (
    Deed,
    OpenStory,
    PastStory,
    articles,
    open_stories,
    past_stories,
)
from itdesk.gateways.demo_slots import Slots
from itdesk.gateways.demo_staff import members, requester

SEED = 4211
PAST_TICKETS = 265
SPAN = timedelta(days=90)

_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_OPENS, _CLOSES = time(7, 30), time(17, 45)
_NIGHT_WORK = 12 * _HOUR
_SATURDAY = 5

MACHINE = ""
"""The actor of what monitoring does."""

_THANKS = ("Works, thank you.", "All good now.", "Thanks for the quick help!", "Confirmed.")


@dataclass(frozen=True, slots=True)
class Event:
    """One act: `at` (UTC) `actor` (a login, or MACHINE) does `act` on the plan's ticket of that number."""

    at: datetime
    ticket: int
    actor: str
    act: Act


@dataclass(frozen=True, slots=True)
class PlannedArticle:
    """An article and the login of its owner, who writes it `at` that time (UTC)."""

    at: datetime
    owner: str
    new: NewArticle


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that happens at the demo desk up to now; `events` are in the order of time."""

    begins: datetime
    articles: tuple[PlannedArticle, ...]
    events: tuple[Event, ...]


def make_plan(rulebook: Rulebook, now: datetime, seed: int = SEED) -> Plan:
    """The plan for a desk with this rulebook; `now` is aware. The same arguments give the same plan."""
    return _Planner(rulebook, now.astimezone(UTC), seed).plan()


class _Planner:
    def __init__(self, rulebook: Rulebook, now: datetime, seed: int) -> None:
        self.rulebook = rulebook
        self.now = now
        self.random = Random(seed)
        self.zone = ZoneInfo(rulebook.desk.time_zone)
        self.teams = members(rulebook)
        self.first_line = self.teams[rulebook.desk.default_team]
        self.articles = articles()

    def plan(self) -> Plan:
        begins = self.now - SPAN - _DAY
        stories = open_stories()
        numbers = {story.name: number for number, story in enumerate(stories) if story.name}
        events = [event for number, story in enumerate(stories) for event in self.open_ticket(number, story, numbers)]
        for number, (story, subject, body) in enumerate(self.asked(PAST_TICKETS), start=len(stories)):
            events += self.past_ticket(number, story, subject, body)
        events.sort(key=lambda event: event.at)
        return Plan(begins, tuple(self.written(begins)), tuple(events))

    # Articles

    def written(self, begins: datetime) -> Iterator[PlannedArticle]:
        """The articles, written one after the other in the first hours; a few are due for review."""
        for index, article in enumerate(self.articles):
            category = article.category if self.rulebook.category(article.category) else ""
            team = rules.route(self.rulebook, category, Kind.INCIDENT)[0].value if category else ""
            owner = self.random.choice(self.teams.get(team, self.first_line))
            review_at = self.now + timedelta(days=self.random.randint(-20, 300))
            new = NewArticle(article.title, article.body, category, review_at=review_at)
            yield PlannedArticle(begins + index * _MINUTE, owner, new)

    # What is open now

    def open_ticket(self, number: int, story: OpenStory, numbers: dict[str, int]) -> list[Event]:
        """A ticket as its story tells it. What lies more than half a day back happened at office hours."""
        course = _Course(self, number, requester(story.requester), story.subject, story.body, story.channel)
        opened_at = self.now - story.ago
        if story.ago > _NIGHT_WORK and not self.is_open(opened_at):
            opened_at = self.last_closing(opened_at) - self.random.uniform(1, 8) * _HOUR
        course.open(opened_at)
        course.put_right(story.category, story.priority, story.who)
        for deed in story.deeds:
            at = self.now - deed.ago
            if deed.ago > _NIGHT_WORK and not self.is_open(at):
                at = min(at, course.at + self.random.uniform(3, 50) * _MINUTE)
            course.do(deed, at, deed.by or story.who or self.first_line[0], numbers)
        return course.events

    # What was

    def asked(self, tickets: int) -> Iterator[tuple[PastStory, str, str]]:
        """Kinds of request as often as they come, each in turn as different people write it."""
        stories = past_stories()
        turns = [cycle(story.asks) for story in stories]
        for index in self.random.choices(range(len(stories)), [story.weight for story in stories], k=tickets):
            subject, body = next(turns[index])
            yield stories[index], subject, body

    def past_ticket(self, number: int, story: PastStory, subject: str, body: str) -> list[Event]:
        """A ticket from opening to its end, which lies before now."""
        who = self.random.choice(REQUESTERS)
        channel = (
            story.channel
            or self.random.choices((Channel.MAIL, Channel.PORTAL, Channel.PHONE, Channel.CHAT), (45, 25, 22, 8))[0]
        )
        while True:
            course = _Course(self, number, who, subject, body, channel)
            course.live(story, self.opening(channel))
            if course.at < self.now:
                return course.events

    def opening(self, channel: Channel) -> datetime:
        """When somebody writes: at office hours, machines at any time."""
        while True:
            moment = self.now - self.random.uniform(0.02, 1) * SPAN
            if channel is Channel.MONITORING or self.is_open(moment):
                return moment

    # Office hours

    def is_open(self, moment: datetime) -> bool:
        """Whether people are at work."""
        local = moment.astimezone(self.zone)
        return local.weekday() < _SATURDAY and _OPENS <= local.time() < _CLOSES

    def office_hours_after(self, moment: datetime) -> datetime:
        """The moment itself, or a little after the desk opens next."""
        if self.is_open(moment):
            return moment
        local = moment.astimezone(self.zone)
        day = local.date() + timedelta(days=local.time() >= _CLOSES)
        while day.weekday() >= _SATURDAY:
            day += _DAY
        return self.at(day, _OPENS) + self.random.uniform(1, 150) * _MINUTE

    def last_closing(self, moment: datetime) -> datetime:
        """When the desk closed last before a moment at which it is closed."""
        local = moment.astimezone(self.zone)
        day = local.date() - timedelta(days=local.time() < _CLOSES)
        while day.weekday() >= _SATURDAY:
            day -= _DAY
        return self.at(day, _CLOSES)

    def at(self, day: date, moment: time) -> datetime:
        return datetime.combine(day, moment, self.zone).astimezone(UTC)


class _Course:
    """One ticket's life while it is planned. `at` is when the last thing happened."""

    def __init__(
        self, planner: _Planner, number: int, who: DemoRequester, subject: str, body: str, channel: Channel
    ) -> None:
        self.planner = planner
        self.random = planner.random
        self.number = number
        self.who = who
        self.channel = channel
        self.events: list[Event] = []
        self.at = planner.now
        self.waits: WaitingReason | None = None
        self.text = Slots(self.random, who).fill
        self.worker = self.random.choice(planner.first_line)
        self.subject, self.body = self.text(subject), self.text(body)
        self.tags = ("audit",) if "audit" in self.body else ()
        asker = Asker(who.name, who.login, who.email, who.vip)
        facts = rules.TicketFacts(self.subject, self.body, asker, channel, tags=self.tags, site=who.site)
        decisions = rules.decide(planner.rulebook, facts)
        self.decided = {decision.thing: decision.value for decision in decisions}

    def add(self, at: datetime, actor: str, act: Act) -> None:
        """Plan an act, not before what came before it."""
        self.at = max(at, self.at + timedelta(seconds=self.random.randint(5, 55))) if self.events else at
        self.events.append(Event(self.at, self.number, actor, act))

    def open(self, at: datetime) -> None:
        """The ticket reaches the desk: by the requester, or taken on the phone by the first line."""
        by_requester = self.channel not in (Channel.PHONE, Channel.MONITORING)
        new = NewTicket(
            subject=self.subject,
            body=self.body,
            requester=None if by_requester else self.who.login,
            channel=self.channel,
            tags=self.tags,
        )
        actor = self.who.login if by_requester else self.worker
        self.add(at, MACHINE if self.channel is Channel.MONITORING else actor, acts.Submit(new))

    def put_right(self, category: str | None, priority: int | None, who: str | None) -> None:
        """Somebody corrects what the rules see otherwise than a person would."""
        actor = who or self.worker
        decided = self.decided[Thing.CATEGORY]
        if category and category != decided and self.planner.rulebook.category(category):
            self.decided[Thing.CATEGORY] = category
            team, level = rules.route(self.planner.rulebook, category, Kind(self.decided[Thing.KIND]))
            self.decided[Thing.TEAM], self.decided[Thing.LEVEL] = team.value, level.value
            self.add(self.at, actor, acts.Categorize(category, f"Not {decided}: the matter is another."))
        if priority is not None and (cell := self.cell(priority)):
            self.add(self.at, actor, acts.Prioritize(*cell, "As the requester told it."))

    def cell(self, priority: int) -> tuple[str, str] | None:
        """Impact and urgency that give the priority, the nearest to those decided; None if nothing is to be done."""
        if self.decided[Thing.PRIORITY] == str(priority):
            return None
        priorities = self.planner.rulebook.priorities
        impacts = [level.name for level in priorities.impacts]
        urgencies = [level.name for level in priorities.urgencies]
        place = impacts.index(self.decided[Thing.IMPACT]), urgencies.index(self.decided[Thing.URGENCY])
        cells = [cell for cell, given in priorities.cells.items() if given == priority]
        steps = {
            cell: abs(impacts.index(cell[0]) - place[0]) + abs(urgencies.index(cell[1]) - place[1]) for cell in cells
        }
        return min(steps, key=lambda cell: steps[cell], default=None)

    # Past tickets

    def live(self, story: PastStory, opened_at: datetime) -> None:
        """From opening to end, as the story goes."""
        planner, chance = self.planner, self.random.random
        self.open(opened_at)
        if chance() < 0.02:
            self.add(self.later(0.2, 3), self.who.login, acts.Cancel("Works again, thank you."))
            return
        self.put_right(story.category, None, None)
        team = planner.teams[self.decided[Thing.TEAM]]
        self.worker = self.random.choice(team)
        least, most = story.hours
        solved_after = least * (most / least) ** chance() * _HOUR
        if chance() < 0.25:
            self.add(self.in_office(opened_at + 0.1 * solved_after), planner.first_line[0], acts.Assign(self.worker))
        self.add(self.in_office(opened_at + min(0.3, chance()) * 0.5 * solved_after), self.worker, acts.Take())
        began = self.at
        talk = story.talk if chance() < 0.8 else story.talk[: len(story.talk) // 2]
        for step, deed in enumerate(talk, start=1):
            at = began + (solved_after - (began - opened_at)) * step / (len(talk) + 1)
            by = self.who.login if deed.act == "answer" else self.worker
            self.go_on(at, deed)
            self.do(deed, self.in_office(at), by, {})
        self.end(story, opened_at + solved_after)

    def go_on(self, at: datetime, deed: Deed) -> None:
        """What a ticket waited for has come before the technician does the next thing."""
        if self.waits is not None and deed.act != "answer":
            self.add(self.in_office(at - _MINUTE), self.worker, acts.SetStatus(Status.IN_PROGRESS))
            self.waits = None

    def end(self, story: PastStory, solved_at: datetime) -> None:
        """Resolved, now and then reopened, closed by the requester or after three days."""
        chance = self.random.random
        resolved = acts.Resolve(self.text(story.resolution), self.text(story.cause))
        self.add(self.in_office(solved_at), self.worker, resolved)
        if chance() < 0.04:
            self.add(self.later(3, 40), self.who.login, acts.Reopen("It is back since this morning."))
            self.add(
                self.later(0.2, 2),
                self.worker,
                acts.Note("Same fault again. Done once more, and checked with the requester."),
            )
            self.add(self.later(0.5, 6), self.worker, resolved)
        if chance() < 0.6:
            self.add(self.later(0.3, 20), self.who.login, acts.Close(self.random.choice(_THANKS)))
        else:
            at = self.in_office(self.at + 3 * _DAY)
            self.add(at, self.planner.first_line[-1], acts.Close("No objection within three days."))

    def later(self, least: float, most: float) -> datetime:
        """Some hours after the last thing, at office hours."""
        return self.in_office(self.at + self.random.uniform(least, most) * _HOUR)

    def in_office(self, at: datetime) -> datetime:
        return self.planner.office_hours_after(at)

    # Deeds

    def do(self, deed: Deed, at: datetime, by: str, numbers: dict[str, int]) -> None:
        """Plan what a story tells."""
        text = self.text(deed.text)
        match deed.act:
            case "take":
                self.add(at, by, acts.Take())
            case "assign":
                self.add(at, by, acts.Assign(text))
            case "reply":
                self.add(at, by, acts.Reply(text))
            case "answer":
                self.add(at, self.who.login, acts.Reply(text, self.written_by()))
                self.waits = None if self.waits is WaitingReason.REQUESTER else self.waits
            case "note":
                self.add(at, by, acts.Note(text))
            case "wait":
                self.waits = WaitingReason(text)
                self.add(at, by, acts.SetStatus(Status.WAITING, self.waits))
            case "test":
                self.add(at, by, acts.SetStatus(Status.TESTING))
            case "escalate":
                self.escalate(at, by, text)
            case "major":
                self.add(at, by, acts.DeclareMajor(text))
            case "link":
                self.add(at, by, acts.Link(LinkType(deed.link_as), numbers[text]))
            case "merge":
                self.add(at, by, acts.Merge(numbers[text]))
            case "resolve":
                self.add(at, by, acts.Resolve(text))
            case _:
                self.add(at, by, self.further(deed.act, text, self.text(deed.more)))

    def further(self, act: str, text: str, more: str) -> Act:
        """What is done with a checklist, approvals, tests, time and files."""
        match act:
            case "tick":
                return acts.Tick(text, more)
            case "approval":
                return acts.AskApproval(text, more)
            case "tested":
                return acts.RecordTest(TestOutcome(text), more)
            case "log":
                return acts.LogTime(parse_minutes(text) or 0, more)
            case "watch":
                return acts.Watch(text)
            case "attach":
                return acts.Attach(text, more)
            case _:
                raise ValueError(f"unknown deed {act!r}")

    def escalate(self, at: datetime, by: str, reason: str) -> None:
        """One level up, where somebody else takes it."""
        level = int(self.decided[Thing.LEVEL])
        if level == 3:  # the last level: nothing is above
            return
        self.decided[Thing.LEVEL] = str(level + 1)
        self.add(at, by, acts.Escalate(level + 1, reason))
        others = [one.login for one in TECHNICIANS if one.level > level and one.login != by]
        self.worker = self.random.choice(others)
        self.add(self.later(0.1, 2), self.worker, acts.Take())

    def written_by(self) -> Channel:
        """How the requester writes again: not by phone."""
        return Channel.MAIL if self.channel in (Channel.PHONE, Channel.MONITORING) else self.channel
