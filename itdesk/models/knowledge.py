"""Knowledge articles."""

from peewee import AutoField, ForeignKeyField, IntegerField, TextField

from itdesk.models.base import BaseModel
from itdesk.models.fields import MomentField
from itdesk.models.people import Person


class Article(BaseModel):
    """A knowledge article in Markdown; `state` is a `domain.knowledge.ArticleState`; at `review_at` it is due."""

    id = AutoField()
    state = TextField()
    title = TextField()
    body = TextField()
    category = TextField(default="")
    owner = ForeignKeyField(Person, null=True, on_delete="RESTRICT", index=False)
    review_at = MomentField(null=True)
    created_at = MomentField()
    changed_at = MomentField()
    version = IntegerField(default=1)

    personal: frozenset[str] = frozenset()
