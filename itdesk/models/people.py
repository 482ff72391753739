"""People and teams."""

from peewee import AutoField, BooleanField, CompositeKey, ForeignKeyField, IntegerField, TextField

from itdesk.models.base import BaseModel


class Person(BaseModel):
    """A requester or a member of staff. `login` is the operating system's user name where the person has one.

    `languages` are codes parted by blanks (`de en`); `capacity` is the weighted load from which on they get nothing
    more, NULL for the team's or the desk's.
    """

    id = AutoField()
    login = TextField(unique=True)
    name = TextField()
    email = TextField(default="")
    role = TextField()
    level = IntegerField(null=True)
    department = TextField(default="")
    site = TextField(default="")
    active = BooleanField(default=True)
    languages = TextField(default="")
    capacity = IntegerField(null=True)
    vip = BooleanField(default=False)

    personal = frozenset({"login", "name", "email", "department", "site", "languages"})


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


class PersonSkill(BaseModel):
    """What a member of staff knows: a category or a branch of the tree, and how well, from 1 to 5."""

    person = ForeignKeyField(Person, on_delete="CASCADE", index=False)
    category = TextField()
    level = IntegerField()

    personal = frozenset({"category"})

    class Meta:
        primary_key = CompositeKey("person", "category")
