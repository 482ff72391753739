"""People and teams."""

from peewee import AutoField, BooleanField, CompositeKey, ForeignKeyField, IntegerField, TextField

from itdesk.models.base import BaseModel


class Person(BaseModel):
    """A requester or a member of staff. `login` is the operating system's user name where the person has one."""

    id = AutoField()
    login = TextField(unique=True)
    name = TextField()
    email = TextField(default="")
    role = TextField()
    level = IntegerField(null=True)
    department = TextField(default="")
    site = TextField(default="")
    active = BooleanField(default=True)

    personal = frozenset({"login", "name", "email", "department", "site"})


class Team(BaseModel):
    """A support team. Teams of desk.yaml and of imports alike."""

    id = AutoField()
    name = TextField(unique=True)
    title = TextField()

    personal: frozenset[str] = frozenset()


class Membership(BaseModel):
    """Who belongs to which team."""

    team = ForeignKeyField(Team, on_delete="CASCADE")
    person = ForeignKeyField(Person, on_delete="CASCADE", index=False)

    personal: frozenset[str] = frozenset()

    class Meta:
        primary_key = CompositeKey("person", "team")
