"""The schedule. A row that was removed stays, with the moment; `revision` rises with every change of a row."""

from typing import Any

from peewee import AutoField, BooleanField, ForeignKeyField, IntegerField, TextField

from itdesk.domain.schedule import VisitState
from itdesk.models.base import BaseModel
from itdesk.models.fields import DayField, MomentField
from itdesk.models.people import Person, Team
from itdesk.models.tickets import Ticket


class WeeklyShift(BaseModel):
    """A shift of every week, as `domain.schedule.WeeklyShift` says."""

    id = AutoField()
    person = ForeignKeyField(Person, on_delete="CASCADE", index=False)
    weekday = IntegerField()
    starts = IntegerField()
    ends = IntegerField()
    first_day = DayField()
    last_day = DayField(null=True)
    on_holidays = BooleanField(default=False)
    revision = IntegerField(default=0)
    changed_at = MomentField()
    removed_at = MomentField(null=True)

    personal: frozenset[str] = frozenset()

    person_id: int


class ShiftChange(BaseModel):
    """What differs on a day, as `domain.schedule.ShiftChange` says."""

    id = AutoField()
    person = ForeignKeyField(Person, on_delete="CASCADE", index=False)
    day = DayField()
    weekly_shift = ForeignKeyField(WeeklyShift, null=True, on_delete="CASCADE", index=False)
    starts = IntegerField(null=True)
    ends = IntegerField(null=True)
    revision = IntegerField(default=0)
    changed_at = MomentField()
    removed_at = MomentField(null=True)

    personal: frozenset[str] = frozenset()

    person_id: int
    weekly_shift_id: int | None


class Absence(BaseModel):
    """A time in which a person is not there; `ends_at` is empty until it is known."""

    id = AutoField()
    person = ForeignKeyField(Person, on_delete="CASCADE", index=False)
    starts_at = MomentField()
    ends_at = MomentField(null=True)
    reason = TextField()
    revision = IntegerField(default=0)
    changed_at = MomentField()
    removed_at = MomentField(null=True)

    personal = frozenset({"reason"})

    person_id: int


class OnCall(BaseModel):
    """A time in which a person can be called for a team."""

    id = AutoField()
    person = ForeignKeyField(Person, on_delete="CASCADE", index=False)
    team = ForeignKeyField(Team, on_delete="CASCADE", index=False)
    starts_at = MomentField()
    ends_at = MomentField()
    revision = IntegerField(default=0)
    changed_at = MomentField()
    removed_at = MomentField(null=True)

    personal: frozenset[str] = frozenset()

    person_id: int
    team_id: int


class Appointment(BaseModel):
    """A visit or repair on a ticket; `state` is a `domain.schedule.VisitState`.

    `begun_at` is when the desk noticed that its time had come; NULL until then.
    """

    id = AutoField()
    ticket = ForeignKeyField(Ticket, on_delete="CASCADE", index=False)
    person = ForeignKeyField(Person, on_delete="CASCADE", index=False)
    starts_at = MomentField()
    minutes = IntegerField()
    place = TextField(default="")
    note = TextField(default="")
    state = TextField()
    revision = IntegerField(default=0)
    changed_at = MomentField()
    removed_at = MomentField(null=True)
    begun_at = MomentField(null=True)

    personal = frozenset({"place", "note"})

    ticket_id: int
    person_id: int

    @classmethod
    def planned(cls) -> Any:
        """The condition of those that are still to take place, or to be ended."""
        return cls.removed_at.is_null() & (cls.state == VisitState.PLANNED)
